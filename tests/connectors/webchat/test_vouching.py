"""The host site's token: what it proves, what it only claims, and everything that is not one."""

import base64
import json
import time
import warnings
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.visitors import vouching
from connectors.visitors.vouching import NotVouched, check
from inbox.contract import Address
from tests.connectors.webchat.conftest import SECRET
from tests.connectors.webchat.tokens import signed, unsigned


def vouched(token: object) -> vouching.Vouched:
    return check(token, secret=SECRET, audience="shop-chat")


def test_a_signed_token_names_the_user() -> None:
    user = vouched(signed("1001", name=" Ana Silva "))

    assert (user.sub, user.name, user.proofs, user.claims) == ("1001", "Ana Silva", (), ())


def test_an_address_the_site_has_verified_is_a_proof() -> None:
    user = vouched(
        signed(
            email="Ana@X.Example",
            email_verified=True,
            phone_number="+442079460000",
            phone_number_verified=True,
        )
    )

    assert user.proofs == (
        Address(space="email", value="ana@x.example"),
        Address(space="phone", value="+442079460000"),
    )


@pytest.mark.parametrize("verified", [None, False, "true", 1, "yes", [True]])
def test_an_address_without_a_plain_true_is_only_a_claim(verified: Any) -> None:
    user = vouched(signed(email="ana@x.example", email_verified=verified))

    assert user.proofs == ()
    assert user.claims == (Address(space="email", value="ana@x.example"),)


@pytest.mark.parametrize(
    "email",
    [
        "",
        "ana",
        "@x.example",
        "ana@",
        "a@b@x.example",
        "ana@localhost",
        "a b@x.example",
        "a\n@x.example",
        7,
        ["a@x.example"],
    ],
)
def test_what_is_no_address_is_left_out(email: Any) -> None:
    user = vouched(signed(email=email, email_verified=True))

    assert (user.proofs, user.claims) == ((), ())


@pytest.mark.parametrize(
    "phone", ["02079460000", "+44 20 7946", "+", "+1234567890123456789", "++44207946", "+४४२०७९४६"]
)
def test_what_is_no_e164_number_is_left_out(phone: str) -> None:
    user = vouched(signed(phone_number=phone, phone_number_verified=True))

    assert (user.proofs, user.claims) == ((), ())


@pytest.mark.parametrize("secret", ["", " ", "short", "x" * 31])
def test_an_empty_or_short_secret_accepts_nothing(secret: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.InsecureKeyLengthWarning)
        token = signed(secret=secret or "anything")

    for given_token in (token, unsigned(), "", None):
        with pytest.raises(NotVouched):
            check(given_token, secret=secret, audience="shop-chat")


def tampered() -> str:
    head, _body, mac = signed("1001").split(".")
    body = (
        base64.urlsafe_b64encode(json.dumps({"sub": "1002", "exp": int(time.time()) + 300}).encode())
        .decode()
        .rstrip("=")
    )
    return f"{head}.{body}.{mac}"


REFUSED = {
    "nothing": None,
    "empty": "",
    "a number": 7,
    "no token": "abc",
    "two parts": "a.b",
    "another secret": signed(secret="b" * 40),
    "alg none": unsigned(),
    "another algorithm": signed(algorithm="HS512", secret=SECRET * 2),
    "tampered body": tampered(),
    "expired": signed(exp=int(time.time()) - 120),
    "no expiry": signed(exp=None),
    "an expiry in ten years": signed(exp=int(time.time()) + 10 * 365 * 86400),
    "not valid yet": signed(nbf=int(time.time()) + 3600),
    "no subject": signed(None),
    "an empty subject": signed(""),
    "a subject of spaces": signed("  "),
    "a subject with a NUL": signed("10\x0001"),
    "a subject with a line break": signed("1001\n"),
    "a subject too long for the column": signed("1" * 201),
    "another audience": signed(aud="other-chat"),
    "several audiences, none ours": signed(aud=["a", "b"]),
    "very long": signed(name="n" * 9000),
}


@pytest.mark.parametrize("token", REFUSED.values(), ids=REFUSED.keys())
def test_everything_else_is_refused(token: object) -> None:
    with pytest.raises(NotVouched) as refused:
        vouched(token)

    assert str(token) not in str(refused.value) or not token


def test_a_number_as_subject_is_refused() -> None:
    head = base64.urlsafe_b64encode(b'{"alg":"HS256","typ":"JWT"}').decode().rstrip("=")
    body = (
        base64.urlsafe_b64encode(json.dumps({"sub": 1001, "exp": int(time.time()) + 300}).encode())
        .decode()
        .rstrip("=")
    )
    mac = jwt.api_jws.PyJWS().get_algorithm_by_name("HS256").sign(f"{head}.{body}".encode(), SECRET.encode())

    with pytest.raises(NotVouched):
        vouched(f"{head}.{body}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}")


def test_a_token_for_us_by_name_is_accepted() -> None:
    assert vouched(signed(aud="shop-chat")).sub == "1001"
    assert vouched(signed(aud=["other", "shop-chat"])).sub == "1001"


@given(
    st.text(max_size=300)
    | st.binary(max_size=50)
    | st.integers()
    | st.none()
    | st.lists(st.text(), max_size=3)
)
def test_whatever_comes_instead_of_a_token_is_refused_and_never_breaks(token: object) -> None:
    with pytest.raises(NotVouched):
        vouched(token)
