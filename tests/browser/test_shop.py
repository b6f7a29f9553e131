"""Shop staff with a phone in the hand: a visit in six taps, on a bad connection, at 200 % zoom, by the code of a profile."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from agents import qr
from inbox.models import Agent, Customer, Identity, Message, Place, SavedReply
from tests import factories
from tests.browser.axe import faults
from tests.browser.conftest import NewContext, Server

PHONE = (390, 844)
ZOOMED = (195, 422)
"""A phone of 390 px at 200 %."""
COUNT = """
() => {
  const taps = Number(sessionStorage.taps ?? 0);
  sessionStorage.taps = taps;
  document.addEventListener("pointerdown", () => { sessionStorage.taps = Number(sessionStorage.taps) + 1; }, true);
}
"""

Visit = Callable[..., Page]


class Shop:
    """Two places, one who works there, and a customer known by mail and phone."""

    def __init__(self) -> None:
        self.lena: Agent = factories.agent("Lena Frost", role="store")
        self.places: list[Place] = [factories.place("Harbour"), factories.place("Old Town")]
        self.ana: Customer = factories.customer("Ana Silva", vip=True)
        number = factories.channel("sms", name="Shop UK", address="+442079460000")
        self.phone: Identity = factories.identity(self.ana, "+34611204489", space="phone")
        matter = factories.conversation(self.ana, title="Wrong size")
        factories.message(matter, "A secret of hers", channel=number, identity=self.phone)
        factories.touchpoint(
            self.ana, "order", reference="4417", title="Jumper, moss", value="89.00", currency="EUR"
        )
        factories.touchpoint(self.ana, "cart", reference="c-9", title="Two pairs of socks")

    @property
    def page_of_ana(self) -> str:
        return f"/shop/c/{self.ana.public_id}/"


@pytest.fixture
def shop(transactional_db: None) -> Shop:
    return Shop()


@pytest.fixture
def visit(server: Server, shop: Shop, new_context: NewContext) -> Iterator[Visit]:
    """Open a path on lena's phone; a script error fails the test when it ends."""
    errors: list[str] = []

    def open_page(
        path: str = "/shop/",
        *,
        agent: Agent | None = None,
        size: tuple[int, int] = PHONE,
        theme: str = "light",
        scripts: bool = True,
    ) -> Page:
        client = Client()
        client.force_login(agent or shop.lena)
        session = client.cookies["onethread_session"]
        context = new_context(
            viewport={"width": size[0], "height": size[1]},
            color_scheme=theme,
            base_url=server.url,
            java_script_enabled=scripts,
        )
        context.add_cookies([{"name": session.key, "value": session.value, "url": server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if scripts:
            page.add_init_script(f"({COUNT})()")
        page.goto(path)
        return page

    yield open_page
    assert errors == []


def taps(page: Page) -> int:
    counted: int = page.evaluate("Number(sessionStorage.taps)")
    return counted


def find(page: Page, name: str = "ana") -> None:
    page.locator("#shop-q").click()
    page.keyboard.type(name)
    page.locator(".shop-person", has_text="Ana Silva").click()
    expect(page.locator(".shop-head h1")).to_have_text("Ana Silva")


def save(page: Page) -> None:
    page.get_by_role("button", name="Save", exact=True).click()


def test_a_visit_of_somebody_known_takes_at_most_six_taps(shop: Shop, visit: Visit) -> None:
    page = visit()

    find(page)
    page.get_by_text("Exchange", exact=True).click()
    page.get_by_text("Needs follow-up").click()
    save(page)
    expect(page.locator("#saved")).to_contain_text("Saved for Ana Silva")

    assert taps(page) <= 6
    noted = Message.objects.get(kind="visit")
    assert (noted.customer, noted.author, noted.subject, noted.historical) == (
        shop.ana,
        shop.lena,
        "Exchange",
        False,
    )
    expect(page.locator("#shop-q")).to_be_focused()


def test_the_second_customer_needs_no_place_chosen_again(shop: Shop, visit: Visit) -> None:
    page = visit(shop.page_of_ana)
    page.locator("#shop-place").select_option(label="Old Town")
    page.get_by_text("Advice", exact=True).click()
    save(page)
    expect(page.locator("#saved")).to_be_visible()

    find(page)

    expect(page.locator("#shop-place")).to_have_value(str(shop.places[1].pk))


def test_the_code_of_a_profile_opens_the_person(shop: Shop, visit: Visit, server: Server) -> None:
    page = visit(qr.address(shop.ana).replace("http://localhost:8000", server.url))

    expect(page.locator(".shop-head h1")).to_have_text("Ana Silva")
    expect(page.locator(".shop-story")).to_contain_text("Wrong size")
    expect(page.locator("body")).not_to_contain_text("A secret of hers")


def test_what_was_typed_survives_a_lost_connection_and_is_noted_once(shop: Shop, visit: Visit) -> None:
    page = visit(shop.page_of_ana)
    page.get_by_text("Repair", exact=True).click()
    page.locator("#shop-text").fill("Seam of the left sleeve")
    page.context.set_offline(True)
    save(page)
    expect(page.locator(".toast")).to_contain_text("No connection")
    expect(page.locator("#shop-text")).to_have_value("Seam of the left sleeve")

    page.context.set_offline(False)
    page.reload()
    expect(page.locator("#shop-text")).to_have_value("Seam of the left sleeve")
    expect(page.get_by_label("Repair", exact=True)).to_be_checked()
    save(page)
    expect(page.locator("#saved")).to_be_visible()

    page.goto(shop.page_of_ana)
    expect(page.locator("#shop-text")).to_have_value("")
    assert Message.objects.filter(kind="visit").count() == 1


def test_a_colleague_on_the_same_phone_finds_nothing_of_it(shop: Shop, visit: Visit, server: Server) -> None:
    page = visit(shop.page_of_ana)
    page.locator("#shop-text").fill("Seam of the left sleeve")
    client = Client()
    client.force_login(factories.agent("Tom Lund", role="store"))
    session = client.cookies["onethread_session"]
    page.context.add_cookies([{"name": session.key, "value": session.value, "url": server.url}])

    page.reload()

    expect(page.locator("#shop-text")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('kept:')).length") == 0


def test_a_known_number_offers_its_person_and_nothing_is_typed_twice(shop: Shop, visit: Visit) -> None:
    page = visit("/shop/new/")
    page.get_by_label("Name").fill("Anna")
    page.get_by_label("Phone").fill("+34 611 204 489")
    page.get_by_text("Return", exact=True).click()
    save(page)

    page.get_by_role("button", name="Yes: save it for Ana Silva").click()

    expect(page.locator("#saved")).to_contain_text("Saved for Ana Silva")
    assert Message.objects.get(kind="visit").subject == "Return"
    assert Customer.objects.count() == 1


def test_a_saved_reply_fills_what_they_get(shop: Shop, visit: Visit) -> None:
    text = "Hi {{customer.first_name}}, it is ready."
    SavedReply.objects.create(name="Ready", shortcut="ready", text=text)
    page = visit(shop.page_of_ana)
    page.get_by_text("Pick-up", exact=True).click()
    page.get_by_text("Write to them as well").click()
    page.get_by_label("SMS").check()
    page.get_by_label("Saved reply").select_option(label="Ready")

    expect(page.get_by_label("What they get")).to_have_value("Hi Ana, it is ready.")
    save(page)
    expect(page.locator("#saved")).to_be_visible()

    assert Message.objects.get(channel__isnull=False, direction="outbound").identity == shop.phone


def test_without_scripts_the_same_forms_do(shop: Shop, visit: Visit) -> None:
    page = visit(scripts=False)
    page.locator("#shop-q").fill("ana")
    page.get_by_role("button", name="Find").click()
    page.locator(".shop-person", has_text="Ana Silva").click()
    page.get_by_text("Advice", exact=True).click()
    save(page)

    assert "Saved for Ana Silva" in page.content()
    assert Message.objects.filter(kind="visit").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, ZOOMED, (1440, 900)])
@pytest.mark.parametrize("place", ["/shop/?q=ana", "/shop/new/", "customer"])
def test_nobody_is_shut_out(shop: Shop, visit: Visit, place: str, size: tuple[int, int], theme: str) -> None:
    page = visit(shop.page_of_ana if place == "customer" else place, size=size, theme=theme)
    page.eval_on_selector_all("details", "(all) => all.forEach((each) => { each.open = true; })")

    assert faults(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    if size == PHONE:
        small = page.eval_on_selector_all(
            ".shop-page :is(.button, .shop-chip span, .shop-person, select, input.input)",
            "(all) => all.filter((each) => each.offsetParent && each.getBoundingClientRect().height < 44).length",
        )
        assert small == 0
