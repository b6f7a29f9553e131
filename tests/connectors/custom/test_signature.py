"""Signed as the published library signs and verifies, in both directions; the bearer token only where an admin wants it."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook

from connectors.custom import signature
from connectors.custom.connector import CustomConnector
from connectors.custom.standin import StandIn
from inbox.contract import BadSignature, Request
from tests.connectors.custom.conftest import AT, SECRET, Build, message, outgoing, request

OTHER = "whsec_b3RoZXItc2VjcmV0LW9mLXRoZS1zYW1l"


def by_the_library(secret: str, body: bytes, message_id: str = "msg_1") -> Request:
    signed = Webhook(secret).sign(message_id, AT, body.decode())
    headers = {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(AT.timestamp())),
        "webhook-signature": signed,
    }
    return request(body, headers=headers)


def test_what_the_published_library_signs_is_let_in(build: Build) -> None:
    build().verify(by_the_library(SECRET, b'{"text": "Gr\xc3\xbc\xc3\x9fe"}'))


def test_the_vector_of_the_specification_holds() -> None:
    """standard-webhooks/libraries: the example every library is tested with."""
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    given = Request(
        body=body,
        headers={
            "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
            "webhook-timestamp": "1614265330",
            "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        received_at=AT.fromtimestamp(1614265330, AT.tzinfo),
    )

    signature.verify(given, [secret])


def test_what_we_post_is_accepted_by_the_published_library(other: StandIn, channel: CustomConnector) -> None:
    channel.send(outgoing())

    [asked] = other.asked
    assert Webhook(SECRET).verify(asked.body, dict(asked.headers))["text"] == "It is on its way."


def test_while_a_secret_is_rotated_both_hold(other: StandIn, build: Build) -> None:
    rotating = build(other_secret=OTHER, send_url=f"{other.base}/messages")

    rotating.verify(by_the_library(OTHER, b"{}"))
    rotating.verify(by_the_library(SECRET, b"{}"))
    rotating.send(outgoing())

    [asked] = other.asked
    for secret in (SECRET, OTHER):
        Webhook(secret).verify(asked.body, dict(asked.headers))
    with pytest.raises(BadSignature):
        build().verify(by_the_library(OTHER, b"{}"))


@pytest.mark.parametrize("off", [timedelta(minutes=-6), timedelta(minutes=6)])
def test_what_is_older_or_younger_than_five_minutes_is_refused(off: timedelta, build: Build) -> None:
    sent = by_the_library(SECRET, b"{}")

    with pytest.raises(BadSignature, match="5 minutes"):
        build().verify(dataclasses.replace(sent, received_at=AT + off))


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook-id": ""},
        {"webhook-id": "msg_2"},
        {"webhook-timestamp": ""},
        {"webhook-timestamp": "-1"},
        {"webhook-timestamp": "²"},
        {"webhook-timestamp": "9" * 40},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1a,abc"},
        {"webhook-signature": "v1,äöü"},
        {"webhook-signature": " ".join(["v1,AAAA"] * 11)},
    ],
)
def test_what_does_not_fit_is_refused(headers: dict[str, str], build: Build) -> None:
    sent = by_the_library(SECRET, b"{}")

    with pytest.raises(BadSignature):
        build().verify(dataclasses.replace(sent, headers={**sent.headers, **headers}))


def test_one_of_several_signatures_is_enough(build: Build) -> None:
    sent = by_the_library(SECRET, b"{}")
    both = "v1a,other v1,AAAA " + sent.header("webhook-signature")

    build().verify(dataclasses.replace(sent, headers={**sent.headers, "webhook-signature": both}))


def test_a_token_lets_nobody_in_unless_one_is_set(build: Build) -> None:
    bare = request(message(), headers={"authorization": "Bearer let-me-in"})

    for unset in (build(), build(bearer_token="another")):
        with pytest.raises(BadSignature):
            unset.verify(bare)
    with pytest.raises(BadSignature):
        build(bearer_token="let-me-in").verify(request(message(), headers={"authorization": "let-me-in"}))
    build(bearer_token="let-me-in").verify(bare)


def test_a_wrong_signature_is_not_saved_by_a_right_token(build: Build) -> None:
    sent = request(message(), headers={"authorization": "Bearer let-me-in", "webhook-signature": "v1,AAAA"})

    with pytest.raises(BadSignature):
        build(bearer_token="let-me-in").verify(sent)


@given(st.text(min_size=1, max_size=60), st.binary(max_size=80))
def test_any_text_can_be_the_secret(secret: str, body: bytes) -> None:
    if not secret.isprintable():
        return
    headers = signature.signed([secret], message_id="m", at=AT, body=body)

    signature.verify(request(body, headers=headers), [secret])


def test_a_secret_without_padding_is_the_same() -> None:
    assert signature.key("whsec_YWI") == signature.key("whsec_YWI=") == b"ab"


def test_no_secret_is_shown(build: Build) -> None:
    shown = repr(build(other_secret=OTHER, bearer_token="let-me-in").settings)

    assert not any(secret in shown for secret in (SECRET, OTHER, "let-me-in"))
