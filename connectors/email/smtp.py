"""Handing one mail to the SMTP server (RFC 5321), and saying exactly what became of it. One connection per mail.

The line between "not sent" and "perhaps sent" is the final dot: before it everything may be tried again, after it only a
clear answer counts.
"""

from __future__ import annotations

import base64
import contextlib
import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass

from connectors.email import oauth
from connectors.email.addressing import ascii_domain
from connectors.email.composing import Composed
from connectors.email.connecting import at_most, cut, tls, why_unreachable
from connectors.email.reasons import explain, plain
from connectors.email.settings import Settings
from inbox.contract import ChannelBroken, OutcomeUnknown, PermanentFailure, TemporaryFailure

# RFC 4954 6: no or wrong credentials, too weak a mechanism, encryption needed first.
_LOGIN_REFUSED = (530, 534, 535, 538)
# Seconds for the whole of one mail, whatever each single answer takes: the largest on a slow line.
LONGEST = 60.0
_PASSWORD_LOGINS = {"PLAIN", "LOGIN", "CRAM-MD5"}
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Handed:
    """The server took the mail. `refused`: further recipients it would not take, with its words."""

    refused: dict[str, str]


def send(settings: Settings, mail: Composed) -> Handed:
    """Hand over one mail. Raises TemporaryFailure, PermanentFailure, ChannelBroken or OutcomeUnknown; see the module.

    If the main recipient is refused nobody gets the mail, so that a corrected one is not a second one for the others.
    """
    with session(settings) as smtp:
        with _before_the_dot(settings):
            refused = _envelope(smtp, mail)
            code, reply = smtp.docmd("DATA")
            if code != 354:
                raise _refusal(code, reply)
            smtp.send(_LEADING_DOT.sub(b"..", mail.raw))
        _finish(smtp, settings, ends_line=mail.raw.endswith(b"\r\n"))
    return Handed(refused)


@contextlib.contextmanager
def session(settings: Settings) -> Iterator[smtplib.SMTP]:
    """A connection that has greeted, encrypted and logged in. Raises TemporaryFailure or ChannelBroken."""
    if not settings.smtp_host:
        raise PermanentFailure(
            "This mailbox has no SMTP server, so it cannot send. Add one in the channel's settings."
        )
    with _before_the_dot(settings):
        smtp = _connected(settings)
    with at_most(LONGEST, lambda: cut(smtp.sock)):
        try:
            with _before_the_dot(settings):
                _secured(smtp, settings)
                _logged_in(smtp, settings)
            yield smtp
        finally:
            # What is decided is decided: a server that hangs up without a goodbye changes nothing.
            with contextlib.suppress(smtplib.SMTPException, OSError):
                smtp.quit()
            smtp.close()


def _connected(settings: Settings) -> smtplib.SMTP:
    # Our name in EHLO: the mail's domain, instead of asking DNS for the machine's and telling it the world.
    name = ascii_domain(settings.address.rpartition("@")[2].strip()) or "localhost"
    timeout = settings.timeout_seconds
    if settings.smtp_security == "ssl":
        return smtplib.SMTP_SSL(
            settings.smtp_host, int(settings.smtp_port), name, timeout=timeout, context=tls()
        )
    return smtplib.SMTP(settings.smtp_host, int(settings.smtp_port), name, timeout=timeout)


def _secured(smtp: smtplib.SMTP, settings: Settings) -> None:
    smtp.ehlo_or_helo_if_needed()
    if settings.smtp_security != "starttls":
        return
    if not smtp.has_extn("starttls"):
        raise TemporaryFailure(
            f"{settings.smtp_host} offers no encryption (STARTTLS), so no password was sent. Check port and encryption."
        )
    smtp.starttls(context=tls())
    smtp.ehlo()


def _logged_in(smtp: smtplib.SMTP, settings: Settings) -> None:
    """Log in if the server wants it: one inside the house may trust our address instead."""
    user, password = settings.smtp_login
    if not smtp.has_extn("auth") or not (password or settings.uses_oauth):
        return
    if not settings.uses_oauth:
        if not _PASSWORD_LOGINS & set(smtp.esmtp_features["auth"].upper().split()):
            raise ChannelBroken(
                f"{settings.smtp_host} takes no passwords. Set up OAuth, or check port and encryption.",
                code="login",
            )
        if password.isascii() and user.isascii():
            smtp.login(user, password)
        else:
            # RFC 4616: UTF-8, which smtplib does not do.
            _authenticate(smtp, "PLAIN", f"\0{user}\0{password}".encode())
        return
    try:
        _authenticate(smtp, "XOAUTH2", oauth.xoauth2(user, oauth.access_token(settings)))
    except smtplib.SMTPAuthenticationError:
        # A token may end before its time (password changed, consent given anew): one fresh one is tried.
        oauth.forget(settings)
        _authenticate(smtp, "XOAUTH2", oauth.xoauth2(user, oauth.access_token(settings)))


