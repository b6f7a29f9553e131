"""The parts of a mail: the same as the standard library finds in good mail, and something useful in bad mail."""

from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

import pytest

from connectors.email.reading import Limits, read
from connectors.email.reading.tree import Node, Tree

from . import corpus_samples

HEAD = b"From: a@b.example\nMIME-Version: 1.0\n"


def leaves(node: Node) -> list[str]:
    if node.children:
        return [leaf for child in node.children for leaf in leaves(child)]
    return [node.content_type]


def leaves_of_the_standard_library(part: Message) -> list[str]:
    """An attached mail is one leaf, whatever is in it."""
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        return [leaf for child in part.get_payload() for leaf in leaves_of_the_standard_library(child)]
    return [part.get_content_type()]


def multipart(boundary: bytes, *parts: bytes, kind: bytes = b"mixed") -> bytes:
    inside = b"".join(b"--" + boundary + b"\n" + part + b"\n" for part in parts)
    return (
        b"Content-Type: multipart/"
        + kind
        + b'; boundary="'
        + boundary
        + b'"\n\n'
        + inside
        + b"--"
        + boundary
        + b"--\n"
    )


def well_formed(name: str) -> bool:
    message = BytesParser(policy=compat32).parsebytes(corpus_samples.raw(name))
    return not any(part.defects for part in message.walk())


@pytest.mark.parametrize("name", [name for name in corpus_samples.NAMES if well_formed(name)])
def test_a_good_mail_has_the_parts_that_the_standard_library_finds(name: str) -> None:
    raw = corpus_samples.raw(name)

    found = leaves(Tree(raw, Limits()).root)

    assert found == leaves_of_the_standard_library(BytesParser(policy=compat32).parsebytes(raw))


def test_a_boundary_that_begins_like_the_outer_one_is_told_apart() -> None:
    inner = multipart(b"outer-inner", b"\none", b"\ntwo")

    tree = Tree(HEAD + multipart(b"outer", inner, b"\nthree"), Limits())

    assert [len(child.children) for child in tree.root.children] == [2, 0]


def test_line_ends_before_a_boundary_belong_to_the_boundary() -> None:
    tree = Tree(
        HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n\r\n--b--\r\n", Limits()
    )

    assert tree.body(tree.root.children[0]) == b"text\r\n"


def test_parts_after_a_closing_boundary_are_not_lost() -> None:
    raw = (
        HEAD
        + b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b--\n--b\nContent-Type: application/pdf\n\ntwo\n--b--\n"
    )

    assert leaves(Tree(raw, Limits()).root) == ["text/plain", "application/pdf"]


def test_a_missing_boundary_is_guessed_and_told() -> None:
    tree = Tree(
        HEAD + b"Content-Type: multipart/mixed\n\n--x\nContent-Type: text/html\n\n<p>hi\n--x--\n", Limits()
    )

    assert leaves(tree.root) == ["text/html"]
    assert tree.problems == ["the boundary was missing or wrong and was guessed"]


def test_parts_of_a_digest_are_mails() -> None:
    tree = Tree(HEAD + multipart(b"d", b"\nSubject: one\n\nhi", kind=b"digest"), Limits())

    assert leaves(tree.root) == ["message/rfc822"]


def test_depth_is_limited_and_the_rest_kept_as_a_file() -> None:
    raw = b"\ndeep inside"
    for number in range(60):
        raw = multipart(b"level%d" % number, raw)

    mail = read(HEAD + raw)

    assert any("nested deeper than 50" in problem for problem in mail.problems)
    assert b"deep inside" in mail.attachments[0].content


def test_the_number_of_parts_is_limited() -> None:
    mail = read(HEAD + multipart(b"b", *[b"Content-Type: image/png\n\nx"] * 1_500))

    assert len(mail.attachments) == 1_000
    assert "more than 1000 parts: the rest was left out" in mail.problems
