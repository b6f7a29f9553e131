"""Person, program or list: what decides whether a mail opens a conversation and may be answered by a machine."""

import pytest

from connectors.email.reading import OWN_LOOP_HEADER, read


def nature(*fields: str, subject: str = "Your order", sender: str = "Ana <ana@x.example>") -> str:
    return read("\n".join([f"From: {sender}", f"Subject: {subject}", *fields, "", "text"]).encode()).auto


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated", "Auto-Submitted: auto-notified; owner-email=x",
        "X-Autoreply: yes", "X-Autorespond: vacation", "Precedence: auto_reply", "X-Auto-Response-Suppress: All",
        "X-Auto-Response-Suppress: DR, OOF, AutoReply", "Return-Path: <>", "X-Loop: help@shop.example", f"{OWN_LOOP_HEADER}: shop",
    ],
)  # fmt: skip
def test_a_program_says_that_it_is_one(field: str) -> None:
    assert nature(field) == "auto"


@pytest.mark.parametrize("sender", ["MAILER-DAEMON@mx.example", "Mail <postmaster@x.example>"])
def test_a_daemon_is_a_program(sender: str) -> None:
    assert nature(sender=sender) == "auto"


@pytest.mark.parametrize(
    "field",
    [
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "List-Id: <x.y>",
        "List-Unsubscribe: <mailto:u@x>",
    ],
)
def test_a_list_or_newsletter_is_bulk(field: str) -> None:
    assert nature(field) == "bulk"


def test_a_program_that_writes_to_a_list_is_a_program() -> None:
    assert nature("List-Id: <x.y>", "Auto-Submitted: auto-replied") == "auto"


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: no",
        "Return-Path: <ana@x.example>",
        "Precedence: normal",
        "X-Auto-Response-Suppress: DR",
        "X-Mailer: x",
    ],
)
def test_a_person_stays_a_person(field: str) -> None:
    assert nature(field) == "person"


@pytest.mark.parametrize(
    "subject", ["Automatic reply: Your order", "Abwesenheitsnotiz", "Réponse automatique : x", "自动回复: x"]
)
def test_a_vacation_subject_alone_proves_nothing(subject: str) -> None:
    encoded = subject

    assert nature(subject=encoded) == "person"
    assert nature("X-Auto-Response-Suppress: DR", subject=encoded) == "auto"
    assert nature("In-Reply-To: <one@shop.example>", subject=encoded) == "auto"


def test_a_reply_that_quotes_a_vacation_subject_is_from_a_person() -> None:
    assert nature("In-Reply-To: <one@shop.example>", subject="Re: Out of office") == "person"
