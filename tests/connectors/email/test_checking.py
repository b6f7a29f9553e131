"""“Check connection” against real servers: it really logs in, sends nothing, and says in plain lines what is wrong."""

from __future__ import annotations

import pytest

from connectors.email import domain_records
from tests.connectors.email.conftest import Connect, mail
from tests.standins import dns, dovecot
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer

GOOD = {
    "shop.example": ["google-site-verification=1", "v=spf1 include:_spf.mail.example -all"],
    "_dmarc.shop.example": ["v=DMARC1; p=reject"],
    "_domainkey.shop.example": [],
}


def test_what_works_is_told_line_by_line(
    connect: Connect, mailboxes: Dovecot, post_office: MailServer, help_address: str
) -> None:
    mailboxes.deliver(mail(), help_address)

    health = connect(junk_folder="Junk").check()

    told = "\n".join(health.lines)
    assert health.ok
    assert f"logged in to 127.0.0.1 as {help_address}" in told
    assert "IDLE" in told
    assert "“INBOX” is open; 1 mails" in told
    assert "“Junk” is open" in told
    assert "127.0.0.1 answers, logged in. Mails may have 60 MB." in told
    assert post_office.received == []
    assert all(b"\\Seen" not in flags for flags in mailboxes.flags(help_address))


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"imap_password": "wrong"}, "refused the login"),
        ({"imap_port": 1}, "Nothing listens at 127.0.0.1:1"),
        ({"imap_host": "no-such-host.invalid"}, "There is no server called no-such-host.invalid"),
        ({"imap_security": "ssl"}, "does not speak TLS"),
        ({"folders": ("INBOX", "Orders")}, "“Orders” cannot be opened"),
        ({"smtp_password": "wrong"}, "user name or password"),
        ({"smtp_port": 1}, "Nothing listens at 127.0.0.1:1"),
        ({"smtp_security": "starttls"}, "offers no encryption"),
        ({"address": "help at shop"}, "is not a mail address"),
        ({"imap_host": "", "smtp_host": ""}, "neither a server to fetch from nor one to send with"),
    ],
)
def test_what_does_not_work_is_named(connect: Connect, settings: dict[str, object], line: str) -> None:
    health = connect(**settings).check()

    assert not health.ok
    assert line in "\n".join(health.lines)
    assert dovecot.PASSWORD not in "\n".join(health.lines)


def test_one_broken_side_does_not_hide_the_other(connect: Connect) -> None:
    health = connect(imap_port=1).check()

    assert not health.ok
    assert any("Sending: 127.0.0.1 answers" in line for line in health.lines)


def test_a_mailbox_may_only_send_or_only_receive(connect: Connect) -> None:
    assert connect(imap_host="").check().ok
    assert connect(smtp_host="").check().ok


def test_good_records_are_shown() -> None:
    with dns.knowing(GOOD) as resolver:
        lines = domain_records.hints("shop.example", resolver)

    assert lines == [
        "SPF: v=spf1 include:_spf.mail.example -all",
        "DMARC: v=DMARC1; p=reject",
        "DKIM: shop.example publishes keys.",
    ]


def test_missing_records_are_asked_for() -> None:
    with dns.knowing({}) as resolver:
        spf, dmarc, dkim = domain_records.hints("shop.example", resolver)

    assert "does not say who may send for it" in spf
    assert "_dmarc.shop.example" in dmarc
    assert "no keys were found" in dkim


def test_two_spf_records_are_one_too_many() -> None:
    with dns.knowing({**GOOD, "shop.example": ["v=spf1 a -all", "v=spf1 mx -all"]}) as resolver:
        assert "only one" in domain_records.hints("shop.example", resolver)[0]


def test_a_record_in_pieces_is_put_together() -> None:
    long = "v=spf1 " + " ".join(f"ip4:192.0.2.{number}" for number in range(60)) + " -all"
    with dns.knowing({**GOOD, "shop.example": [long]}) as resolver:
        assert domain_records.hints("shop.example", resolver)[0] == f"SPF: {long}"


def test_a_dns_that_does_not_answer_is_only_a_missing_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(domain_records, "_SECONDS", 0.3)
    with dns.knowing({}, silent=True) as resolver:
        assert domain_records.hints("shop.example", resolver) == [
            "DNS could not be asked, so SPF, DKIM and DMARC were not looked at."
        ]


@pytest.mark.parametrize("domain", ["", "..", "x" * 70 + ".example", "a b.example"])
def test_odd_domains_do_no_harm(domain: str) -> None:
    with dns.knowing({}) as resolver:
        assert domain_records.hints(domain, resolver)
