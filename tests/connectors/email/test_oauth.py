"""Logging in with access tokens: a token server of our own, a real Dovecot that asks about tokens, a real SMTP server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from pytest_django import Settings as DjangoSettings

from connectors.email import oauth
from inbox.contract import ChannelBroken, TemporaryFailure
from tests.connectors.email.conftest import Connect, mail, outbound
from tests.standins import dovecot, smtp
from tests.standins.smtp import MailServer
from tests.standins.web import Asked, Web

TOKENS = {
    "oauth_client_id": "client-1",
    "oauth_client_secret": "client-secret",
    "oauth_refresh_token": "refresh-1",
}


@pytest.fixture
def provider(settings: DjangoSettings) -> Iterator[Web]:
    """The token address, and what Dovecot asks about a token (RFC 7662)."""
    with Web.running() as web:
        settings.GUARDED_HTTP_ALLOW = [web.host]
        web.answers["/token"] = (
            200,
            {"Content-Type": "application/json"},
            _json(access_token=smtp.TOKEN, expires_in=3600),
        )
        web.otherwise = lambda asked: (200, {"Content-Type": "application/json"}, _introspected(asked))
        yield web
    oauth._tokens.clear()


def _json(**values: object) -> bytes:
    return json.dumps(values).encode()


def _introspected(asked: Asked) -> bytes:
    good = smtp.TOKEN.encode() in asked.body
    return _json(active=good, username=smtp.USER)


OAUTH = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""
TOKEN_LOGIN = """
auth_mechanisms = plain login xoauth2
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}
"""


@pytest.fixture
def mailbox_with_tokens(provider: Web) -> Iterator[dovecot.Dovecot]:
    files = {"oauth2.conf": OAUTH.format(url=provider.url("/about"))}
    with dovecot.running(more=TOKEN_LOGIN, files=files) as server:
        yield server


def test_mail_is_fetched_with_a_token(
    connect: Connect, provider: Web, mailbox_with_tokens: dovecot.Dovecot
) -> None:
    channel = connect(
        address=smtp.USER,
        imap_port=mailbox_with_tokens.imap,
        imap_password="",
        oauth_token_url=provider.url("/token"),
        **TOKENS,
    )
    (watching,) = channel.poll({})
    mailbox_with_tokens.deliver(mail("with a token"), smtp.USER)

    (polled,) = channel.poll(watching.cursor)

    assert b"with a token" in polled.request.body


def test_mail_is_sent_with_a_token(connect: Connect, provider: Web, post_office: MailServer) -> None:
    connect(smtp_password="", oauth_token_url=provider.url("/token"), **TOKENS).send(outbound())

    assert post_office.last.user == smtp.USER


def test_the_token_is_asked_for_once_and_kept(
    connect: Connect, provider: Web, post_office: MailServer
) -> None:
    channel = connect(oauth_token_url=provider.url("/token"), **TOKENS)

    channel.send(outbound())
    channel.send(outbound())

    (asked,) = (one for one in provider.asked if one.path == "/token")
    assert parse_qs(asked.body.decode()) == {
        "client_id": ["client-1"],
        "client_secret": ["client-secret"],
        "grant_type": ["refresh_token"],
        "refresh_token": ["refresh-1"],
    }


def test_an_application_logs_in_as_itself(connect: Connect, provider: Web, post_office: MailServer) -> None:
    """Microsoft 365: client credentials with the scope https://outlook.office365.com/.default."""
    connect(
        oauth_token_url=provider.url("/token"),
        oauth_client_id="app",
        oauth_client_secret="secret",
        oauth_scope="https://outlook.office365.com/.default",
    ).send(outbound())

    asked = parse_qs(provider.asked[0].body.decode())
    assert asked["grant_type"] == ["client_credentials"]
    assert asked["scope"] == ["https://outlook.office365.com/.default"]


def test_consent_taken_back_stops_the_channel(connect: Connect, provider: Web) -> None:
    provider.answers["/token"] = (
        400,
        {},
        _json(error="invalid_grant", error_description="Consent was revoked."),
    )

    with pytest.raises(ChannelBroken, match="Consent was revoked"):
        connect(oauth_token_url=provider.url("/token"), **TOKENS).send(outbound())


@pytest.mark.parametrize(
    "answer", [(503, {}, b"{}"), (429, {}, b"{}"), (200, {}, b"not json"), (200, {}, b"[]")]
)
def test_a_token_address_in_trouble_is_asked_again(
    connect: Connect, provider: Web, answer: tuple[int, dict[str, str], bytes]
) -> None:
    provider.answers["/token"] = answer

    with pytest.raises(TemporaryFailure):
        connect(oauth_token_url=provider.url("/token"), **TOKENS).send(outbound())


def test_a_token_address_inside_the_network_is_not_asked(
    connect: Connect, provider: Web, settings: DjangoSettings
) -> None:
    settings.GUARDED_HTTP_ALLOW = []

    with pytest.raises(ChannelBroken, match="private network"):
        connect(oauth_token_url=provider.url("/token"), **TOKENS).send(outbound())

    assert provider.asked == []


def test_a_token_that_ended_early_is_replaced(
    connect: Connect, provider: Web, post_office: MailServer
) -> None:
    given = iter(["revoked", smtp.TOKEN])
    provider.answers["/token"] = lambda _asked: (200, {}, _json(access_token=next(given), expires_in=3600))

    connect(oauth_token_url=provider.url("/token"), **TOKENS).send(outbound())

    assert post_office.last.user == smtp.USER


def test_a_token_that_is_refused_again_stops_the_channel(
    connect: Connect, provider: Web, mailbox_with_tokens: dovecot.Dovecot
) -> None:
    provider.answers["/token"] = (200, {}, _json(access_token="revoked", expires_in=3600))
    channel = connect(
        address=smtp.USER,
        imap_port=mailbox_with_tokens.imap,
        oauth_token_url=provider.url("/token"),
        **TOKENS,
    )

    with pytest.raises(ChannelBroken):
        channel.send(outbound())
    with pytest.raises(ChannelBroken):
        list(channel.poll({}))