def _authenticate(smtp: smtplib.SMTP, mechanism: str, response: bytes) -> None:
    """One SASL exchange of a single step (RFC 4954 4). Raises SMTPAuthenticationError."""
    code, reply = smtp.docmd("AUTH", f"{mechanism} {base64.b64encode(response).decode()}")
    if code == 334:
        # The error is told as a challenge; an empty answer ends it (Google: "SASL XOAUTH2", error response).
        code, reply = smtp.docmd("")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, reply)


def _envelope(smtp: smtplib.SMTP, mail: Composed) -> dict[str, str]:
    """MAIL and RCPT. Gives the further recipients refused, with the reason."""
    limit = smtp.esmtp_features.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(mail.raw):
        raise PermanentFailure(
            f"The mail is larger than the {int(limit) // 1_000_000} MB our mail server takes. Send fewer files.",
            code="5.3.4",
        )
    options = _utf8_option(smtp, mail)
    _expect_2xx(*smtp.mail(mail.sender, [f"size={len(mail.raw)}", *options] if limit else options))
    _expect_2xx(*smtp.rcpt(mail.to))
    refused = {}
    for address in mail.others:
        code, reply = smtp.rcpt(address)
        if not 200 <= code < 300:
            refused[address] = explain(plain(reply), code=code).sentence
    return refused


def _utf8_option(smtp: smtplib.SMTP, mail: Composed) -> list[str]:
    if all(address.isascii() for address in (mail.sender, mail.to, *mail.others)):
        return []
    if not smtp.has_extn("smtputf8"):
        raise PermanentFailure(
            "Our mail server cannot write to addresses with such letters (it lacks SMTPUTF8, RFC 6531).",
            code="5.6.7",
        )
    smtp.command_encoding = "utf-8"
    return ["smtputf8"]


def _expect_2xx(code: int, reply: bytes) -> None:
    if not 200 <= code < 300:
        raise _refusal(code, reply)


def _refusal(code: int, reply: bytes) -> Exception:
    """The contract's error for a reply that is a clear no."""
    reason = explain(plain(reply), code=code)
    if code in _LOGIN_REFUSED:
        return ChannelBroken(f"The mail server refused our login. {reason.sentence}", code=reason.code)
    if 400 <= code < 500:
        return TemporaryFailure(reason.sentence, code=reason.code)
    return PermanentFailure(reason.sentence, code=reason.code, undeliverable=reason.undeliverable)


def _finish(smtp: smtplib.SMTP, settings: Settings, *, ends_line: bool) -> None:
    """The dot that makes the mail the server's, and its answer."""
    try:
        smtp.send(b".\r\n" if ends_line else b"\r\n.\r\n")
        code, reply = smtp.getreply()
    except (smtplib.SMTPException, OSError) as error:
        raise OutcomeUnknown(
            f"{settings.smtp_host} hung up after it had the whole mail and before it said yes. It may have been sent. "
            "If you send it again it carries the same Message-ID, so most mail programs show it once."
        ) from error
    _expect_2xx(code, reply)


@contextlib.contextmanager
def _before_the_dot(settings: Settings) -> Iterator[None]:
    """Nothing has been sent yet: whatever breaks here may be tried again."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        if 400 <= error.smtp_code < 500:
            raise TemporaryFailure(
                explain(plain(error.smtp_error), code=error.smtp_code).sentence, code=str(error.smtp_code)
            ) from error
        raise ChannelBroken(
            f"{settings.smtp_host} refused our user name or password ({error.smtp_code}). Enter them again in the channel's settings.",
            code=str(error.smtp_code),
        ) from error
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:
        raise TemporaryFailure(
            explain(plain(error.smtp_error), code=error.smtp_code).sentence, code=str(error.smtp_code)
        ) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, plain(error.smtp_error).encode()) from error
    except (smtplib.SMTPException, OSError) as error:
        raise TemporaryFailure(why_unreachable(error, settings.smtp_host, int(settings.smtp_port))) from error
