"""The pretend shop: only where it was asked for, and with nothing a real website could not do."""

import jwt
import pytest

from connectors.webchat.demo import PRODUCTS
from inbox.models import Channel
from tests.connectors.webchat.conftest import SECRET, Browser


@pytest.fixture
def shop(channel: Channel) -> Channel:
    channel.settings |= {"demo_shop": True}
    channel.save()
    return channel


def test_a_real_channel_has_no_pretend_shop(ana: Browser) -> None:
    address = f"/c/webchat/demo/{ana.channel.public_id}/"

    assert ana.client.get(address).status_code == 404
    assert ana.client.get(f"{address}{PRODUCTS[0].slug}/").status_code == 404
    assert ana.client.post(f"{address}token").status_code == 404
    assert ana.client.get("/c/webchat/demo/unknown/").status_code == 404


def test_the_shop_installs_the_chat_by_one_tag(shop: Channel, ana: Browser) -> None:
    page = ana.client.get(f"/c/webchat/demo/{shop.public_id}/").content.decode()

    assert f'<script async src="/c/webchat/widget.js" data-channel="{shop.public_id}"></script>' in page
    assert page.count("<script") == 2


@pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.slug)
def test_every_product_has_its_page(shop: Channel, ana: Browser, product: object) -> None:
    slug, name = product.slug, product.name  # type: ignore[attr-defined]

    page = ana.client.get(f"/c/webchat/demo/{shop.public_id}/{slug}/")

    assert f"<h1>{name}</h1>" in page.content.decode()


def test_the_shops_policy_allows_no_inline_script_or_style(shop: Channel, ana: Browser) -> None:
    answer = ana.client.get(f"/c/webchat/demo/{shop.public_id}/")

    policy = answer["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    page = answer.content.decode()
    assert "style=" not in page
    assert "onclick=" not in page


def test_the_shops_server_vouches_for_ana(shop: Channel, ana: Browser) -> None:
    token = ana.client.post(f"/c/webchat/demo/{shop.public_id}/token").json()["token"]

    claims = jwt.decode(token, SECRET, algorithms=["HS256"], audience=shop.public_id)
    assert (claims["name"], claims["email_verified"]) == ("Ana Silva", True)
    assert ana.begin(jwt=token).status_code == 200


def test_without_a_secret_there_is_no_login(shop: Channel, ana: Browser) -> None:
    shop.settings = {"demo_shop": True}
    shop.save()

    assert "Log in as Ana" not in ana.client.get(f"/c/webchat/demo/{shop.public_id}/").content.decode()
    assert ana.client.post(f"/c/webchat/demo/{shop.public_id}/token").status_code == 404
