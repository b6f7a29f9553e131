"""One person or two, on the page: suggestion, comparison, merge, taking it back, and an address that is somebody else's."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from inbox.actions import absorb, merging
from inbox.models import Agent, Claim, Conversation, Customer, Desk, Identity, Merge
from tests import factories

Post = Callable[..., HttpResponse]


@pytest.fixture
def twin(matter: Conversation) -> Customer:
    """Ana once more, under her work address."""
    other = factories.customer("A. Moreno", about="Pays late", attributes={"tier": "gold"}, language="es")
    theirs = factories.conversation(other, title="Invoice")
    factories.message(theirs, "About the invoice", identity=factories.identity(other, "ana@work.example"))
    return other


def test_whom_to_merge_with_is_searched_by_name_or_address(
    as_sam: Client, matter: Conversation, twin: Customer
) -> None:
    address = f"/customers/{matter.customer_id}/merge/"

    assert "Find the customer who is the same person" in as_sam.get(address).content.decode()
    found = as_sam.get(address, {"q": "ana@work"}).content.decode()
    assert f"{address}{twin.pk}/" in found
    assert f"{address}{matter.customer_id}/" not in as_sam.get(address, {"q": "Ana"}).content.decode()


def test_both_are_shown_side_by_side_with_what_has_to_be_chosen(
    as_sam: Client, ana: Customer, matter: Conversation, twin: Customer
) -> None:
    Customer.objects.filter(pk=ana.pk).update(about="Likes tea", attributes={"tier": "silver"})

    html = as_sam.get(f"/customers/{ana.pk}/merge/{twin.pk}/").content.decode()

    for word in (
        "ana@x.example",
        "ana@work.example",
        "Likes tea",
        "Pays late",
        "silver",
        "gold",
        "Merge into Ana Silva",
    ):
        assert word in html
    assert "One of the two is proven" in html
    assert 'name="choose-language"' not in html  # only one of the two has it


def test_what_was_chosen_holds_and_the_thread_is_one(
    as_sam: Client, ana: Customer, matter: Conversation, twin: Customer
) -> None:
    Customer.objects.filter(pk=ana.pk).update(about="Likes tea", attributes={"tier": "silver"})

    answer = as_sam.post(
        f"/customers/{ana.pk}/merge/{twin.pk}/",
        {
            "choose-name": "gone",
            "choose-about": "both",
            "choose-attribute:tier": "gone",
            "choose-blocked": "gone",
        },
    )

    assert answer["Location"] == f"/customers/{ana.pk}/"
    ana.refresh_from_db()
    assert (ana.name, ana.about, ana.attributes, ana.language) == (
        "A. Moreno",
        "Likes tea\n\nPays late",
        {"tier": "gold"},
        "es",
    )
    thread = as_sam.get(f"/conversations/{matter.pk}/").content.decode()
    assert "About the invoice" in thread
    assert "Merged" in thread
    assert as_sam.get(f"/customers/{twin.pk}/")["Location"].startswith("/conversations/")


def test_a_merge_is_taken_back_from_the_panel(
    post: Post, ana: Customer, matter: Conversation, twin: Customer, sam: Agent
) -> None:
    done = merging.merge(agent=sam, keep_id=ana.pk, gone_id=twin.pk)

    answer = post(f"/customers/{ana.pk}/unmerge/{done.pk}/")

    assert answer["HX-Redirect"] == f"/customers/{ana.pk}/"
    assert Identity.objects.get(value="ana@work.example").customer == twin
    assert post(f"/customers/{ana.pk}/unmerge/{done.pk}/").status_code == 404


def test_a_suggestion_says_why_and_is_dismissed_for_good(
    as_sam: Client, post: Post, ana: Customer, matter: Conversation, twin: Customer
) -> None:
    Claim.objects.create(customer=twin, identity=Identity.objects.get(value="ana@x.example"), how="claimed")
    page = f"/conversations/{matter.pk}/"
    assert "said that ana@x.example is theirs" in as_sam.get(page).content.decode()

    answer = post(f"/customers/{ana.pk}/not/{twin.pk}/")

    assert answer.status_code == 200
    assert "Perhaps the same person" not in as_sam.get(page).content.decode()


def test_an_address_tells_how_it_is_known_and_is_split_off(
    as_sam: Client, post: Post, ana: Customer, matter: Conversation, twin: Customer
) -> None:
    absorb.into(keep_id=ana.pk, gone_id=twin.pk)
    work = Identity.objects.get(value="ana@work.example")
    assert "Said to be theirs, not proven" in as_sam.get(f"/identities/{work.pk}/").content.decode()

    answer = post(f"/identities/{work.pk}/", verb="split")

    work.refresh_from_db()
    assert work.customer != ana
    assert answer["HX-Redirect"] == f"/customers/{work.customer_id}/"
    assert b"split it off" not in as_sam.get(f"/identities/{work.pk}/").content


def test_an_address_of_several_people_is_marked_and_unmarked(
    post: Post, ana_mail: Identity, matter: Conversation
) -> None:
    assert b"shared" in post(f"/identities/{ana_mail.pk}/", verb="shared").content
    ana_mail.refresh_from_db()
    assert ana_mail.shared

    post(f"/identities/{ana_mail.pk}/", verb="not_shared")

    ana_mail.refresh_from_db()
    assert not ana_mail.shared
    assert post(f"/identities/{ana_mail.pk}/", verb="other").status_code == 422


def test_who_was_only_known_to_a_restricted_desk_is_not_named_after_a_merge(
    as_sam: Client, as_kim: Client, ana: Customer, matter: Conversation, hr: Desk, kim: Agent
) -> None:
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr, status="resolved")
    done = merging.merge(agent=kim, keep_id=ana.pk, gone_id=hidden.pk)
    page = f"/conversations/{matter.pk}/"

    assert "Hidden Hal" not in as_sam.get(page).content.decode()
    assert "Hidden Hal" in as_kim.get(page).content.decode()
    assert as_sam.post(f"/customers/{ana.pk}/unmerge/{done.pk}/").status_code == 404
    assert Merge.objects.get().undone_at is None


def test_somebody_i_may_not_see_cannot_be_merged(
    as_sam: Client, ana: Customer, matter: Conversation, hr: Desk
) -> None:
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr)

    for address in (f"/customers/{ana.pk}/merge/{hidden.pk}/", f"/customers/{hidden.pk}/merge/{ana.pk}/"):
        assert as_sam.get(address).status_code == 404
        assert as_sam.post(address).status_code == 404
    assert as_sam.get(f"/customers/{ana.pk}/merge/{ana.pk}/").status_code == 404
