"""X-Hub-Signature-256 and the handshake, as Meta's documents describe them."""

from datetime import UTC, datetime

import pytest

from connectors.meta.signature import HEADER, challenge, signature, verify
from inbox.contract import BadSignature, Request

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def post(body: bytes, sent: str) -> Request:
    return Request(body=body, headers={HEADER: sent}, received_at=NOW)


def get(query: str) -> Request:
    return Request(body=b"", method="GET", url=f"https://inbox.example/hooks/a?{query}", received_at=NOW)


def check(request: Request) -> None:
    verify(request, secrets=("now", "before"), verify_token="ours")


def test_the_digest_is_the_one_openssl_makes() -> None:
    # printf '{"a":1}' | openssl dgst -sha256 -hmac key
    assert (
        signature("key", b'{"a":1}')
        == "sha256=88a67f24bbcdaed0e6c997404bb79a743baf44c6bab2f4c27328e3009d22e342"
    )


@pytest.mark.parametrize("secret", ["now", "before"])
def test_both_secrets_are_accepted_while_one_is_reset(secret: str) -> None:
    check(post(b"{}", signature(secret, b"{}")))


def test_the_raw_bytes_are_signed_not_what_they_mean() -> None:
    # given the same JSON with one space more
    with pytest.raises(BadSignature):
        check(post(b'{"a": 1}', signature("now", b'{"a":1}')))


@pytest.mark.parametrize("sent", ["", "sha256=", "sha1=abc", "sha256=ä", signature("other", b"{}")])
def test_any_other_signature_is_refused(sent: str) -> None:
    with pytest.raises(BadSignature):
        check(post(b"{}", sent))


def test_a_channel_without_a_secret_lets_nothing_in() -> None:
    with pytest.raises(BadSignature):
        verify(post(b"{}", signature("", b"{}")), secrets=("", ""), verify_token="")


def test_the_handshake_gets_its_challenge_back() -> None:
    request = get("hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=ours")

    check(request)

    answer = challenge(request)
    assert answer is not None
    assert answer.body == b"1158201444"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "hub.mode=subscribe&hub.challenge=1",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=theirs",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=%FF",
        "hub.mode=unsubscribe&hub.challenge=1&hub.verify_token=ours",
        "hub.mode=subscribe&hub.verify_token=ours",
        "hub.mode=subscribe&hub.challenge=1&hub.verify_token=ours&x=1",
    ],
)
def test_any_other_get_is_refused(query: str) -> None:
    with pytest.raises(BadSignature):
        check(get(query))


def test_without_a_verify_token_no_handshake_succeeds() -> None:
    with pytest.raises(BadSignature):
        verify(get("hub.mode=subscribe&hub.challenge=1&hub.verify_token="), secrets=("now",), verify_token="")


def test_a_webhook_needs_no_answer_of_its_own() -> None:
    assert challenge(post(b"{}", "")) is None
