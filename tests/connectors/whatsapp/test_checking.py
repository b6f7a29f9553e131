"""“Check connection” against the stand-in."""

import pytest

from connectors.meta.standin import KnownToken
from connectors.whatsapp.checking import SCOPES
from connectors.whatsapp.connector import WhatsAppConnector
from connectors.whatsapp.standin.server import Cloud
from inbox.contract import Health
from tests.connectors.whatsapp.conftest import build

FAR = 4_000_000_000


def test_a_number_that_works_says_so(whatsapp: WhatsAppConnector) -> None:
    health = whatsapp.check()

    assert health.ok
    assert health.expires_at is None
    assert "Meta sends this number's webhooks to us." in health.lines


def wrong(health: Health) -> str:
    """The first line: what is wrong stands first."""
    assert not health.ok
    return health.lines[0]


def test_a_token_that_ends_tells_the_day(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.tokens[whatsapp.settings.access_token] = KnownToken(scopes=SCOPES, expires_at=FAR)

    health = whatsapp.check()

    assert health.ok
    assert health.expires_at is not None
    assert "The access token works until 2096-10-02." in health.lines


def test_a_token_without_a_permission_is_told(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.tokens[whatsapp.settings.access_token] = KnownToken(scopes=SCOPES[:1])

    assert "whatsapp_business_messaging" in wrong(whatsapp.check())


def test_a_revoked_token_breaks_the_channel(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.tokens[whatsapp.settings.access_token].valid = False

    health = whatsapp.check()

    assert health.broken
    assert wrong(health).startswith("Meta refuses the access token.")


def test_a_wrong_app_secret_is_not_taken_for_a_dead_token(cloud: Cloud, values: dict[str, str]) -> None:
    health = build({**values, "app_secret": "wrong", "graph_url": cloud.graph_url}).check()

    assert "app secret" in wrong(health)


@pytest.mark.parametrize(
    ("details", "says"),
    [
        ({"status": "BANNED"}, "is banned"),
        ({"quality_rating": "RED"}, "quality is low"),
        ({"name_status": "DECLINED"}, "display name is not approved"),
        (
            {
                "health_status": {
                    "can_send_message": "BLOCKED",
                    "entities": [{"errors": [{"error_description": "Pay first."}]}],
                }
            },
            "sending is blocked. Pay first.",
        ),
    ],
)
def test_what_is_wrong_with_the_number_is_told(
    whatsapp: WhatsAppConnector, cloud: Cloud, details: dict[str, object], says: str
) -> None:
    cloud.account.details = details

    assert says in wrong(whatsapp.check())


def test_an_account_of_another_portfolio_is_told(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.account.portfolio_id = "77"

    assert "portfolio 77" in wrong(whatsapp.check())


def test_an_app_that_is_not_subscribed_is_told(whatsapp: WhatsAppConnector, cloud: Cloud) -> None:
    cloud.account.subscribed = {"1"}

    assert "not subscribed" in wrong(whatsapp.check())


@pytest.mark.parametrize("elsewhere", [{}, {"phone_number": "https://old.example"}])
def test_webhooks_that_go_elsewhere_are_told(
    whatsapp: WhatsAppConnector, cloud: Cloud, elsewhere: dict[str, str]
) -> None:
    cloud.account.webhooks = elsewhere

    assert whatsapp.channel.hook_url in wrong(whatsapp.check())


def test_nobody_there_is_told_and_breaks_nothing(values: dict[str, str], cloud: Cloud) -> None:
    gone = build({**values, "graph_url": "http://127.0.0.1:1/v26.0"})

    health = gone.check()

    assert not health.ok
    assert not health.broken
