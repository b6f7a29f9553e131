"""Customers and touchpoints from CSV files: what the rows become, hostile files, crashes in the middle, and taking it back."""

from __future__ import annotations

import io
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox import spreadsheet
from inbox.actions import absorb, importing, proving
from inbox.actions import customers as customer_actions
from inbox.actions.errors import Refused
from inbox.actions.importing import working
from inbox.contract import Address
from inbox.models import (
    Agent,
    Attribute,
    Audit,
    Blob,
    Claim,
    Company,
    Customer,
    Desk,
    Event,
    Identity,
    Import,
    ImportRow,
    Touchpoint,
)
from tests import factories
from tests.inbox.arrivals import arrive

pytestmark = pytest.mark.django_db
FOUR = b"""Name,E-mail,Phone,Company,VIP
Ana Silva,Ana@X.example,+34 611 20 44 89,Studio,yes
Ben Moss,ben@x.example,,,no
Cy Oak,not an address,,,
Di Fir,,,,
"""


@pytest.fixture(autouse=True)
def _storage(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.DEFAULT_COUNTRY = "GB"


@pytest.fixture
def max_(db: None) -> Agent:
    return factories.agent("Max Ward", role="manager")


@pytest.fixture
def root(db: None) -> Agent:
    return factories.agent("Ada Root", role="admin")


def upload(agent: Agent, content: bytes | str, kind: str = "customers", **options: Any) -> Import:
    data = content.encode() if isinstance(content, str) else content
    job = importing.create(agent=agent, kind=kind, name="people.csv", file=io.BytesIO(data))
    if options:
        job = importing.configure(agent=agent, import_id=job.pk, mapping=job.mapping, options=options)
    return job


def finish(job: Import) -> Import:
    """Work until it is over, as the worker does."""
    while importing.work(job.pk):
        pass
    job.refresh_from_db()
    return job


def checked(agent: Agent, content: bytes | str, kind: str = "customers", **options: Any) -> Import:
    job = upload(agent, content, kind, **options)
    importing.check(agent=agent, import_id=job.pk)
    return finish(job)


def done(agent: Agent, content: bytes | str, kind: str = "customers", **options: Any) -> Import:
    job = checked(agent, content, kind, **options)
    importing.run(agent=agent, import_id=job.pk)
    return finish(job)


def undone(agent: Agent, job: Import) -> Import:
    importing.undo(agent=agent, import_id=job.pk)
    return finish(job)


def counts(job: Import) -> tuple[int, int, int, int]:
    return job.created, job.changed, job.same, job.bad


def reasons(job: Import, outcome: str = "bad") -> dict[int, str]:
    return dict(ImportRow.objects.filter(file=job, outcome=outcome).values_list("number", "reason"))


def everything() -> list[Any]:
    """All that an import may write, but for the addresses' and customers' keys."""
    return [
        sorted(
            Customer.objects.values_list("name", "company__name", "vip", "about", "language", "time_zone")
        ),
        sorted(str(each) for each in Customer.objects.values_list("attributes", flat=True)),
        sorted(Identity.objects.values_list("space", "value", "customer__name", "verified_how")),
        sorted(Company.objects.values_list("name", flat=True)),
        sorted(Touchpoint.objects.values_list("source", "external_id", "customer__name")),
    ]


# ---------------------------------------------------------------- checking


def test_a_check_names_every_bad_row_and_writes_nothing_else(max_: Agent) -> None:
    before = everything()

    job = checked(max_, FOUR)

    assert (job.state, job.rows, counts(job)) == ("checked", 4, (2, 0, 0, 2))
    assert reasons(job) == {
        4: "“not an address” is no e-mail address.",
        5: "This row has no e-mail address, phone or customer number.",
    }
    assert everything() == before


def test_columns_are_guessed_by_the_words_of_the_header(max_: Agent) -> None:
    Attribute.objects.create(key="shoe_size", label="Shoe size", type="number")

    job = upload(max_, "Vorname;Nachname;E-Mail;Mobile 2;Shoe size;Kundennummer;?\n")

    assert job.mapping == {
        "first_name": [0],
        "last_name": [1],
        "email": [2],
        "phone": [3],
        "attribute:shoe_size": [4],
        "ref": [5],
    }


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "The first row is empty. It must hold the names of the columns."),
        (b"\n\nName\n", "The first row is empty. It must hold the names of the columns."),
        (b",".join([b"x"] * 201), "The file has more than 200 columns."),
    ],
)
def test_a_file_that_holds_no_table_is_refused(max_: Agent, content: bytes, why: str) -> None:
    with pytest.raises(Refused, match=why):
        upload(max_, content)
    assert Import.objects.count() == 0


