"""No password and no token in any log, error or repr (A25 of the abuse plan)."""

from __future__ import annotations

import base64
import logging

import pytest

from connectors.email.settings import Settings
from inbox.contract import ContractError
from tests.connectors.email.conftest import Connect, outbound
from tests.standins import dovecot, smtp

SECRETS = {
    "imap_password": "imap-s3cret-word",
    "smtp_password": "smtp-s3cret-word",
    "oauth_client_secret": "client-s3cret-word",
    "oauth_refresh_token": "refresh-s3cret-word",
}


def spellings(secret: str, user: str) -> list[str]:
    """As it is, and as the login mechanisms write it."""
    plain = base64.b64encode(f"\x00{user}\x00{secret}".encode()).decode()
    return [secret, base64.b64encode(secret.encode()).decode(), plain]


def test_the_settings_do_not_show_them() -> None:
    shown = repr(Settings(address="help@shop.example", **SECRETS))

    assert all(secret not in shown for secret in SECRETS.values())


def test_logs_of_a_good_day_do_not_show_them(
    connect: Connect, help_address: str, caplog: pytest.LogCaptureFixture
) -> None:
    # The SMTP stand-in's own log is not ours.
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    connector = connect()

    list(connector.poll({}))
    connector.send(outbound())
    connector.check()

    for secret, user in ((dovecot.PASSWORD, help_address), (smtp.PASSWORD, smtp.USER)):
        assert all(spelling not in caplog.text for spelling in spellings(secret, user))


def test_errors_of_a_bad_day_do_not_show_them(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mail.log").setLevel(logging.CRITICAL)
    connector = connect(**SECRETS)
    told = [*connector.check().lines]
    for action in (lambda: list(connector.poll({})), lambda: connector.send(outbound())):
        with pytest.raises(ContractError) as failure:
            action()
        told += [failure.value.reason, repr(failure.value)]

    assert all(secret not in line for secret in SECRETS.values() for line in [*told, caplog.text])
