"""docs/channels.md is what the capabilities say, and says it in plain words."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from connectors import matrix
from connectors.management.commands.channel_matrix import FILE
from inbox import registry
from inbox.contract import Capabilities, FileRules

AGAIN = "docs/channels.md is out of date. Write it anew: python manage.py channel_matrix"


def test_the_page_in_the_documentation_is_the_one_the_command_writes() -> None:
    assert FILE.read_text(encoding="utf-8") == matrix.text(), AGAIN


def test_the_command_can_print_the_page() -> None:
    out = StringIO()

    call_command("channel_matrix", "--print", stdout=out)

    assert out.getvalue() == matrix.text()


def test_every_channel_a_customer_can_use_stands_in_every_table_and_among_the_needs() -> None:
    page = matrix.text()
    tables = page.count("\n| --- |")

    for kind, connector in registry.kinds().items():
        rows = page.count(f"\n| [{connector.label}](../connectors/{kind}/README.md) |")
        told = f"\n- **{connector.label}**: " in page
        assert (rows, told) in ((tables, True), (0, False))
    assert page.count("\n- **") == len(registry.kinds()) - 1


@pytest.mark.parametrize(
    ("column", "can", "said"),
    [
        ("Text", Capabilities(), "any length"),
        ("Text", Capabilities(text_limit=4096), "4,096 characters"),
        ("Files in a message", Capabilities(), ""),
        (
            "Files in a message",
            Capabilities(files=FileRules(types=("image/",), max_bytes=5_000_000, max_count=3)),
            "3 of 5 MB each, some types",
        ),
        ("Reactions", Capabilities(reactions=True), "theirs"),
        ("Reactions", Capabilities(reactions=True, own_reactions=True), "theirs and ours"),
        (
            "Taking back",
            Capabilities(own_deletes=True, own_delete_window=timedelta(days=2)),
            "ours (within 2 days)",
        ),
        ("Time to answer", Capabilities(), "always"),
        ("Time to answer", Capabilities(reply_window=timedelta(hours=24)), "24 hours"),
        ("We may write first", Capabilities(can_start=False), ""),
        ("We may write first", Capabilities(), "yes"),
        ("We may write first", Capabilities(reply_window=timedelta(days=1), templates=True), "by template"),
        ("Public comments", Capabilities(public=True, hides=True), "yes, hide"),
        (
            "Sending limit",
            Capabilities(most_per_second=30, gap=timedelta(seconds=1)),
            "30 a second, one a second to one person",
        ),
    ],
)
def test_a_capability_is_said_in_plain_words(column: str, can: Capabilities, said: str) -> None:
    assert matrix.COLUMNS[column](can) == said
