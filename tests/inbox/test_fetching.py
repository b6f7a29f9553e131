"""Copying files from a provider: what goes wrong is noted with the file, and holds up no other."""

from __future__ import annotations

import pytest

from inbox import fetching
from inbox.contract import File
from inbox.models import Attachment, Channel
from inbox.models.files import AttachmentState
from tests import factories
from tests.inbox.outbox import TestConnector


@pytest.fixture
def site(db: None, outbox: type[TestConnector]) -> Channel:
    return factories.channel("outbox", name="Site")


def waits(channel: Channel, name: str) -> Attachment:
    message = factories.message(factories.conversation(factories.customer()), channel=channel)
    return Attachment.objects.create(message=message, name=name, source="ref", state=AttachmentState.WAITING)


def test_a_file_on_which_a_connector_breaks_is_not_first_for_ever(
    site: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(connector: TestConnector, file: File) -> File:
        raise KeyError("url")

    monkeypatch.setattr(TestConnector, "fetch", breaks)
    broken, other = waits(site, "broken.jpg"), waits(site, "other.jpg")
    assert fetching.waiting() == [broken.pk, other.pk]

    fetching.fetch(broken.pk)

    broken.refresh_from_db()
    assert (broken.state, broken.tries) == (AttachmentState.WAITING, 1)
    assert "fault of ours (KeyError)" in broken.reason
    assert fetching.waiting() == [other.pk, broken.pk]


def test_a_type_longer_than_its_column_is_cut(site: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    long = File(name="a.bin", content_type="application/" + "x" * 200, content=b"bytes")
    monkeypatch.setattr(TestConnector, "fetch", lambda connector, file: long)
    attachment = waits(site, "a.bin")

    fetching.fetch(attachment.pk)

    attachment.refresh_from_db()
    assert attachment.state == AttachmentState.READY
    assert attachment.content_type == long.content_type[:120]
