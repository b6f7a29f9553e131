"""The token looks at itself, and learns the ids it may name."""

import pytest

from inbox.models import Channel, Desk
from tests import factories
from tests.api.conftest import Api

pytestmark = pytest.mark.django_db


def test_a_token_tells_what_it_is_and_what_stands_open_to_it(api: Api, mailbox: Channel, hr: Desk) -> None:
    team = factories.team()
    factories.channel("sandbox", desk=hr)
    factories.team("Dismissals", desk=hr)

    shown = api.get("me/").body

    assert (shown["agent"]["name"], shown["token"]) == ("Sam Reed", "Shop")
    assert [each["name"] for each in shown["desks"]] == ["Support"]
    assert [each["id"] for each in shown["teams"]] == [team.pk]
    assert [each["id"] for each in shown["channels"]] == [mailbox.pk]
    assert "settings" not in shown["channels"][0]
