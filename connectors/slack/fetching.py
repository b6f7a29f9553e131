"""Files customers sent: fetched from Slack with our token, which goes to Slack's own hosts only."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

from connectors import http
from connectors.guard import Guard
from connectors.slack.api import Slack
from connectors.slack.content import BY_ID
from connectors.slack.payload import first, table, text
from inbox.contract import File, PermanentFailure

# As much as we send; Slack itself takes a gigabyte.
MAX_BYTES = 25_000_000
TIMEOUT = timedelta(seconds=30)
LOGIN = "Slack shows its login instead of the file: the app lacks the permission files:read."


def fetch(slack: Slack, file: File) -> File:
    """The file with its bytes and its real type. Raises PermanentFailure or TemporaryFailure."""
    if file.url.startswith(BY_ID):
        file = _described(slack, file)
    if not slack.is_slacks(http.checked(file.url)):
        raise PermanentFailure("The file is not at Slack.", code="address_refused")
    login = {"Authorization": f"Bearer {slack.token}"}
    got = http.fetch(file.url, headers=login, max_bytes=MAX_BYTES, guard=Guard(TIMEOUT))
    if got.content_type == "text/html" and "html" not in file.content_type:
        # Without the permission Slack answers 200 or leads to a page to log in, never an error.
        raise PermanentFailure(LOGIN, code="missing_scope")
    return dataclasses.replace(
        file, content=got.content, content_type=got.content_type, size=len(got.content)
    )


def _described(slack: Slack, file: File) -> File:
    """In shared channels an event may name a file by its id alone (file_access: check_file_info)."""
    data = table(slack.files_info(file=file.url.removeprefix(BY_ID)).data, "file")
    where = first(text(data, "url_private_download"), text(data, "url_private"))
    if not where:
        raise PermanentFailure("Slack does not give this file to our app.", code="file_not_found")
    return dataclasses.replace(
        file,
        url=where,
        name=first(text(data, "name"), text(data, "title"), file.name),
        content_type=first(text(data, "mimetype"), file.content_type),
    )
