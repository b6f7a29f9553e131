"""The Date header as an aware datetime. Whether to believe it is the reader's business: it often lies."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

_CHARACTERS = 200
_DAY = timedelta(days=1)


def parse_date(value: str) -> datetime | None:
    """RFC 5322 3.3 and what is sent instead of it; a missing or impossible zone means UTC, nonsense None."""
    try:
        parsed = parsedate_tz(value[:_CHARACTERS])
    except (ValueError, TypeError, IndexError, OverflowError):  # parsedate_tz raises these on damaged dates
        return None
    if parsed is None:
        return None
    year, month, day, hour, minute, second = parsed[:6]
    offset = timedelta(seconds=parsed[9] or 0)
    zone = timezone(offset) if -_DAY < offset < _DAY else UTC
    try:
        date = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=zone)
        return date if date.astimezone(UTC).year > 1 else None
    except (ValueError, OverflowError):
        return None