def test_a_mapping_by_which_nobody_can_be_found_is_refused(max_: Agent) -> None:
    job = upload(max_, FOUR)

    with pytest.raises(Refused, match="by which a customer is found"):
        importing.configure(agent=max_, import_id=job.pk, mapping={"name": [0]}, options={})
    with pytest.raises(Refused, match="more than one column"):
        importing.configure(agent=max_, import_id=job.pk, mapping={"name": [0, 1], "email": [1]}, options={})
    with pytest.raises(Refused, match="does not exist any more"):
        importing.configure(agent=max_, import_id=job.pk, mapping={"email": [9]}, options={})


# ---------------------------------------------------------------- how files are written


ROW = "Name{0}E-mail{0}Notes\nJosé Núñez{0}jose@x.example{0}“ok”\n"


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_file_is_read_however_it_is_written(max_: Agent, codec: str, delimiter: str) -> None:
    done(max_, ROW.format(delimiter).encode(codec))

    made = Customer.objects.get()
    assert (made.name, made.about, made.identities.get().value) == ("José Núñez", "“ok”", "jose@x.example")


def test_excels_own_first_line_is_no_row(max_: Agent) -> None:
    job = done(max_, "sep=;\nName;E-mail\nAna;ana@x.example\n")

    assert counts(job) == (1, 0, 0, 0)


def test_quoted_cells_hold_separators_and_lines_and_rows_count_as_in_a_spreadsheet(max_: Agent) -> None:
    job = done(max_, 'Name,E-mail,Notes\n"Silva, Ana",ana@x.example,"one\r\ntwo ""three"""\n\nBen,nobody,\n')

    made = Customer.objects.get()
    assert (made.name, made.about) == ("Silva, Ana", 'one\ntwo "three"')
    assert list(reasons(job)) == [4]


def test_another_character_set_may_be_chosen(max_: Agent) -> None:
    job = upload(max_, "Name,E-mail\nJosé,jose@x.example\n".encode("cp1252") + b"\x8d,x@x.example\n")
    assert job.options["charset"] == "cp1252"

    importing.reread(import_id=job.pk, charset="utf-8", delimiter=",")
    importing.check(agent=max_, import_id=job.pk)

    assert list(reasons(finish(job))) == [2, 3]


# ---------------------------------------------------------------- customers


def test_good_rows_become_customers_with_claimed_addresses(max_: Agent) -> None:
    job = done(max_, FOUR)

    ana = Customer.objects.get(name="Ana Silva")
    assert (job.state, counts(job)) == ("done", (2, 0, 0, 2))
    assert (str(ana.company), ana.vip) == ("Studio", True)
    assert sorted(ana.identities.values_list("space", "value", "verified_at")) == [
        ("email", "ana@x.example", None),
        ("phone", "+34611204489", None),
    ]


def test_the_same_file_twice_brings_nothing_new(max_: Agent) -> None:
    done(max_, FOUR)
    before, facts = everything(), Event.objects.count()

    job = done(max_, FOUR)

    assert counts(job) == (0, 0, 2, 2)
    assert everything() == before
    assert Event.objects.count() == facts


