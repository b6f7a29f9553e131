"""What is text and what is a file. Nothing may get lost."""

from connectors.email.reading import Limits, ParsedMail, read

HEAD = b"From: a@b.example\nMIME-Version: 1.0\n"
PDF = b"Content-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\nJVBERi0="


def mail(kind: bytes, *parts: bytes) -> ParsedMail:
    inside = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return read(HEAD + b"Content-Type: multipart/" + kind + b"; boundary=b\n\n" + inside + b"--b--\n")


def text(words: bytes, more: bytes = b"") -> bytes:
    return b"Content-Type: text/plain; charset=utf-8\n" + more + b"\n" + words


def html(words: bytes) -> bytes:
    return b"Content-Type: text/html; charset=utf-8\n\n" + words


def names(parsed: ParsedMail) -> list[str]:
    return [part.filename for part in parsed.attachments]


def test_of_alternatives_both_forms_are_kept() -> None:
    parsed = mail(b"alternative", text(b"plain"), html(b"<p>rich</p>"))

    assert (parsed.text, parsed.html) == ("plain", "<p>rich</p>")


def test_an_empty_plain_alternative_is_made_from_the_html() -> None:
    parsed = mail(b"alternative", text(b"  \n"), html(b"<p>rich</p>"))

    assert parsed.text_new == "rich"


def test_texts_beside_each_other_are_all_read() -> None:
    parsed = mail(b"mixed", text(b"one"), PDF, text(b"two"))

    assert parsed.text == "one\ntwo"
    assert names(parsed) == ["a.pdf"]


def test_text_and_html_beside_each_other_become_one_html() -> None:
    parsed = mail(b"mixed", html(b"<p>one</p>"), text(b"two < three"))

    assert "one" in parsed.html
    assert "two &lt; three" in parsed.html
    assert parsed.text.split() == ["one", "two", "<", "three"]


def test_a_named_or_attached_text_is_a_file() -> None:
    parsed = mail(
        b"mixed",
        text(b"hello"),
        text(b"log", b"Content-Disposition: attachment\n"),
        text(b"log", b"Content-Disposition: inline; filename=log.txt\n"),
    )

    assert parsed.text == "hello"
    assert names(parsed) == ["part-1.txt", "log.txt"]


def test_a_signed_mail_is_read_and_its_signature_kept() -> None:
    parsed = mail(b"signed", text(b"hello"), b"Content-Type: application/pgp-signature\n\n-----BEGIN")

    assert parsed.text == "hello"
    assert names(parsed) == ["part-1.asc"]


def test_an_encrypted_mail_is_kept_as_files() -> None:
    parsed = mail(
        b"encrypted",
        b"Content-Type: application/pgp-encrypted\n\nVersion: 1",
        b"Content-Type: application/octet-stream\n\n---",
    )

    assert parsed.text == ""
    assert len(parsed.attachments) == 2


def test_pictures_in_the_text_are_told_from_files() -> None:
    picture = b"Content-Type: image/png\nContent-ID: <p1@x>\n\nx"
    parsed = mail(b"related", html(b'<img src="cid:p1@x">'), picture, PDF)

    assert [(part.content_id, part.inline) for part in parsed.attachments] == [("p1@x", True), ("", False)]


def test_a_text_over_the_limit_is_shown_in_part_and_kept_whole() -> None:
    words = b"word " * 100
    parsed = read(HEAD + text(words), limits=Limits(text_characters=50))

    assert parsed.text == words.decode()[:50]
    assert parsed.attachments[0].content.strip() == words.strip()
    assert any("kept whole as a file" in problem for problem in parsed.problems)


def test_a_content_type_that_is_none_is_read_as_text() -> None:
    assert read(HEAD + b"Content-Type: text\n\nhello").text_new == "hello"
    assert read(HEAD + b"Content-Type: ;;;\n\nhello").text_new == "hello"


def test_the_charset_in_the_html_counts_if_the_header_has_none() -> None:
    page = '<meta charset="koi8-r"><p>Привет</p>'.encode("koi8-r")

    assert read(HEAD + b"Content-Type: text/html\n\n" + page).text_new == "Привет"


def test_two_files_of_the_same_name_are_both_kept() -> None:
    assert names(mail(b"mixed", text(b"x"), PDF, PDF)) == ["a.pdf", "a.pdf"]
