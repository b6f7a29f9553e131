"""Import and export pages: from the upload to taking it back, who sees what, and files that no spreadsheet executes."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connections
from django.http import HttpResponse
from django.test import AsyncClient, Client

from agents.streaming import Streamed
from agents.views import exports, imports
from inbox.actions import importing, touchpoints
from inbox.actions.touchpoints import Told
from inbox.contract import Address
from inbox.models import Agent, Attribute, Audit, Conversation, Customer, Desk, Identity, Import
from tests import factories
from tests.agents.conftest import HTMX

FILE = b"Name,E-mail,Phone,Extra\nAna Silva,ana@x.example,07700 900123,x\nBen,not one,,y\n"
FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "＋1",
    "－1",
    "＠A1",
    '=HYPERLINK("http://x","y")',
)


@pytest.fixture(autouse=True)
def _storage(tmp_path: Any, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.DEFAULT_COUNTRY = "GB"


@pytest.fixture
def max_(db: None) -> Agent:
    return factories.agent("Max Ward", role="manager")


@pytest.fixture
def as_max(max_: Agent) -> Client:
    browser = Client()
    browser.force_login(max_)
    return browser


@pytest.fixture
def as_ada(db: None) -> Client:
    browser = Client()
    browser.force_login(factories.agent("Ada Root", role="admin"))
    return browser


def upload(browser: Client, content: bytes = FILE, kind: str = "customers") -> Import:
    file = SimpleUploadedFile("people.csv", content, content_type="text/csv")
    answer = browser.post("/settings/imports/", {"kind": kind, "file": file})
    assert answer.status_code == 302, answer.content.decode()
    return Import.objects.latest("pk")


def columns(browser: Client, job: Import, **more: str) -> HttpResponse:
    chosen = {f"column-{place}": field for field, places in job.mapping.items() for place in places}
    options = {"country": "gb", "dates": "iso", "decimal": "."}
    path = f"/settings/imports/{job.pk}/columns/"
    return browser.post(path, {**chosen, **options, **more})  # type: ignore[return-value]


def worked(job: Import) -> Import:
    """As the worker does."""
    while importing.work(job.pk):
        pass
    job.refresh_from_db()
    return job


def page(browser: Client, job: Import, query: str = "") -> str:
    return browser.get(f"/settings/imports/{job.pk}/{query}").content.decode()


def rows(answer: Any) -> list[dict[str, str]]:
    """The file as a spreadsheet reads it."""
    text = b"".join(answer).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# ---------------------------------------------------------------- the journey


def test_a_file_goes_from_upload_to_customers_and_back(as_max: Client) -> None:
    job = upload(as_max)
    assert "07700 900123" in page(as_max, job)

    columns(as_max, job)
    assert "Being checked" in page(as_max, job)
    worked(job)
    html = page(as_max, job)
    assert "This would happen" in html
    assert "“not one” is no e-mail address." in html
    assert Customer.objects.count() == 0

    as_max.post(f"/settings/imports/{job.pk}/run/")
    worked(job)
    assert "It is done" in page(as_max, job)
    assert Identity.objects.filter(value="+447700900123").exists()

    as_max.post(f"/settings/imports/{job.pk}/undo/")
    worked(job)
    assert "Everything is as it was before." in page(as_max, job)
    assert Customer.objects.count() == 0


def test_columns_of_a_checked_file_may_still_be_changed(as_max: Client) -> None:
    job = upload(as_max)
    columns(as_max, job)
    worked(job)

    assert 'name="column-3"' in page(as_max, job, "?columns=1")
    columns(as_max, job, **{"column-3": "about"})
    as_max.post(f"/settings/imports/{worked(job).pk}/run/")
    worked(job)

    assert Customer.objects.get().about == "x"


def test_a_mapping_that_will_not_do_says_so_and_keeps_what_was_chosen(as_max: Client) -> None:
    job = upload(as_max)

    html = columns(as_max, job, **{"column-1": "", "column-2": "", "column-3": "about"}).content.decode()

    assert "Choose the column by which a customer is found" in html
    assert '<option value="about" selected>' in html
    assert Import.objects.get().state == "mapping"


def test_a_country_that_is_none_is_refused_beside_its_field(as_max: Client) -> None:
    html = columns(as_max, upload(as_max), country="Spain").content.decode()

    assert "errorlist" in html


def test_a_file_may_be_read_again_in_another_way(as_max: Client) -> None:
    job = upload(as_max, b"Name;E-mail\nJos\xc3\xa9;a@x.example\n\x8d;b@x.example\n")
    assert "JosÃ©" in page(as_max, job)

    as_max.post(f"/settings/imports/{job.pk}/columns/", {"reread": "1", "charset": "utf-8", "delimiter": ";"})

    assert "José" in page(as_max, job)


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\xff", b'"' * 999, "sep=,\n".encode("utf-16"), b"\n", b"," * 99_999]
)
def test_a_file_that_is_none_is_answered_with_a_page(as_max: Client, content: bytes) -> None:
    file = SimpleUploadedFile("x.csv", content)

    assert as_max.post("/settings/imports/", {"kind": "customers", "file": file}).status_code in (200, 302)


def test_progress_is_a_fragment_that_asks_again_until_it_is_over(as_max: Client) -> None:
    job = upload(as_max)
    columns(as_max, job)
    path = f"/settings/imports/{job.pk}/progress/"

    under_way = as_max.get(path, headers=HTMX)
    assert 'hx-trigger="every 1s"' in under_way.content.decode()
    assert '<meta http-equiv="refresh"' in page(as_max, job)
    worked(job)

    assert as_max.get(path, headers=HTMX)["HX-Refresh"] == "true"
    assert '<meta http-equiv="refresh"' not in page(as_max, job)


def test_it_can_be_stopped_and_one_that_wrote_nothing_is_thrown_away(as_max: Client) -> None:
    job = upload(as_max)
    columns(as_max, job)

    as_max.post(f"/settings/imports/{job.pk}/cancel/")
    assert "Stopped by Max Ward." in page(as_max, job)
    as_max.post(f"/settings/imports/{job.pk}/cancel/")

    assert Import.objects.count() == 0


def test_what_is_not_possible_now_is_said(as_max: Client) -> None:
    job = upload(as_max)

    html = as_max.post(f"/settings/imports/{job.pk}/undo/", follow=True).content.decode()

    assert "This import has moved on" in html


def test_bad_rows_are_downloaded_with_their_reasons_to_be_mended(as_max: Client) -> None:
    job = upload(as_max, b"Name,E-mail\n=1+1,nobody\nAna,ana@x.example\nCy,none\n")
    columns(as_max, job)
    worked(job)

    found = rows(as_max.get(f"/settings/imports/{job.pk}/rows.csv"))

    assert [each["Row"] for each in found] == ["2", "4"]
    assert found[0] == {
        "Row": "2",
        "Reason": "“nobody” is no e-mail address.",
        "Name": "'=1+1",
        "E-mail": "nobody",
    }


def test_a_storage_that_lost_the_file_is_said_in_words(as_max: Client, tmp_path: Any) -> None:
    job = upload(as_max)
    (tmp_path / job.blob.file).unlink()  # type: ignore[union-attr]

    assert "not in the storage any more" in page(as_max, job)
    assert as_max.get(f"/settings/imports/{job.pk}/rows.csv").status_code == 302


def test_only_admins_are_offered_to_call_addresses_verified(as_max: Client, as_ada: Client) -> None:
    assert "verified by us" not in page(as_max, upload(as_max))
    job = upload(as_ada)
    assert "verified by us" in page(as_ada, job)

    columns(as_max, upload(as_max), verified="on")
    assert not Import.objects.latest("pk").options.get("verified")
    columns(as_ada, job, verified="on")

    job.refresh_from_db()
    assert job.options["verified"] is True


def test_uploads_are_limited(as_max: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "UPLOADS_OF_AGENT", imports.Limit("upload-agent", 1, 3600))
    upload(as_max)

    answer = as_max.post("/settings/imports/", {"kind": "customers"})

    assert answer.status_code == 429
    assert answer["Retry-After"]


# ---------------------------------------------------------------- who sees it


def test_an_import_shows_only_to_those_who_read_all_its_maker_reads(
    as_max: Client, as_ada: Client, max_: Agent
) -> None:
    job = upload(as_max)
    assert "people.csv" in as_ada.get("/settings/imports/").content.decode()

    factories.desk("HR", restricted=True, members=(max_,))

    assert "people.csv" not in as_ada.get("/settings/imports/").content.decode()
    assert as_ada.get(f"/settings/imports/{job.pk}/").status_code == 404
    assert as_max.get(f"/settings/imports/{job.pk}/").status_code == 200


def test_agents_have_neither_import_nor_export(as_sam: Client, as_max: Client) -> None:
    assert as_sam.get("/settings/imports/").status_code == 404
    assert as_sam.post("/settings/export/customers/").status_code == 404
    assert "/settings/imports/" not in as_sam.get("/customers/").content.decode()
    html = as_max.get("/customers/").content.decode()
    assert "/settings/imports/" in html
    assert "/settings/export/customers/" in html


# ---------------------------------------------------------------- export


def test_customers_are_exported_as_the_reader_may_see_them(as_max: Client, kim: Agent, hr: Desk) -> None:
    ana = factories.customer("Ana Silva", vip=True)
    factories.identity(ana, "ana@x.example")
    secret = factories.identity(ana, "ana@hr.example")
    factories.message(factories.conversation(ana, desk=hr, main=False), identity=secret)
    factories.conversation(ana)
    hidden = factories.customer("Hidden Hal")
    factories.conversation(hidden, desk=hr)

    answer = as_max.post("/settings/export/customers/")

    found = rows(answer)
    assert [(each["name"], each["email"], each["vip"]) for each in found] == [
        ("Ana Silva", "ana@x.example", "yes")
    ]
    assert answer["Content-Disposition"] == 'attachment; filename="customers.csv"'
    assert Audit.objects.get(action="export").data == {"what": "customers", "search": False}
    as_kim = Client()
    Agent.objects.filter(pk=kim.pk).update(role="manager")
    as_kim.force_login(kim)
    assert {each["name"] for each in rows(as_kim.post("/settings/export/customers/"))} == {
        "Ana Silva",
        "Hidden Hal",
    }


def test_only_what_is_searched_for_is_exported(as_max: Client) -> None:
    factories.customer("Ana Silva")
    factories.customer("Ben Moss")

    assert [each["name"] for each in rows(as_max.post("/settings/export/customers/", {"q": "ana si"}))] == [
        "Ana Silva"
    ]
    shown = as_max.get("/customers/?q=ana", headers=HTMX).content.decode()
    assert 'name="q" value="ana" form="customers-export"' in shown


def test_a_long_export_goes_on_page_after_page(as_max: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agents.exports.PAGE", 3)
    for number in range(10):
        factories.customer(f"Person {number}")

    assert len({each["name"] for each in rows(as_max.post("/settings/export/customers/"))}) == 10


def test_no_cell_is_a_formula_and_all_come_back_on_import(as_max: Client, max_: Agent) -> None:
    Attribute.objects.create(key="motto", label="Motto")
    for number, text in enumerate(FORMULAS):
        made = factories.customer(text, about=f"{text}\nmore", attributes={"motto": text.strip()})
        factories.identity(made, f"p{number}@x.example")
        factories.identity(made, f"+4477009{number:05}", space="phone")
        factories.identity(made, f"={number}", space="ref")
    before = sorted(Customer.objects.values_list("name", "about", "attributes__motto"))

    file = b"".join(as_max.post("/settings/export/customers/"))  # type: ignore[arg-type]

    for row in csv.reader(io.StringIO(file.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert cell.lstrip()[:1] not in set("=+-@＝＋－＠"), cell
            assert cell[:1] not in set("\t\r\n"), cell
    job = upload(as_max, file)
    columns(as_max, job)
    as_max.post(f"/settings/imports/{worked(job).pk}/run/")
    worked(job)
    # Surrounding white space is no part of a name.
    assert {tuple(str(each).strip() for each in row) for row in before} == {
        tuple(str(each).strip() for each in row)
        for row in Customer.objects.values_list("name", "about", "attributes__motto")
    }
    assert (job.created, job.bad) == (0, 0)
    assert Identity.objects.count() == 3 * len(FORMULAS)


def test_one_customers_touchpoints_come_back_too(as_max: Client, ana: Customer, ana_mail: Identity) -> None:
    touchpoints.record(
        [
            Told(
                kind="order",
                source="shop",
                external_id=f"=o-{number}",
                occurred_at=factories.at(number),
                title="@SUM(1)",
                address=Address(space="email", value="ana@x.example"),
            )
            for number in range(3)
        ]
    )

    file = b"".join(as_max.post(f"/settings/export/customers/{ana.pk}/touchpoints/"))  # type: ignore[arg-type]
    job = upload(as_max, file, "touchpoints")
    columns(as_max, job, zone="UTC")

    assert (worked(job).same, job.created, job.bad) == (3, 0, 0)


def test_messages_are_exported_from_desks_one_may_read(
    as_max: Client, matter: Conversation, secret: Conversation
) -> None:
    found = rows(as_max.post(f"/settings/export/customers/{matter.customer_id}/messages/"))

    assert [(each["text"], each["from"], each["address"]) for each in found] == [
        ("May I still change it?", "Ana Silva", "ana@x.example")
    ]


def test_the_menu_of_a_customer_offers_their_files_to_managers(
    as_max: Client, as_sam: Client, ana: Customer
) -> None:
    path = f"/customers/{ana.pk}/edit/"

    assert f"/settings/export/customers/{ana.pk}/messages/" in as_max.get(path, headers=HTMX).content.decode()
    assert "/settings/export/" not in as_sam.get(path, headers=HTMX).content.decode()


def test_exports_are_limited(as_max: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "EXPORTS_OF_AGENT", exports.Limit("export-agent", 1, 3600))
    as_max.post("/settings/export/customers/")

    assert as_max.post("/settings/export/customers/").status_code == 429
    assert Audit.objects.filter(action="export").count() == 1


@pytest.mark.django_db(transaction=True)
async def test_an_asynchronous_server_sends_it_piece_by_piece(max_: Agent, ana: Customer) -> None:
    browser = AsyncClient()
    await browser.aforce_login(max_)

    answer = await browser.post("/settings/export/customers/")

    assert isinstance(answer, Streamed)
    pieces = [piece async for piece in answer]
    await sync_to_async(connections.close_all)()
    assert b"Ana Silva" in b"".join(pieces)
