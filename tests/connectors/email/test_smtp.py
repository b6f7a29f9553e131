"""Sending by a real SMTP server, well and badly behaved: what was not sent is tried again, what may have been sent never is."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from inbox.contract import (
    Address,
    ChannelBroken,
    File,
    OutcomeUnknown,
    PermanentFailure,
    Status,
    TemporaryFailure,
)
from tests.connectors.email.conftest import Connect, outbound, read_back
from tests.standins import dovecot, smtp
from tests.standins.dovecot import Dovecot
from tests.standins.smtp import MailServer


def test_a_reply_leaves_and_is_accepted(connect: Connect, post_office: MailServer, help_address: str) -> None:
    result = connect().send(outbound())

    assert result.status is Status.SENT
    assert result.external_id == "<aaaaaaaaaaaaaaaaaaaaaa.0123456789ab@shop.example>"
    assert post_office.last.sender == help_address
    assert post_office.last.recipients == ("ana@customer.example",)
    assert read_back(post_office.last.raw)["Message-ID"] == result.external_id


def test_cc_and_bcc_get_it_and_bcc_stays_secret(connect: Connect, post_office: MailServer) -> None:
    boss, secret = (
        Address(space="email", value="boss@customer.example"),
        Address(space="email", value="archive@shop.example"),
    )

    connect().send(outbound(cc=(boss,), bcc=(secret,)))

    assert set(post_office.last.recipients) == {
        "ana@customer.example",
        "boss@customer.example",
        "archive@shop.example",
    }
    assert b"boss@customer.example" in post_office.last.raw
    assert b"archive@shop.example" not in post_office.last.raw
    assert b"bcc" not in post_office.last.raw.lower()


def test_one_address_named_twice_gets_one_mail(connect: Connect, post_office: MailServer) -> None:
    connect().send(outbound(cc=(Address(space="email", value="Ana@Customer.example"),)))

    assert post_office.last.recipients == ("ana@customer.example",)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"answers": {"connect": "421 4.3.2 Too busy"}}, "421"),
        ({"answers": {"ehlo": "421 4.3.2 Too busy"}}, "421"),
        ({"answers": {"mail": "451 4.3.0 Try later"}}, "4.3.0"),
        ({"answers": {"rcpt": "450 4.2.0 Greylisted"}}, "4.2.0"),
        ({"answers": {"data": "451 4.3.0 Try later"}}, "4.3.0"),
        ({"answers": {"content": "452 4.3.1 Disk full"}}, "4.3.1"),
    ],
    ids=["greeting", "ehlo", "sender", "recipient", "data", "content"],
)
def test_not_now_is_tried_again(
    connect: Connect, post_office: MailServer, how: dict[str, object], code: str
) -> None:
    post_office.misbehave(**how)

    with pytest.raises(TemporaryFailure) as failure:
        connect().send(outbound())

    assert failure.value.code == code
    assert post_office.received == []


@pytest.mark.parametrize("stage", ["connect", "ehlo", "mail", "rcpt", "data"])
def test_a_line_cut_before_the_mail_was_given_is_tried_again(
    connect: Connect, post_office: MailServer, stage: str
) -> None:
    post_office.misbehave(cut=stage)

    with pytest.raises(TemporaryFailure):
        connect().send(outbound())


def test_a_line_cut_amid_a_large_mail_is_tried_again(connect: Connect, post_office: MailServer) -> None:
    post_office.misbehave(cut="during")

    with pytest.raises((TemporaryFailure, OutcomeUnknown)) as failure:
        connect().send(
            outbound(files=(File(name="film.mp4", content_type="video/mp4", content=bytes(10_000_000)),))
        )

    assert isinstance(failure.value, TemporaryFailure)


@pytest.mark.parametrize("stage", ["connect", "mail", "rcpt", "data"])
def test_a_server_that_falls_silent_before_the_mail_is_tried_again(
    connect: Connect, post_office: MailServer, stage: str
) -> None:
    post_office.misbehave(stall=stage)

    with pytest.raises(TemporaryFailure, match=r"did not answer in time|lost"):
        connect(timeout_seconds=1).send(outbound())


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("mail", TemporaryFailure), ("data", TemporaryFailure), ("content", OutcomeUnknown)],
)
def test_the_whole_of_a_sending_has_a_limit_however_long_each_answer_may_take(
    connect: Connect,
    post_office: MailServer,
    stage: str,
    outcome: type[Exception],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a server that falls silent, and minutes for each answer
    monkeypatch.setattr("connectors.email.smtp.LONGEST", 0.5)
    post_office.misbehave(stall=stage)

    # Then the line is cut long before
    with pytest.raises(outcome):
        connect(timeout_seconds=600).send(outbound())


def test_a_server_that_is_not_there_is_tried_again(connect: Connect) -> None:
    with pytest.raises(TemporaryFailure, match="Nothing listens"):
        connect(smtp_port=dovecot.free_port()).send(outbound())


@pytest.mark.parametrize("how", [{"cut": "content"}, {"stall": "content"}], ids=["cut", "silent"])
def test_what_was_given_but_not_confirmed_is_unknown_and_a_second_try_is_recognisable(
    connect: Connect, post_office: MailServer, how: dict[str, str]
) -> None:
    connector = connect(timeout_seconds=1)
    post_office.misbehave(**how, times=1)

    with pytest.raises(OutcomeUnknown, match="may have been sent"):
        connector.send(outbound())
    # when: a person decides to send it again
    connector.send(outbound())
    # then: both carry the same Message-ID, so that mail programs show one
    first, second = post_office.received
    assert read_back(first.raw)["Message-ID"] == read_back(second.raw)["Message-ID"]


@pytest.mark.parametrize(
    ("reply", "says", "dead"),
    [
        ("550 5.1.1 <ana@customer.example> user unknown", "no such mailbox", True),
        ("550 5.1.2 Bad destination", "no such mail domain", True),
        ("552 5.2.2 Over quota", "mailbox is full", False),
        ("554 5.7.1 Blocked by policy", "by its rules", False),
        ("550 No thanks", "refused the mail", False),
        ("501 5.1.3 Bad address syntax", "not written correctly", True),
    ],
)
def test_never_is_shown_in_a_plain_sentence(
    connect: Connect, post_office: MailServer, reply: str, says: str, *, dead: bool
) -> None:
    post_office.misbehave(answers={"rcpt": reply})

    with pytest.raises(PermanentFailure) as failure:
        connect().send(outbound())

    assert says in failure.value.reason
    assert failure.value.undeliverable is dead


def test_a_mail_refused_for_its_content_is_permanent(connect: Connect, post_office: MailServer) -> None:
    post_office.misbehave(answers={"content": "554 5.6.0 Virus found"})

    with pytest.raises(PermanentFailure, match="Virus found") as failure:
        connect().send(outbound())

    assert failure.value.undeliverable is False


def test_a_refused_further_recipient_is_reported_and_the_others_get_it(
    connect: Connect, post_office: MailServer
) -> None:
    post_office.misbehave(refuse={"gone@customer.example": "550 5.1.1 No such user"})

    result = connect().send(outbound(cc=(Address(space="email", value="gone@customer.example"),)))

    assert post_office.last.recipients == ("ana@customer.example",)
    assert "gone@customer.example" in result.detail
    assert "no such mailbox" in result.detail


def test_if_the_customer_is_refused_nobody_gets_it(connect: Connect, post_office: MailServer) -> None:
    post_office.misbehave(refuse={"ana@customer.example": "550 5.1.1 No such user"})

    with pytest.raises(PermanentFailure):
        connect().send(outbound(cc=(Address(space="email", value="boss@customer.example"),)))

    assert post_office.received == []


def test_a_mail_larger_than_the_server_takes_does_not_leave(
    connect: Connect, post_office: MailServer
) -> None:
    post_office.size_limit = 2_000_000

    with pytest.raises(PermanentFailure, match="2 MB"):
        connect().send(outbound(files=(File(name="disk.img", content=bytes(1_600_000)),)))

    assert post_office.received == []


def test_a_wrong_password_stops_the_channel_and_not_the_message(
    connect: Connect, post_office: MailServer
) -> None:
    with pytest.raises(ChannelBroken, match="user name or password"):
        connect(smtp_password="wrong").send(outbound())


def test_a_password_with_letters_beyond_ascii_is_sent_as_it_is(
    connect: Connect, post_office: MailServer
) -> None:
    with pytest.raises(ChannelBroken, match="user name or password"):
        connect(smtp_password="pässwörd").send(outbound())


def test_a_login_that_fails_for_now_is_tried_again(connect: Connect, post_office: MailServer) -> None:
    post_office.misbehave(answers={"auth": "454 4.7.0 Temporary authentication failure"})

    with pytest.raises(TemporaryFailure):
        connect().send(outbound())


def test_a_server_that_wants_a_login_we_do_not_have_stops_the_channel(
    connect: Connect, post_office: MailServer
) -> None:
    post_office.misbehave(answers={"mail": "530 5.7.0 Authentication required"})

    with pytest.raises(ChannelBroken):
        connect(imap_password="", smtp_password="").send(outbound())


def test_a_mailbox_without_a_server_says_so(connect: Connect) -> None:
    with pytest.raises(PermanentFailure, match="no SMTP server"):
        connect(smtp_host="").send(outbound())


def test_lines_that_begin_with_a_dot_arrive_as_written(connect: Connect, post_office: MailServer) -> None:
    connect().send(outbound(text=".\n..\n. dot\nFrom here on", html=""))

    body = read_back(post_office.last.raw).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n").startswith(".\n..\n. dot\nFrom here on")


def test_an_address_with_letters_beyond_ascii_needs_a_server_that_takes_them(
    connect: Connect, post_office: MailServer
) -> None:
    connect().send(outbound(to=Address(space="email", value="анна@почта.example")))

    assert post_office.last.recipients == ("анна@xn--80a1acny.example",)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "server.pem"
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.write_bytes(made.public_bytes(pem) + secret)
    path.chmod(0o644)
    path.parent.chmod(0o755)
    return path


@pytest.fixture(params=["ssl", "starttls"])
def encrypted(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[str, MailServer]]:
    """A server that takes mail only from who has encrypted and logged in."""
    with smtp.running(certificate=certificate, security=request.param, auth=True) as server:
        yield request.param, server


def test_encrypted_and_logged_in(
    connect: Connect, encrypted: tuple[str, MailServer], certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    security, server = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    connect(smtp_port=server.port, smtp_security=security).send(outbound())

    assert server.last.recipients == ("ana@customer.example",)


def test_a_certificate_nobody_vouches_for_gets_no_password(
    connect: Connect, encrypted: tuple[str, MailServer]
) -> None:
    security, server = encrypted

    with pytest.raises(TemporaryFailure, match="certificate"):
        connect(smtp_port=server.port, smtp_security=security).send(outbound())


def test_a_server_that_offers_no_encryption_gets_no_password(
    connect: Connect, post_office: MailServer
) -> None:
    with pytest.raises(TemporaryFailure, match="offers no encryption"):
        connect(smtp_security="starttls").send(outbound())


def test_imap_is_encrypted_too(connect: Connect, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with dovecot.running(certificate=certificate) as server:
        with pytest.raises(TemporaryFailure, match="certificate"):
            list(connect(imap_port=server.imaps, imap_security="ssl").poll({}))
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert list(connect(imap_port=server.imaps, imap_security="ssl").poll({}))
        assert list(connect(imap_port=server.imap, imap_security="starttls").poll({}))


def test_the_default_context_checks_names_and_certificates() -> None:
    from connectors.email.connecting import tls

    assert tls().check_hostname
    assert tls().verify_mode == ssl.CERT_REQUIRED
    assert tls().minimum_version >= ssl.TLSVersion.TLSv1_2


def test_a_copy_goes_to_the_sent_folder(
    connect: Connect, post_office: MailServer, mailboxes: Dovecot, help_address: str
) -> None:
    connect(append_sent=True, sent_folder="Sent").send(outbound())

    with mailboxes.client(help_address) as client:
        client.select_folder("Sent", readonly=True)
        (one,) = client.fetch(client.search(), ["BODY.PEEK[]", "FLAGS"]).values()
    assert one[b"BODY[]"] == post_office.last.raw
    assert b"\\Seen" in one[b"FLAGS"]


def test_a_mailbox_that_keeps_silent_does_not_hold_back_that_the_mail_has_left(
    connect: Connect, post_office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a mailbox that takes the call and says nothing, and minutes for each answer
    monkeypatch.setattr("connectors.email.sent_copy._EACH_ANSWER", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        result = connect(
            append_sent=True,
            sent_folder="Sent",
            imap_port=silent.getsockname()[1],
            imap_security="none",
            timeout_seconds=600,
        ).send(outbound())

    assert result.status is Status.SENT
    assert "not copied to “Sent”" in result.detail


def test_a_copy_that_cannot_be_kept_does_not_undo_the_sending(
    connect: Connect, post_office: MailServer
) -> None:
    result = connect(append_sent=True, sent_folder="Nowhere").send(outbound())

    assert result.status is Status.SENT
    assert "not copied to “Nowhere”" in result.detail
    assert len(post_office.received) == 1
