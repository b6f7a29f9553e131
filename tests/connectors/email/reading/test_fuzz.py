"""Real mails, damaged at random: never a crash, always storable."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.email.reading import Limits, read

from . import corpus_samples
from .test_hostile import storable

MAILS = [corpus_samples.raw(name) for name in corpus_samples.NAMES]
SNIPPETS = [
    b"\n", b"\r\n", b"\r", b"\x00", b"\xff\xfe", b"=", b"=?", b"?=", b"=?utf-8?b?", b"--", b"\n\n", b'"', b"<", b">", b";", b"(", b"\x1b$B",
    b"Content-Type: multipart/mixed; boundary=x\n", b"\n--x\n", b"charset=utf-16", b"charset=rot13", b"Content-Transfer-Encoding: base64\n",
    b"<div>", b"</div>", b"<blockquote type=cite>", b"<!--", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"> ", b"*0*=", b"@", b",", b":",
]  # fmt: skip


@st.composite
def damaged_mails(draw: st.DrawFn) -> bytes:
    """One of the corpus with pieces cut out, doubled, put in and changed."""
    raw = draw(st.sampled_from(MAILS))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(raw)))
        length = draw(st.integers(0, 200))
        piece = draw(
            st.sampled_from([*SNIPPETS, raw[start : start + length] * 2, b""]) | st.binary(max_size=8)
        )
        raw = raw[:start] + piece + raw[start + length :]
    return raw


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(damaged_mails())
def test_a_damaged_mail_is_read_and_storable(raw: bytes) -> None:
    storable(read(raw, trusted_authserv=["mx.shop.example"]))


@settings(max_examples=100)
@given(st.binary(max_size=2_000))
def test_random_bytes_are_read_and_storable(raw: bytes) -> None:
    storable(read(raw))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(MAILS), st.integers(1, 4_000))
def test_a_mail_that_ends_in_the_middle_is_read(raw: bytes, length: int) -> None:
    storable(read(raw[:length]))


@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(MAILS), st.integers(1, 300))
def test_tiny_limits_leave_out_but_never_crash(raw: bytes, limit: int) -> None:
    limits = Limits(
        size=limit * 20, header_bytes=limit, header_count=limit % 9, header_value=limit, depth=limit % 3, parts=limit % 4,
        text_characters=limit, html_characters=limit * 3, quote_lines=limit, addresses=limit % 5, references=limit % 3,
    )  # fmt: skip

    storable(read(raw, limits=limits))
