"""A file's whole journey in a real browser with the house's real worker, which is killed in the middle of it."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from inbox.models import Customer, Identity, Import
from tests import factories
from tests.browser.axe import faults
from tests.browser.screens import NewContext, log_in
from tests.house import House, eventually

ROWS = 3_000


def people(folder: Path) -> Path:
    """Many customers, two of them bad."""
    file = folder / "people.csv"
    lines = [f"Person {number};p{number}@x.example;Regular {number}" for number in range(ROWS)]
    file.write_text("\n".join(["Nom;E-mail;Notes", *lines, "Nobody;;", "Wrong;not an address;"]), "utf-8")
    return file


def reaches(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", name=heading)).to_be_visible(timeout=200_000)


def test_a_file_is_imported_though_the_worker_dies_and_is_taken_back(
    house: House, new_context: NewContext, tmp_path: Path
) -> None:
    screen = log_in(house, new_context, factories.agent("Max Ward", role="manager"))
    page = screen.page
    page.goto("/customers/")
    page.get_by_role("link", name="Import").click()
    page.get_by_label("CSV file").set_input_files(people(tmp_path))
    page.get_by_role("button", name="Upload").click()

    page.get_by_label("Nom", exact=True).select_option("Name")
    expect(page.get_by_text("Person 4", exact=True)).to_be_visible()
    assert faults(page) == []
    page.get_by_role("button", name="Check the file").click()

    reaches(page, "This would happen")
    expect(page.get_by_role("row", name="“not an address” is no e-mail address.")).to_be_visible()
    assert faults(page) == []
    assert Customer.objects.count() == 0
    page.get_by_role("button", name=f"Import {ROWS} rows").click()

    expect(page.get_by_role("progressbar")).to_be_visible()
    eventually(lambda: Import.objects.get().position)
    house.kill("worker")
    house.start("worker")
    reaches(page, "It is done")
    assert Customer.objects.count() == Identity.objects.count() == ROWS

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Undo the import").click()
    reaches(page, "It has been taken back")
    expect(page.get_by_text("Everything is as it was before.")).to_be_visible()
    assert Customer.objects.count() == 0


def test_without_scripts_it_works_the_same(house: House, new_context: NewContext, tmp_path: Path) -> None:
    house_screen = log_in(house, new_context, factories.agent("Max Ward", role="manager"))
    cookies = house_screen.page.context.cookies()
    context = new_context(base_url=house.url, java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # what one context gave another takes
    page = context.new_page()
    file = tmp_path / "few.csv"
    file.write_text("Name,E-mail\nAna Silva,ana@x.example\n")

    page.goto("/settings/imports/")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload").click()
    page.get_by_role("button", name="Check the file").click()
    reaches(page, "This would happen")
    page.get_by_role("button", name="Import 1 row").click()

    reaches(page, "It is done")
    assert Customer.objects.get().name == "Ana Silva"
