"""One REDIS_URL, in the spelling each library wants. Accepts redis://, rediss:// and unix:// addresses."""

from urllib.parse import parse_qs, urlsplit


def database(url: str) -> int:
    """The number of the database: `/2` of redis://host/2, `?db=2` of unix:///path?db=2, otherwise 0."""
    parts = urlsplit(url)
    given = parse_qs(parts.query).get("db", [""])[0]
    if not given and parts.scheme != "unix":
        given = parts.path.strip("/")
    return int(given or 0)


def for_celery(url: str) -> str:
    """kombu writes unix:///path?db=2 as redis+socket:///path?virtual_host=2; the others are the same."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={database(url)}"
