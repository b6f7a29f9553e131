"""The moments a snooze is usually until, and those a message usually goes out at."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from agents import snoozing

MADRID = ZoneInfo("Europe/Madrid")


def moments(now: datetime) -> dict[str, str]:
    return {name: f"{at:%a %d %H:%M}" for name, _label, at in snoozing.presets(MADRID, now)}


def test_in_the_middle_of_a_week() -> None:
    wednesday = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    found = moments(wednesday)

    assert found == {
        "hours": "Wed 04 13:00",
        "evening": "Wed 04 18:00",
        "tomorrow": "Thu 05 09:00",
        "monday": "Mon 09 09:00",
        "week": "Wed 11 09:00",
    }


def test_late_in_the_day_there_is_no_evening_left() -> None:
    assert "evening" not in moments(datetime(2026, 3, 4, 16, 30, tzinfo=UTC))


def test_on_a_sunday_tomorrow_is_monday() -> None:
    found = moments(datetime(2026, 3, 8, 8, 0, tzinfo=UTC))

    assert found["tomorrow"] == "Mon 09 09:00"
    assert "monday" not in found


def test_nine_is_nine_on_both_sides_of_the_change_of_clocks() -> None:
    before = datetime(2026, 3, 28, 8, 0, tzinfo=UTC)

    tomorrow = next(at for name, _label, at in snoozing.presets(MADRID, before) if name == "tomorrow")

    assert tomorrow.astimezone(UTC) == datetime(2026, 3, 29, 7, 0, tzinfo=UTC)


def test_a_message_goes_out_in_an_hour_this_evening_tomorrow_or_on_monday() -> None:
    wednesday = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    found = {name: f"{at:%a %d %H:%M}" for name, _label, at in snoozing.sending(MADRID, wednesday)}

    assert f"{wednesday + timedelta(hours=1):%a %d %H:%M}" == found.pop("hour")
    assert found == {"evening": "Wed 04 18:00", "tomorrow": "Thu 05 09:00", "monday": "Mon 09 09:00"}


def test_on_a_sunday_evening_only_an_hour_and_tomorrow_are_left() -> None:
    sunday = datetime(2026, 3, 8, 19, 0, tzinfo=UTC)

    assert [name for name, _label, _at in snoozing.sending(MADRID, sunday)] == ["hour", "tomorrow"]
