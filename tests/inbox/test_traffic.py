"""What traffic leaves on a channel: counted and noted beside the settings, never in them."""

from datetime import timedelta

import pytest

from inbox.actions import traffic
from inbox.contract import Health
from inbox.models import Channel, ChannelHealth
from tests import factories
from tests.factories import MORNING


@pytest.fixture
def channel(db: None) -> Channel:
    return factories.channel()


def health(channel: Channel) -> ChannelHealth:
    return ChannelHealth.objects.get(channel=channel)


def test_the_cursor_moves_without_looking_like_a_change_of_settings(channel: Channel) -> None:
    before = channel.changed_at

    traffic.move_cursor(channel_id=channel.pk, cursor={"INBOX": 7})

    channel.refresh_from_db()
    assert (channel.cursor, channel.changed_at) == ({"INBOX": 7}, before)


def test_the_last_time_something_came_in_is_kept_for_each_channel(channel: Channel) -> None:
    other = factories.channel()

    traffic.came_in(channel_ids=[channel.pk, other.pk, channel.pk], at=MORNING)

    assert health(channel).last_in_at == health(other).last_in_at == MORNING


def test_refused_requests_add_up_and_the_last_reason_stays(channel: Channel) -> None:
    traffic.rejected(channel_id=channel.pk, number=3, reason="Too old.", at=MORNING)
    traffic.rejected(channel_id=channel.pk, number=2, reason="Not signed.", at=MORNING + timedelta(hours=1))

    fared = health(channel)
    assert (fared.rejected_count, fared.rejected_reason) == (5, "Not signed.")
    assert fared.rejected_at == MORNING + timedelta(hours=1)


def test_trouble_is_noted_with_its_sentence_cut_to_the_column(channel: Channel) -> None:
    traffic.trouble(channel_id=channel.pk, reason="x" * 600)

    assert health(channel).last_error == "x" * 500
    assert health(channel).last_error_at is not None


def test_a_check_is_kept_with_its_lines(channel: Channel) -> None:
    traffic.checked(channel_id=channel.pk, health=Health(ok=False, lines=("The password is wrong.",)))

    fared = health(channel)
    assert (fared.check_ok, fared.check_lines) == (False, ["The password is wrong."])
    assert fared.checked_at is not None


def test_a_channel_that_is_gone_is_no_error(db: None) -> None:
    traffic.rejected(channel_id=404, number=1, reason="Not signed.", at=MORNING)

    assert not ChannelHealth.objects.exists()
