"""When and where a customer wants to hear from us."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox import preferences
from inbox.actions import customers
from inbox.actions.errors import Refused
from inbox.models import Agent, Customer
from tests import factories

NINE, FIVE = time(9), time(17)


def who(start: time | None = NINE, end: time | None = FIVE, zone: str = "Asia/Tokyo") -> Customer:
    return Customer(time_zone=zone, preferred_from=start, preferred_until=end)


@pytest.mark.parametrize(
    ("hour", "outside"), [(0, False), (7, False), (8, True), (15, True), (23, True)]
)  # UTC; nine hours later in Tokyo
def test_the_hours_are_in_their_own_time(hour: int, outside: bool) -> None:
    assert preferences.outside_hours(who(), datetime(2026, 3, 2, hour, tzinfo=UTC)) == outside


@pytest.mark.parametrize(("hour", "outside"), [(23, False), (3, False), (12, True)])
def test_hours_may_reach_over_midnight(hour: int, outside: bool) -> None:
    night = who(time(22), time(6), "UTC")

    assert preferences.outside_hours(night, datetime(2026, 3, 2, hour, tzinfo=UTC)) == outside


@pytest.mark.parametrize(
    "unknown",
    [
        who(None),
        who(end=None),
        who(zone=""),
        who(zone="Mars/Base"),
        who(zone="../etc/passwd"),
        who(NINE, NINE),
    ],
)
@given(now=st.datetimes(timezones=st.just(UTC)))
def test_what_we_do_not_know_is_never_outside(unknown: Customer, now: datetime) -> None:
    assert not preferences.outside_hours(unknown, now)


@pytest.mark.django_db
def test_only_an_address_of_their_own_is_preferred(sam: Agent, ana: Customer) -> None:
    own, other = factories.identity(ana), factories.identity(factories.customer("Ben"))

    customers.edit(agent=sam, customer_id=ana.pk, preferred_identity=own.pk, preferred_from=NINE)
    with pytest.raises(Refused, match="another customer"):
        customers.edit(agent=sam, customer_id=ana.pk, preferred_identity=other.pk)

    ana.refresh_from_db()
    assert (ana.preferred_identity, ana.preferred_from) == (own, NINE)
    customers.edit(agent=sam, customer_id=ana.pk, preferred_identity=None, preferred_from=None)
    ana.refresh_from_db()
    assert (ana.preferred_identity, ana.preferred_from) == (None, None)
