"""Only Twilio gets in, and Twilio is never kept out (trust.md P10, A7)."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from connectors.twilio.signature import RETRIES, Form, form
from inbox.contract import BadSignature, Request
from tests.connectors.sms.conftest import ACCOUNT, HOOK, TOKEN, Build, incoming, post

SERVICE = "MG" + "5" * 32


def test_the_vector_of_twilios_documentation_and_sdk_holds(build: Build) -> None:
    """The published example (docs: usage/security): this address, these fields, token 12345."""
    fields = {
        "CallSid": "CA1234567890ABCDE",
        "Digits": "1234",
        "From": "+14158675309",
        "To": "+18005551212",
        "Caller": "+14158675309",
    }
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    signature = RequestValidator("12345").compute_signature(url, Form({k: [v] for k, v in fields.items()}))

    assert signature == "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_a_signed_message_is_let_in(build: Build) -> None:
    build().verify(post(incoming()))


def test_a_message_of_any_number_of_the_pool_is_let_in(build: Build) -> None:
    """chatwoot PR 14125: numbers in a messaging service got 403 and their messages were lost."""
    for number in ("+15005550006", "+15005550007", "62966"):
        build(number="", messaging_service_sid=SERVICE).verify(
            post(incoming(To=number, MessagingServiceSid=SERVICE))
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"Body": ""},
        {"Body": "  spaces kept  "},
        {"Body": "a+b & c=d %41 ;"},
        {"Body": "Привет 😀 \n\r\n\t"},
        {"Body": "\0NUL\0"},
        {"Body": "e\u0301 \u202e \ufeff"},
        {"SomethingNew": "added by Twilio without notice"},
        {"SomethingNew": ""},
        {"MediaUrl": ["https://a.example/2", "https://a.example/1"]},
        {"Twice": ["same", "same"]},
        {"Body": ["one", "two"]},
        {f"Field{n}": str(n) for n in range(1000)},
    ],
)
def test_any_fields_are_let_in_if_signed(fields: dict[str, Any], build: Build) -> None:
    build().verify(post(incoming(**fields)))


@pytest.mark.parametrize(
    ("configured", "signed_over"),
    [
        (HOOK, HOOK.replace("inbox.example", "inbox.example:443")),
        ("https://inbox.example:8443/hooks/c0ffee", "https://inbox.example:8443/hooks/c0ffee"),
        ("https://inbox.example:8443/hooks/c0ffee", "https://inbox.example/hooks/c0ffee"),
        ("http://inbox.example/hooks/c0ffee", "http://inbox.example:80/hooks/c0ffee"),
        (HOOK + "?message=m1", HOOK + "?message=m1"),
        (HOOK + "?message=m1", HOOK + "?message=m1" + RETRIES),
        (HOOK, HOOK + RETRIES),
    ],
)
def test_with_or_without_port_query_and_fragment(configured: str, signed_over: str, build: Build) -> None:
    sent = dataclasses.replace(post(incoming(), url=signed_over), url=configured)

    build().verify(sent)


def test_a_number_configured_for_get_is_let_in(build: Build) -> None:
    url = HOOK + "?" + post(incoming(), signed=False).body.decode()
    digest = RequestValidator(TOKEN).compute_signature(url, {})
    request = Request(
        body=b"",
        method="GET",
        url=url,
        headers={"x-twilio-signature": digest},
        received_at=post({}).received_at,
    )

    build().verify(request)

    assert [event.event_key for event in build().parse(request)] == ["SM" + "1" * 32]
    # An answer would make the door take it for a handshake and not keep it.
    assert build().answer(request) is None


def test_the_new_token_works_beside_the_old_one_while_it_is_rotated(build: Build) -> None:
    rotating = build(other_secret="the next token")

    rotating.verify(post(incoming(), token="the next token"))
    rotating.verify(post(incoming()))
    with pytest.raises(BadSignature):
        rotating.verify(post(incoming(), token="a third"))


def test_a_webhook_signing_key_with_sha256_works(build: Build) -> None:
    """docs: usage/webhooks/webhook-shared-keys."""
    unsigned = post(incoming(), signed=False)
    digest = RequestValidator("shared").compute_signature(HOOK, form(unsigned), "HMAC_SHA256")
    headers = {
        "x-twilio-signature": digest,
        "x-twilio-webhooks-signature-settings": "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256",
    }

    build(other_secret="shared").verify(dataclasses.replace(unsigned, headers=headers))
    with pytest.raises(BadSignature):
        build().verify(dataclasses.replace(unsigned, headers=headers))


def test_an_empty_second_secret_signs_nothing(build: Build) -> None:
    with pytest.raises(BadSignature):
        build().verify(post(incoming(), token=""))


def test_another_accounts_message_is_refused_although_signed(build: Build) -> None:
    with pytest.raises(BadSignature, match="another Twilio account"):
        build().verify(post(incoming(AccountSid="AC" + "9" * 32)))


def test_a_message_without_account_is_refused(build: Build) -> None:
    with pytest.raises(BadSignature):
        build().verify(post(incoming(AccountSid="")))


@pytest.mark.parametrize(
    "change",
    [
        {"body": b""},
        {"body": post(incoming(), signed=False).body.replace(b"Hello", b"Hullo")},
        {"body": post(incoming(), signed=False).body + b"&Body=more"},
        {"body": post(incoming(), signed=False).body + b"&NumMedia=1"},
        {"url": HOOK.replace("c0ffee", "another")},
        {"url": HOOK + "?message=m2"},
        {"url": HOOK.replace("https", "http")},
        {"url": "https://inbox.example:99999999/hooks/c0ffee"},
        {"url": "https://inbox.example/\udcff"},
        {"headers": {}},
        {"headers": {"x-twilio-signature": ""}},
        {"headers": {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}},
        {"headers": {"x-twilio-signature": "ÄÖÜ" * 10}},
        {"method": "GET"},
    ],
)
def test_what_is_not_signed_as_it_came_is_refused(change: dict[str, Any], build: Build) -> None:
    with pytest.raises(BadSignature):
        build().verify(dataclasses.replace(post(incoming()), **change))


def test_an_algorithm_nobody_knows_is_refused(build: Build) -> None:
    sent = post(incoming())
    headers = {**sent.headers, "x-twilio-webhooks-signature-settings": "algorithm=NONE"}

    with pytest.raises(BadSignature):
        build().verify(dataclasses.replace(sent, headers=headers))


@given(st.binary(max_size=400), st.text(max_size=60), st.text(max_size=60))
def test_no_bytes_get_in_or_break_the_door(body: bytes, signature: str, settings: str) -> None:
    from connectors.twilio.signature import is_signed

    headers = {"x-twilio-signature": signature, "x-twilio-webhooks-signature-settings": settings}
    request = Request(body=body, url=HOOK, headers=headers, received_at=post({}).received_at)

    assert is_signed(request, (TOKEN, "")) is False


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=20), st.lists(st.text(max_size=50), min_size=1, max_size=3), max_size=8
    )
)
def test_whatever_twilio_signs_is_let_in(fields: dict[str, list[str]]) -> None:
    from connectors.twilio.signature import is_signed

    fields = {name: values for name, values in fields.items() if _storable(name, *values)}

    assert is_signed(post(fields), (TOKEN,))


def _storable(*texts: str) -> bool:
    """Twilio sends UTF-8, which has no lone surrogates."""
    return all(not 0xD800 <= ord(char) <= 0xDFFF for text in texts for char in text)


def test_no_secret_shows_in_settings_or_errors(build: Build) -> None:
    connector = build(auth_token="s3cret-token", other_secret="s3cret-two", api_key_secret="s3cret-three")

    with pytest.raises(BadSignature) as caught:
        connector.verify(post(incoming()))

    assert "s3cret" not in repr(connector.settings)
    assert "s3cret" not in repr(caught.value) + str(caught.value)
    assert ACCOUNT in repr(connector.settings)
