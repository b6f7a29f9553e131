"""Lists of addresses: usual, old-fashioned, damaged, hostile."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading.addresses import find_address, one_line, parse_addresses


def read(value: str) -> list[tuple[str, str]]:
    return [(mailbox.name, mailbox.address) for mailbox in parse_addresses(value, 100)]


@pytest.mark.parametrize(
    ("value", "mailboxes"),
    [
        ("ana@x.example", [("", "ana@x.example")]),
        ("Ana <ana@x.example>", [("Ana", "ana@x.example")]),
        (
            '"Example, Ana" <ana@x.example>, b@x.example',
            [("Example, Ana", "ana@x.example"), ("", "b@x.example")],
        ),
        ("Example, Ana <ana@x.example>", [("Example, Ana", "ana@x.example")]),
        ("ana@x.example (Ana Example)", [("Ana Example", "ana@x.example")]),
        ("Ana (from (the) shop) <ana@x.example>", [("Ana", "ana@x.example")]),
        ("a@x.example; b@x.example", [("", "a@x.example"), ("", "b@x.example")]),
        ("Team: a@x.example, B <b@x.example>;", [("", "a@x.example"), ("B", "b@x.example")]),
        ("undisclosed-recipients:;", []),
        ("<@relay.example:ana@x.example>", [("", "ana@x.example")]),
        ("<mailto:ana@x.example>", [("", "ana@x.example")]),
        ("mailto:ana@x.example", [("", "ana@x.example")]),
        ('"john doe"@x.example', [("", '"john doe"@x.example')]),
        ("'ana@x.example'", [("", "ana@x.example")]),
        ("Ana <ana@x.example", [("Ana", "ana@x.example")]),
        ('"Ana <ana@x.example>', [("Ana", "ana@x.example")]),
        ("Ana (shop <ana@x.example>", [("Ana (shop", "ana@x.example")]),
        ("Ana < ana @ x.example >", [("Ana", "ana@x.example")]),
        ("=?utf-8?Q?J=C3=B6rg?= <j@x.example>", [("Jörg", "j@x.example")]),
        ('"=?utf-8?Q?J=C3=B6rg?=" <j@x.example>', [("Jörg", "j@x.example")]),
        ("=?utf-8?Q?=C2=A0Ana=C2=A0?= <ana@x.example>", [("Ana", "ana@x.example")]),
        (
            "=?iso-8859-1?Q?M=FCller,_Ana?= <m@x.example>, b@x.example",
            [("Müller, Ana", "m@x.example"), ("", "b@x.example")],
        ),
        ("=?utf-8?Q?Shop:_Ana;_Team?= <s@x.example>", [("Shop: Ana; Team", "s@x.example")]),
        ("a=b <a=b@x.example>", [("a=b", "a=b@x.example")]),
        ("MAILER-DAEMON", [("MAILER-DAEMON", "")]),
        ("", []),
        (",,,;", []),
        ("用户@例子.example", [("", "用户@例子.example")]),
    ],
)
def test_a_list_is_read_as_its_writer_meant_it(value: str, mailboxes: list[tuple[str, str]]) -> None:
    assert read(value) == mailboxes


def test_an_encoded_name_never_becomes_the_address() -> None:
    value = "=?utf-8?Q?boss=40shop.example_=3Cboss=40shop.example=3E?= <evil@x.example>"

    assert read(value) == [("boss@shop.example <boss@shop.example", "evil@x.example")]


def test_a_wholly_encoded_mailbox_is_read_if_there_is_no_other_address() -> None:
    assert read("=?utf-8?Q?J=C3=B6rg_=3Cj=40x.example=3E?=") == [("Jörg", "j@x.example")]


def test_no_line_end_survives_in_a_name() -> None:
    assert read("=?utf-8?Q?Ana=0D=0ABcc:_e=40x.example?= <ana@x.example>")[0][0] == "Ana Bcc: e@x.example"
    assert one_line("a\r\n\u2028\x00b") == "a b"


def test_an_endless_address_is_none() -> None:
    assert find_address("a" * 400 + "@x.example") == ""


@pytest.mark.parametrize(
    "sign", ["<", "(", '"', ":", "@", ",", ";", "\\", "a@", "a,", '<"', '"\\', "(<", "=?utf-8?q?a?=,"]
)
def test_a_list_made_of_signs_alone_is_read_in_one_pass(sign: str) -> None:
    assert len(parse_addresses(sign * 30_000, 2_000)) <= 2_000


@given(st.text(alphabet="ab@.<>()[],;:\"\\ '=?\udce9\n", max_size=120))
def test_no_list_can_break_it(value: str) -> None:
    for mailbox in parse_addresses(value, 50):
        mailbox.name.encode("utf-8")
        mailbox.address.encode("utf-8")
        assert mailbox.address.count("\n") == 0
