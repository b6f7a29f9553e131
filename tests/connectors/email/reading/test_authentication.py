"""Authentication-Results: believed only if our own server wrote them."""

import pytest

from connectors.email.reading import Authentication, read
from connectors.email.reading.authentication import aligned

OURS = "Authentication-Results: mx.shop.example; "
PASS = OURS + "dmarc=pass (p=none) header.from=x.example"


def authentication(
    *fields: str, sender: str = "Ana <ana@x.example>", trusted: tuple[str, ...] = ("mx.shop.example",)
) -> Authentication:
    raw = "\n".join([*fields, f"From: {sender}", "", "text"]).encode()
    return read(raw, trusted_authserv=trusted).authentication


def test_dmarc_or_aligned_dkim_proves_the_sender() -> None:
    assert authentication(PASS).verified
    assert authentication(OURS + "dkim=pass header.d=x.example header.s=s1").verified
    assert authentication(OURS + 'dkim=pass header.i="@x.example"').verified


def test_spf_alone_proves_nothing() -> None:
    found = authentication(OURS + "spf=pass smtp.mailfrom=ana@x.example")

    assert not found.verified
    assert [(one.method, one.result, one.domain, one.aligned) for one in found.results] == [
        ("spf", "pass", "x.example", True)
    ]


@pytest.mark.parametrize(
    "fields",
    [
        (OURS + "dmarc=fail header.from=x.example",),
        (OURS + "dkim=pass header.d=evil.example",),
        (OURS + "dkim=pass header.d=evil.x.example",),
        (OURS + "dmarc=pass header.from=evil.example",),
        ("Authentication-Results: evil.example; dmarc=pass header.from=x.example",),
        ("Authentication-Results: mx.shop.example.evil.example; dmarc=pass header.from=x.example",),
        ("Authentication-Results: evil.example (mx.shop.example;); dmarc=pass header.from=x.example",),
        (OURS + "none",),
        (
            OURS
            + '(dmarc=pass header.from=x.example) dmarc=fail reason="dmarc=pass header.from=x.example; x"',
        ),
        ("X-Authentication-Results: mx.shop.example; dmarc=pass header.from=x.example",),
        (),
    ],
)
def test_nothing_else_proves_it(fields: tuple[str, ...]) -> None:
    assert not authentication(*fields).verified


def test_without_a_trusted_server_nothing_is_believed() -> None:
    assert authentication(PASS, trusted=()) == Authentication()


def test_a_forged_header_below_our_own_hop_is_not_read() -> None:
    found = authentication(
        OURS + "dmarc=fail header.from=x.example", "Received: from evil.example by mx.shop.example", PASS
    )

    assert [one.result for one in found.results] == ["fail"]


def test_a_forged_header_right_below_our_own_changes_nothing() -> None:
    ours = OURS + "dmarc=fail header.from=x.example; dkim=none"

    found = authentication("Received: from evil.example", ours, PASS, OURS + "dkim=pass header.d=x.example")

    assert [(one.method, one.result) for one in found.results] == [("dmarc", "fail"), ("dkim", "none")]
    assert not found.verified


def test_several_filters_of_our_own_server_are_read_together() -> None:
    found = authentication(
        OURS + "dmarc=pass header.from=x.example", OURS + "dkim=pass header.d=x.example", "Received: x"
    )

    assert [one.method for one in found.results] == ["dmarc", "dkim"]


def test_a_version_and_folding_do_not_matter() -> None:
    assert authentication(
        "Authentication-Results: mx.shop.example 1;\n dkim=pass (ok) header.d=x.example;\n\tspf=none"
    ).verified


@pytest.mark.parametrize(
    ("domain", "from_domain", "speaks"),
    [
        ("x.example", "x.example", True),
        ("x.example", "mail.x.example", True),
        ("mail.x.example", "x.example", False),
        ("ax.example", "x.example", False),
        ("example", "x.example", False),
        ("", "x.example", False),
        ("x.example", "", False),
    ],
)
def test_a_domain_speaks_for_itself_and_for_what_is_below_it(
    domain: str, from_domain: str, speaks: bool
) -> None:
    assert aligned(domain, from_domain) is speaks