def test_a_row_changes_the_customer_who_has_any_of_its_addresses(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")

    job = done(max_, "Name,E-mail,Phone,Language\nAna Moreno,ana@x.example,07700 900123,\n")

    ana.refresh_from_db()
    assert counts(job) == (0, 1, 0, 0)
    assert ana.name == "Ana Moreno"
    assert set(ana.identities.values_list("value", flat=True)) == {"ana@x.example", "+447700900123"}
    assert [each.data for each in Event.objects.filter(kind="customer_changed")] == [
        {"change": ["name"], "import": job.pk}
    ]


def test_an_empty_cell_takes_nothing_away(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")

    job = done(max_, "Name,E-mail,Notes\n,ana@x.example,\n")

    ana.refresh_from_db()
    assert (ana.name, counts(job)) == ("Ana Silva", (0, 0, 1, 0))


def test_addresses_of_two_customers_make_a_bad_row_and_never_a_merge(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")
    ben = factories.customer("Ben Moss")
    factories.identity(ben, "+447700900123", space="phone")
    before = everything()

    job = done(max_, "E-mail,Phone,Name\nana@x.example,07700 900123,Ana\n")

    assert "belong to different customers" in reasons(job)[2]
    assert everything() == before


def test_rows_of_one_file_that_share_an_address_are_one_customer(max_: Agent) -> None:
    job = done(
        max_, "Name,E-mail,Phone\nAna,ana@x.example,\nAna Silva,ana@x.example,07700 900123\n,,07700 900123\n"
    )

    assert counts(job) == (1, 1, 1, 0)
    assert Customer.objects.get().name == "Ana Silva"


def test_a_cell_may_hold_several_addresses(max_: Agent) -> None:
    done(max_, 'E-mail,Phone\n"a@x.example; b@x.example","07700 900123, +34 611 20 44 89"\n')

    assert Customer.objects.get().identities.count() == 4


def test_a_national_number_is_read_in_the_country_chosen(max_: Agent) -> None:
    done(max_, "Name,Phone\nAna,611 20 44 89\n", country="ES")

    assert Identity.objects.get().value == "+34611204489"


def test_the_companys_own_fields_are_read_by_their_types(max_: Agent) -> None:
    for key, type_ in (("size", "number"), ("club", "yes_no"), ("since", "date"), ("site", "link")):
        Attribute.objects.create(key=key, label=key.title(), type=type_)
    Attribute.objects.create(key="tier", label="Tier", type="choice", choices=["Gold", "Silver"])

    job = done(
        max_,
        "E-mail;Size;Club;Since;Site;Tier\n"
        "a@x.example;1.042,5;ja;31/12/2024;https://x.example/;gold\n"
        "b@x.example;x;;;;\nc@x.example;;maybe;;;\nd@x.example;;;31/31/2024;;\n"
        "e@x.example;;;;javascript:1;\nf@x.example;;;;;Bronze\n",
        dates="dmy",
    )

    assert Customer.objects.get().attributes == {
        "size": 1042.5,
        "club": True,
        "since": "2024-12-31",
        "site": "https://x.example/",
        "tier": "Gold",
    }
    assert reasons(job) == {
        3: "“x” is no number.",
        4: "“maybe” is neither yes nor no.",
        5: "“31/31/2024” is no date. Example: 31/12/2026.",
        6: "Site: Give a whole web address, as in https://shop.example/4417.",
        7: "Tier: Choose one of: Gold, Silver.",
    }


@pytest.mark.parametrize(
    ("type_", "cell", "typed"),
    [
        ("number", "9007199254740993", "9007199254740993"),
        ("number", "1.042,50", "1042.50"),
        ("number", "7", "7"),
        ("yes_no", "ja", "yes"),
        ("date", "2024-12-31", "2024-12-31"),
        ("link", "javascript:1", "javascript:1"),
        ("text", "x" * 2_001, "x" * 2_001),
        ("text", "as it is", "as it is"),
    ],
)
def test_a_field_takes_from_a_file_what_it_takes_from_an_agent(
    max_: Agent, ana: Customer, type_: str, cell: str, typed: str
) -> None:
    Attribute.objects.create(key="own", label="Own", type=type_)
    try:
        customer_actions.edit(agent=max_, customer_id=ana.pk, attributes={"own": typed})
    except Refused:
        expected = None
    else:
        ana.refresh_from_db()
        expected = ana.attributes["own"]

    done(max_, f"E-mail;Own\nb@x.example;{cell}\n", decimal=",")

    made = Customer.objects.exclude(pk=ana.pk).first()
    assert (made.attributes["own"] if made else None) == expected


def test_a_customer_number_is_an_address_of_its_own_space(max_: Agent) -> None:
    done(max_, "Customer number,Name\nC-17,Ana\n")

    done(max_, "Customer number,Name,E-mail\nC-17,Ana Silva,ana@x.example\n")

    made = Customer.objects.get()
    assert (made.name, made.identities.count()) == ("Ana Silva", 2)
    assert made.identities.filter(space="ref", value="C-17").exists()


@pytest.mark.parametrize(
    ("column", "text", "why"),
    [
        ("Language", "klingonisch", "no language code"),
        ("Time zone", "Europe/Atlantis", "no time zone"),
        ("VIP", "perhaps", "neither yes nor no"),
        ("Name", "x" * 201, "longer than 200 characters"),
        ("Phone", "12", "no phone number"),
    ],
)
def test_what_cannot_be_kept_is_said_in_plain_words(max_: Agent, column: str, text: str, why: str) -> None:
    job = done(max_, f"E-mail,{column}\nana@x.example,{text}\n")

    assert why in reasons(job)[2]
    assert Customer.objects.count() == 0


# ---------------------------------------------------------------- who may be whom


def test_addresses_are_verified_only_if_an_admin_says_so(max_: Agent, root: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")
    file = "E-mail,Phone\nana@x.example,07700 900123\n"
    with pytest.raises(Refused, match="Only an admin"):
        upload(max_, file, verified=True)

    job = done(root, file, verified=True)

    assert set(Identity.objects.values_list("verified_how", flat=True)) == {"import"}
    undone(root, job)
    assert list(Identity.objects.values_list("value", "verified_at", "verified_how")) == [
        ("ana@x.example", None, "")
    ]


def test_who_merely_claimed_an_address_is_not_told_what_the_file_says_of_it(
    max_: Agent, ana: Customer
) -> None:
    mallory = factories.identity(factories.customer("Mallory"), "visitor-1", space="chat")
    proving.attest(
        author=Address(space="chat", value="visitor-1"),
        claims=[Address(space="email", value="ana@x.example")],
    )

    done(max_, "E-mail,Name,Phone\nana@x.example,Ana Moreno,07700 900123\n")

    held = Identity.objects.get(value="ana@x.example").customer
    assert held.name == "Ana Moreno"
    assert held.pk != mallory.customer_id
    assert Identity.objects.get(value="+447700900123").customer == held
    assert Claim.objects.filter(customer=mallory.customer, identity__value="ana@x.example").exists()


def test_a_shared_address_is_nobodys(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "info@x.example", shared=True)

    done(max_, "Name,E-mail,Phone\nBen,info@x.example,07700 900123\n")

    ana.refresh_from_db()
    assert ana.name == "Ana Silva"
    assert Identity.objects.get(space="phone").customer.name == "Ben"


def test_a_shared_address_is_never_verified(root: Agent, ana: Customer) -> None:
    factories.identity(ana, "info@x.example", shared=True)

    done(root, "Name,E-mail\nAna Moreno,info@x.example\n", verified=True)

    assert Identity.objects.get().verified_at is None


def test_a_file_tells_nothing_of_a_restricted_desks_people(max_: Agent, hr: Desk) -> None:
    hidden = factories.customer("Hidden Hal")
    identity = factories.identity(hidden, "hal@x.example")
    factories.message(factories.conversation(hidden, desk=hr), identity=identity)
    file = "Name,E-mail,Phone\nHal,hal@x.example,\nHal,hal@x.example,07700 900123\n"

    check = checked(max_, file)
    job = done(max_, file)

    hidden.refresh_from_db()
    assert hidden.name == "Hidden Hal"
    assert counts(check) == counts(job) == (2, 0, 0, 0)
    assert Identity.objects.get(space="phone").customer != hidden
    undone(max_, job)
    assert Customer.objects.get() == hidden


def test_who_lost_their_rights_imports_no_more(max_: Agent) -> None:
    job = checked(max_, FOUR)
    importing.run(agent=max_, import_id=job.pk)
    Agent.objects.filter(pk=max_.pk).update(role="agent")

    finish(job)

    assert job.state == "failed"
    assert "may not import any more" in job.reason
    assert Customer.objects.count() == 0


# ---------------------------------------------------------------- touchpoints


ORDERS = """When,Kind,Id,Order,Title,Amount,Currency,E-mail
2026-03-01 10:00,order,o-1,ORD-1,Oak table,"1,249.90",eur,ana@x.example
2026-03-02T10:00:00+02:00,Purchase,o-2,,,,,new@x.example
someday,order,o-3,,,,,ana@x.example
2026-03-01,party,o-4,,,,,ana@x.example
2026-03-01,order,,,,,,ana@x.example
2026-03-01,order,o-5,,,3,,ana@x.example
"""


def test_touchpoints_stand_with_whoever_has_the_address(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")

    job = done(max_, ORDERS, "touchpoints", source="till", zone="Europe/Madrid")

    table = Touchpoint.objects.get(external_id="o-1")
    assert (table.customer, table.source, table.value, table.currency) == (
        ana,
        "till",
        Decimal("1249.90"),
        "EUR",
    )
    assert table.occurred_at.isoformat() == "2026-03-01T09:00:00+00:00"
    assert Touchpoint.objects.get(external_id="o-2").occurred_at.hour == 8
    assert counts(job) == (2, 0, 0, 4)
    assert list(reasons(job)) == [4, 5, 6, 7]
    assert "no time that can be read" in reasons(job)[4]
    assert "kind must be one of" in reasons(job)[5]
    assert "currency" in reasons(job)[7]


def test_the_same_touchpoints_twice_are_one_each(max_: Agent) -> None:
    done(max_, ORDERS, "touchpoints", source="till")
    before = everything()

    assert counts(done(max_, ORDERS, "touchpoints", source="till")) == (0, 0, 2, 4)
    assert everything() == before


def test_touchpoints_are_taken_back_with_the_people_they_made(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")
    before = everything()

    undone(max_, done(max_, ORDERS, "touchpoints", source="till"))

    assert everything() == before


@pytest.mark.parametrize(
    ("dates", "text", "month"), [("dmy", "2/3/2026 18:30", 3), ("mdy", "2/3/2026 6:30 PM", 2)]
)
def test_a_date_is_read_in_the_order_chosen(max_: Agent, dates: str, text: str, month: int) -> None:
    done(max_, f"When,Kind,Id,E-mail\n{text},visit,1,a@x.example\n", "touchpoints", dates=dates, source="s")

    at = Touchpoint.objects.get().occurred_at
    assert (at.month, at.hour, at.minute) == (month, 18, 30)


# ---------------------------------------------------------------- crashes


def people(number: int) -> str:
    return "Name,E-mail\n" + "".join(f"Person {each},p{each}@x.example\n" for each in range(number))


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Batches of three."""
    monkeypatch.setattr(working, "BATCH", 3)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("when", ["before the batch is counted", "after it is written"])
def test_work_goes_on_after_a_crash_without_doing_anything_twice(
    max_: Agent, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    job = checked(max_, people(10))
    importing.run(agent=max_, import_id=job.pk)
    write, times = working._count, []

    def dies(*given: Any) -> None:
        times.append(1)
        if when == "after it is written":
            write(*given)
        if len(times) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(working, "_count", dies)
    with pytest.raises(KeyboardInterrupt):
        importing.work(job.pk)
    monkeypatch.setattr(working, "_count", write)
    job.refresh_from_db()
    assert job.position == Customer.objects.count() == 6

    finish(job)

    assert (job.state, job.position, Customer.objects.count()) == ("done", 10, 10)
    assert Identity.objects.count() == ImportRow.objects.filter(file=job).count() == 10


@pytest.mark.usefixtures("small")
def test_an_import_whose_worker_died_is_found(max_: Agent) -> None:
    job = checked(max_, people(10))
    importing.run(agent=max_, import_id=job.pk)
    importing.work(job.pk, seconds=-1)
    assert importing.stuck() == []

    Import.objects.filter(pk=job.pk).update(touched_at=timezone.now() - 2 * importing.STUCK)

    assert importing.stuck() == [job.pk]


@pytest.mark.usefixtures("small")
def test_a_stopped_import_keeps_what_it_did_and_goes_on_or_back(
    max_: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = checked(max_, people(10))
    importing.run(agent=max_, import_id=job.pk)
    count = working._count
    monkeypatch.setattr(
        working,
        "_count",
        lambda job, found: (count(job, found), importing.cancel(agent=max_, import_id=job.pk)),
    )
    importing.work(job.pk)
    monkeypatch.setattr(working, "_count", count)
    job.refresh_from_db()
    Import.objects.filter(pk=job.pk).update(state="failed", reason="Stopped by Max Ward.")
    done_so_far = Customer.objects.count()
    assert 0 < done_so_far < 10

    importing.run(agent=max_, import_id=job.pk)
    assert (finish(job).state, Customer.objects.count()) == ("done", 10)
    assert undone(max_, job).state == "undone"
    assert Customer.objects.count() == 0


def test_a_row_the_database_refuses_does_not_hold_the_others(
    max_: Agent, monkeypatch: pytest.MonkeyPatch
) -> None:
    Attribute.objects.create(key="size", label="Size", type="text")
    monkeypatch.setattr("inbox.actions.importing.cells.storable", str)  # as if our own check had a hole

    job = done(max_, "Name,E-mail\nAna,a@x.example\nB\x00n,b@x.example\nCy,c@x.example\n")

    assert reasons(job) == {3: "The database does not take this row."}
    assert Customer.objects.count() == 2


def test_a_file_the_storage_lost_stops_the_import(max_: Agent, tmp_path: Any) -> None:
    job = checked(max_, FOUR)
    importing.run(agent=max_, import_id=job.pk)
    (tmp_path / Blob.objects.get().file).unlink()

    finish(job)

    assert (job.state, job.reason) == ("failed", "The file is not in the storage any more. Upload it again.")


# ---------------------------------------------------------------- taking it back


def test_undo_puts_everything_back_as_it_was(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")
    before = everything()
    job = done(max_, FOUR)
    assert everything() != before

    undone(max_, job)

    assert (job.state, reasons(job, "kept")) == ("undone", {})
    assert everything() == before
    assert [each.action for each in Audit.objects.order_by("pk")] == [
        "import uploaded",
        "import started",
        "import done",
        "import being undone",
        "import undone",
    ]


def test_what_somebody_has_changed_since_is_kept(max_: Agent, ana: Customer) -> None:
    factories.identity(ana, "ana@x.example")
    job = done(max_, "Name,E-mail,Notes\nAna Moreno,ana@x.example,Regular\nBen,ben@x.example,\n")
    ben = Customer.objects.get(name="Ben")
    customer_actions.edit(agent=max_, customer_id=ana.pk, name="Ana M.")
    customer_actions.edit(agent=max_, customer_id=ben.pk, about="Knows the owner")

    undone(max_, job)

    ana.refresh_from_db()
    ben.refresh_from_db()
    assert (ana.name, ana.about) == ("Ana M.", "")
    assert (ben.name, ben.about) == ("Ben", "Knows the owner")
    assert reasons(job, "kept") == {
        2: "Somebody has changed this customer since; what they changed stays.",
        3: "Somebody has changed this customer since; they stay as they are.",
    }


def test_undo_follows_customers_who_were_merged_since(max_: Agent, ana: Customer) -> None:
    # Given a row that changed ana, and one that made ben
    factories.identity(ana, "ana@x.example")
    job = done(
        max_,
        "Name,E-mail,Phone,Notes\nAna Moreno,ana@x.example,+447700900123,Regular\nBen,ben@x.example,,New\n",
    )
    ben = Customer.objects.get(name="Ben")
    # and each of them has become part of somebody since, who knew their own name
    whole, other = factories.customer("Ana M. Silva"), factories.customer("Benedict")
    absorb.into(keep_id=whole.pk, gone_id=ana.pk)
    absorb.into(keep_id=other.pk, gone_id=ben.pk)

    undone(max_, job)

    # Then what the file brought is gone from whoever ana is now, and their own name is not
    whole.refresh_from_db()
    other.refresh_from_db()
    assert (whole.name, whole.about) == ("Ana M. Silva", "")
    assert list(whole.identities.values_list("value", flat=True)) == ["ana@x.example"]
    # and it is said that ben stays
    assert (other.name, other.about) == ("Benedict", "New")
    assert reasons(job, "kept") == {3: "This customer has become part of another one since; they stay."}
    # and ana is as she was, should the merge be undone too
    ana.refresh_from_db()
    assert (ana.name, ana.about, ana.merged_into) == ("Ana Silva", "", whole)


def test_a_value_that_whoever_stayed_had_themselves_is_not_taken_from_them(
    max_: Agent, ana: Customer
) -> None:
    factories.identity(ana, "ana@x.example")
    job = done(max_, "E-mail,Notes,Language\nana@x.example,Regular,es\n")
    whole = factories.customer("Ana M. Silva", about="Regular")
    absorb.into(keep_id=whole.pk, gone_id=ana.pk)

    undone(max_, job)

    whole.refresh_from_db()
    assert (whole.about, whole.language) == ("Regular", "")


def test_customers_who_have_written_since_are_kept(max_: Agent) -> None:
    channel = factories.channel("sandbox")
    job = done(max_, people(3))
    author = Identity.objects.get(value="p1@x.example")
    arrive(channel, by=Address(space=author.space, value=author.value))

    undone(max_, job)

    assert Customer.objects.get().name == "Person 1"
    assert reasons(job, "kept") == {
        3: "There are messages or conversations with this customer now; they stay."
    }


def test_an_address_added_by_hand_keeps_its_customer(max_: Agent) -> None:
    job = done(max_, people(1))
    made = Customer.objects.get()
    customer_actions.add_identity(
        agent=max_, customer_id=made.pk, address=Address(space="email", value="more@x.example")
    )

    undone(max_, job)

    assert Customer.objects.get().name == "Person 0"
    assert "added to this customer" in reasons(job, "kept")[2]


@pytest.mark.usefixtures("small")
def test_undo_goes_on_after_a_crash_too(max_: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    job = done(max_, people(10))
    monkeypatch.setattr("inbox.actions.importing.undoing.BATCH", 4)
    importing.undo(agent=max_, import_id=job.pk)
    importing.work(job.pk, seconds=-1)

    finish(job)

    assert (job.state, job.position, Customer.objects.count()) == ("undone", 0, 0)


def test_after_a_month_the_file_and_the_report_are_forgotten(max_: Agent) -> None:
    job = done(max_, FOUR)
    Import.objects.update(created_at=timezone.now() - importing.KEPT * 2)

    importing.purge()

    job.refresh_from_db()
    assert (job.blob, ImportRow.objects.count()) == (None, 0)
    with pytest.raises(Refused, match="too long ago"):
        importing.undo(agent=max_, import_id=job.pk)


# ---------------------------------------------------------------- hostile files


NASTY = st.sampled_from(
    [
        '"',
        "'",
        ",",
        ";",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\x00",
        "\ufeff",
        "=1+1",
        "ana@x.example",
        "+44",
        "é",
        "\x85",
        "sep=;",
    ]
)
TEXT = st.lists(st.one_of(NASTY, st.text(max_size=8)), max_size=60).map("".join)
BYTES = st.one_of(
    st.binary(max_size=400),
    TEXT.map(lambda text: text.encode("utf-8", "surrogatepass")),
    TEXT.map(lambda text: text.encode("utf-16", "surrogatepass")),
    TEXT.map(lambda text: b"Name,E-mail,Phone,Ref,VIP\n" + text.encode("utf-8", "replace")),
    TEXT.map(lambda text: b"When,Kind,Id,E-mail,Value,Url\n" + text.encode("utf-8", "replace")),
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(content=BYTES, kind=st.sampled_from(["customers", "touchpoints"]))
def test_no_file_whatever_is_in_it_does_more_than_make_a_report(
    max_: Agent, content: bytes, kind: str
) -> None:
    try:
        job = upload(max_, content, kind)
        mapping = job.mapping if "email" in job.mapping else {**job.mapping, "email": [0]}
        everywhere = {"source": "file", "kind": "order"}
        job = importing.configure(agent=max_, import_id=job.pk, mapping=mapping, options=everywhere)
    except Refused:
        return
    importing.check(agent=max_, import_id=job.pk)
    importing.run(agent=max_, import_id=finish(job).pk)
    assert finish(job).state == "done"
    assert sum(counts(job)) <= job.rows
    assert all(reasons(job).values())
    assert undone(max_, job).state == "undone"


def test_a_line_without_end_is_one_bad_row(max_: Agent) -> None:
    endless = b"Name,E-mail\nAna,ana@x.example\n" + b"x" * 3_000_000 + b"\nBen,ben@x.example\n"

    job = done(max_, endless)

    assert "too long" in reasons(job)[3]
    assert Customer.objects.count() == 2


def test_a_quotation_mark_that_never_ends_is_a_bad_row(max_: Agent) -> None:
    job = done(max_, 'Name,E-mail\n"Ana,ana@x.example\n' + "Ben,ben@x.example\n" * 20_000)

    assert "quotation mark" in reasons(job)[2]


# ---------------------------------------------------------------- cells that are formulas elsewhere


@given(text=st.text(max_size=30) | st.text("=+-@'\t\r\n ＝ab", max_size=10))
def test_every_text_comes_back_from_a_spreadsheet_as_it_was(text: str) -> None:
    assert spreadsheet.plain(spreadsheet.safe(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u200b=1",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "\u00a0=1",
        "'=1",
        '=HYPERLINK("http://x")',
        "=cmd|'/C calc'!A0",
    ],
)
def test_no_formula_is_left_one(text: str) -> None:
    assert spreadsheet.safe(text) == "'" + text
