"""Companies: their people, one shared timeline, what is known of them; and never a word of what the reader may not see."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from agents.live import feed
from inbox.models import Audit, Company, Conversation, Customer, Desk, Event, Identity
from tests import factories

Post = Callable[..., HttpResponse]


@pytest.fixture
def studio(ana: Customer) -> Company:
    made = Company.objects.create(name="Studio Norte", domain="studio.example")
    Customer.objects.filter(pk=ana.pk).update(company=made)
    return made


def colleague(company: Company, name: str, text: str, *, at: float, desk: Desk | None = None) -> Customer:
    made = factories.customer(name, company=company)
    factories.message(factories.conversation(made, desk=desk), text, occurred_at=factories.at(at))
    return made


def test_the_page_tells_what_happened_with_all_its_people_in_one_order(
    as_sam: Client, studio: Company, matter: Conversation
) -> None:
    colleague(studio, "Ben Moss", "Before Ana wrote", at=0)
    colleague(studio, "Cleo Park", "After Ana wrote", at=5)
    colleague(Company.objects.create(name="Other"), "Dora", "Elsewhere", at=2)

    html = as_sam.get(f"/companies/{studio.pk}/").content.decode()

    assert html.index("After Ana wrote") < html.index("Order 4417") < html.index("Before Ana wrote")
    assert "Elsewhere" not in html
    assert all(name in html for name in ("Ana Silva", "Ben Moss", "Cleo Park"))


def test_it_goes_on_in_both_directions_without_gap_or_double(as_sam: Client, studio: Company) -> None:
    ben = colleague(studio, "Ben Moss", "word 0 end", at=0)
    matter = ben.conversations.get()
    for number in range(1, 60):
        factories.message(matter, f"word {number} end", occurred_at=factories.at(number))

    def words(html: str) -> list[int]:
        return [number for number in range(60) if f"word {number} end" in html]

    first = as_sam.get(f"/companies/{studio.pk}/").content.decode()
    older = first.split("?before=")[1].split('"')[0]
    second = as_sam.get(f"/companies/{studio.pk}/?before={older}").content.decode()
    newer = second.split("?after=")[1].split('"')[0]

    assert words(first) == list(range(20, 60))
    assert words(second) == list(range(20))
    assert words(as_sam.get(f"/companies/{studio.pk}/?after={newer}").content.decode()) == list(range(20, 60))


@pytest.mark.parametrize("place", ["before=x", "after=1.2", "before=%00"])
def test_an_invented_place_is_a_404(as_sam: Client, studio: Company, place: str) -> None:
    assert as_sam.get(f"/companies/{studio.pk}/?{place}").status_code == 404


def test_people_and_words_of_a_hidden_desk_are_nowhere(
    as_sam: Client, as_kim: Client, studio: Company, matter: Conversation, secret: Conversation, hr: Desk
) -> None:
    colleague(studio, "Hidden Hal", "Whispered", at=3, desk=hr)

    outside = as_sam.get(f"/companies/{studio.pk}/").content.decode()
    inside = as_kim.get(f"/companies/{studio.pk}/").content.decode()

    for word in ("Hidden Hal", "Whispered", "This is between us"):
        assert word not in outside
        assert word in inside


def test_a_company_all_of_whose_people_are_hidden_does_not_exist(
    as_sam: Client, as_kim: Client, post: Post, hr: Desk
) -> None:
    made = Company.objects.create(name="Silent Works")
    colleague(made, "Hidden Hal", "Whispered", at=3, desk=hr)

    assert as_sam.get(f"/companies/{made.pk}/").status_code == 404
    assert post(f"/companies/{made.pk}/", name="x").status_code == 404
    assert "Silent Works" not in as_sam.get("/companies/").content.decode()
    assert "Silent Works" in as_kim.get("/companies/?q=silent").content.decode()


def test_the_list_is_by_name_and_goes_on(as_sam: Client) -> None:
    Company.objects.bulk_create(Company(name=f"Firm {number:02}") for number in range(60))

    first = as_sam.get("/companies/").content.decode()
    second = as_sam.get("/companies/?after=Firm+49").content.decode()

    assert "Firm 49" in first
    assert "after=Firm%2049" in first
    assert "Firm 50" not in first
    assert "Firm 59" in second
    assert "Companies" in as_sam.get("/customers/").content.decode()


def test_what_we_know_of_a_company_is_changed_and_audited(as_sam: Client, studio: Company) -> None:
    as_sam.post(f"/companies/{studio.pk}/", {"name": "Studio Sur", "domain": "@Sur.Example", "vip": "on"})

    studio.refresh_from_db()
    assert (studio.name, studio.domain, studio.vip) == ("Studio Sur", "sur.example", True)
    assert Audit.objects.filter(action="company saved").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "OTHER"},
        {"domain": "other.example"},
        *({"domain": bad} for bad in ("no domain", "x", "a..b", "http://x.example", "1.2.3.4")),
    ],
)
def test_what_makes_no_sense_changes_nothing(as_sam: Client, studio: Company, wrong: dict[str, str]) -> None:
    Company.objects.create(name="Other", domain="other.example")

    html = as_sam.post(f"/companies/{studio.pk}/", {"name": "Studio", "domain": ""} | wrong).content.decode()

    assert "errorlist" in html
    studio.refresh_from_db()
    assert (studio.name, studio.domain) == ("Studio Norte", "studio.example")


def test_nobody_learns_of_a_hidden_company_by_trying_its_name_or_domain(
    as_sam: Client, studio: Company, hr: Desk
) -> None:
    # Given a company known to all, and one of which only the restricted desk knows
    Company.objects.create(name="Known Works", domain="known.example")
    hidden = Company.objects.create(name="Silent Works", domain="silent.example")
    colleague(hidden, "Hidden Hal", "Whispered", at=3, desk=hr)

    def tried(**values: str) -> str:
        answer = as_sam.post(f"/companies/{studio.pk}/", {"name": "Studio Norte", "domain": ""} | values)
        return answer.content.decode() if answer.status_code == 200 else "saved"

    # When sam tries their names, the answers differ in nothing but the name; the domain is simply taken
    known, silent = tried(name="Known Works"), tried(name="Silent Works")
    assert "“Known Works” cannot be its name" in known
    assert "“Silent Works” cannot be its name" in silent
    assert "already one called" not in known + silent
    assert "has this domain already" in tried(domain="known.example")
    assert tried(domain="silent.example") == "saved"


def test_a_companys_mark_reaches_the_lists_its_people_stand_in(
    as_sam: Client, studio: Company, matter: Conversation
) -> None:
    # Given one of its people with an open matter, and one whose matter is over
    over = colleague(studio, "Ben Moss", "Thanks", at=1).conversations.get()
    Conversation.objects.filter(pk=over.pk).update(status="resolved")

    # When all its people become VIPs, and then it is saved unchanged
    for _time in range(2):
        as_sam.post(f"/companies/{studio.pk}/", {"name": studio.name, "domain": "", "vip": "on"})

    # Then the open lists are told once
    told = Event.objects.filter(kind="customer_changed", data__company=studio.pk)
    assert [event.customer_id for event in told] == [matter.customer_id]
    assert feed.changes([event.pk for event in told])[0].every_row


# ---------------------------------------------------------------- suggested by the domain of a proven address


def someone(**more: object) -> Customer:
    made = factories.customer("Eva Lind")
    values = {"verified_at": factories.MORNING} | more
    factories.identity(made, "Eva@Studio.example", **values)
    return made


def test_a_proven_address_suggests_its_company_and_sets_nothing(
    as_sam: Client, post: Post, studio: Company
) -> None:
    eva = someone()

    html = as_sam.get(f"/customers/{eva.pk}/").content.decode()

    assert "Studio Norte?" in html
    assert Customer.objects.get(pk=eva.pk).company is None
    answer = post(f"/customers/{eva.pk}/company/", company=studio.pk)
    assert Customer.objects.get(pk=eva.pk).company == studio
    assert "Studio Norte?" not in answer.content.decode()


@pytest.mark.parametrize("more", [{"verified_at": None}, {"shared": True}, {"space": "sandbox"}])
def test_what_proves_nothing_suggests_nothing(
    as_sam: Client, post: Post, studio: Company, more: dict[str, object]
) -> None:
    eva = someone(**more)

    assert "Studio Norte" not in as_sam.get(f"/customers/{eva.pk}/").content.decode()
    assert post(f"/customers/{eva.pk}/company/", company=studio.pk).status_code == 422
    assert Customer.objects.get(pk=eva.pk).company is None


def test_a_hidden_company_is_not_suggested(
    as_sam: Client, ana_mail: Identity, ana: Customer, hr: Desk
) -> None:
    made = Company.objects.create(name="Silent Works", domain="x.example")
    colleague(made, "Hidden Hal", "Whispered", at=3, desk=hr)

    assert "Silent Works" not in as_sam.get(f"/customers/{ana.pk}/").content.decode()
