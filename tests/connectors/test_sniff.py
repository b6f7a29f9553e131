"""Content types come from bytes; a declared type only chooses between what the bytes can be."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from connectors.sniff import sniff


def picture(kind: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("GIF", "image/gif"), ("WEBP", "image/webp")],
)
@pytest.mark.parametrize("declared", ["", "application/octet-stream", "text/html", "application/pdf"])
def test_a_picture_is_a_picture_whatever_was_declared(kind: str, expected: str, declared: str) -> None:
    assert sniff(picture(kind), declared) == expected


@pytest.mark.parametrize(
    ("content", "declared", "expected"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>", "image/png", "text/html"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "image/png", "image/svg+xml"),
        (
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
            "image/jpeg",
            "application/vnd.microsoft.portable-executable",
        ),
        (b"<html><body>", "audio/mpeg", "text/html"),
        (b"BMW is a car", "", "text/plain"),
        (b"hello", "text/html", "text/plain"),
        (b"a,b\n1,2\n", "text/csv; charset=utf-8", "text/csv"),
        ("Grüße".encode(), "image/jpeg", "text/plain"),
        (bytes(range(7, 200)), "application/msword", "application/octet-stream"),
        (b"#!AMR\n\x04\0\xff", "audio/amr", "audio/amr"),
        (b"OggS\0\x02" + b"\0" * 30, "audio/ogg", "audio/ogg"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0", "video/3gpp", "video/3gpp"),
        (b"BEGIN:VCARD\nVERSION:3.0\nEND:VCARD", "text/x-vcard", "text/vcard"),
        (b"", "image/png", "application/octet-stream"),
    ],
)
def test_a_declared_type_must_fit_the_bytes(content: bytes, declared: str, expected: str) -> None:
    assert sniff(content, declared) == expected


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_have_some_type(content: bytes, declared: str) -> None:
    assert "/" in sniff(content, declared)
