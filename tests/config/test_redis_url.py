"""One REDIS_URL in the spelling of each library."""

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from kombu import Connection

from config import redis_url


@pytest.mark.parametrize(
    ("url", "number"),
    [
        ("redis://host:6379/3", 3),
        ("redis://host", 0),
        ("redis://host/?db=4", 4),
        ("rediss://:secret@host:6380/1", 1),
        ("unix:///run/valkey.sock", 0),
        ("unix:///run/valkey.sock?db=5", 5),
    ],
)
def test_the_number_of_the_database_is_found(url: str, number: int) -> None:
    assert redis_url.database(url) == number


def test_celery_spells_a_socket_differently() -> None:
    assert redis_url.for_celery("unix:///run/v.sock?db=2") == "redis+socket:///run/v.sock?virtual_host=2"
    assert redis_url.for_celery("redis://host/2") == "redis://host/2"


def test_cache_and_broker_meet_on_the_same_server_and_number() -> None:
    # given a value left through Django's cache
    cache.set("who", "ana")
    # when the same database is opened as redis-py and as kombu read the address
    plain = redis.Redis.from_url(settings.REDIS_URL)
    with Connection(settings.CELERY_BROKER_URL) as broker:
        size_for_kombu = broker.default_channel.client.dbsize()
    # then both see it
    assert plain.dbsize() == size_for_kombu == 1
    plain.close()
