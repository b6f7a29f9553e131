"""Mails made to crash or stall a reader. That each comes back at all is the test: a hang would show."""

import base64

import pytest

from connectors.email.reading import ParsedMail, read

HEAD = b"From: a@b.example\nTo: d@e.example\nSubject: x\nMIME-Version: 1.0\n"
CODECS = (
    "rot13 zlib bz2 hex base64 uu quopri idna punycode undefined unicode_escape raw_unicode_escape mbcs oem utf-7 utf-16 utf-32"
    " hz iso-2022-jp iso-2022-jp-2004 iso-2022-kr big5 gb2312 johab unknown-8bit ../../etc/passwd \x00 %s"
)


def storable(mail: ParsedMail) -> None:
    """Everything that would go into the database can go there."""
    texts = [
        mail.subject,
        mail.text,
        mail.html,
        mail.text_new,
        mail.html_new,
        mail.text_quoted,
        mail.signature,
    ]
    texts += [
        mail.message_id or "",
        mail.in_reply_to or "",
        *mail.references,
        *mail.delivered_to,
        *mail.problems,
    ]
    texts += [
        text
        for one in (mail.from_, *mail.to, *mail.cc, *mail.bcc, *mail.reply_to)
        for text in (one.name, one.address)
    ]
    texts += [
        text for part in mail.attachments for text in (part.filename, part.content_type, part.content_id)
    ]
    texts += [text for pair in mail.headers for text in pair]
    if mail.bounce:
        texts += [
            text for one in mail.bounce.recipients for text in (one.address, one.status, one.diagnostic)
        ]
    for text in texts:
        assert "\x00" not in text
        text.encode("utf-8")
    for part in mail.attachments:
        assert part.filename
        assert "/" not in part.filename


def nested(levels: int) -> bytes:
    return (
        HEAD
        + b"".join(b"Content-Type: multipart/mixed; boundary=x%d\n\n--x%d\n" % (n, n) for n in range(levels))
        + b"\ntext"
    )


SHAPES = {
    "nested ten thousand deep": nested(10_000),
    "nested with one boundary": HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 10_000,
    "mails in mails": HEAD + b"Content-Type: message/rfc822\n\n" * 10_000,
    "twenty thousand parts": HEAD
    + b"Content-Type: multipart/mixed; boundary=x\n\n"
    + b"--x\nContent-Type: application/pdf; name=a.pdf\n\nhi\n" * 20_000,
    "twenty thousand mails": HEAD + b"Content-Type: multipart/digest; boundary=x\n\n" + b"--x\n\nSubject: hi\n\nhi\n" * 20_000,
    "boundaries in one line": HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x" * 1_000_000,
    "an endless boundary": HEAD + b"Content-Type: multipart/mixed; boundary=" + b"x" * 500_000 + b"\n\n" + b"--" + b"x" * 500_000,
    "fifty levels of five megabytes": nested(50) + b"hello world\n" * 400_000,
    "ten megabytes of one header": b"X-A: " + b"a" * 10_000_000 + b"\n" + HEAD + b"\nbody",
    "ten megabytes of folds": b"X-A: " + b"a\n " * 3_000_000 + b"\n" + HEAD + b"\nbody",
    "a million headers": b"X: y\n" * 1_000_000 + HEAD + b"\nbody",
    "a million recipients": b"To: " + b"a@b.example, " * 1_000_000 + b"\n" + HEAD + b"\nbody",
    "encoded words": b"Subject: " + b"=?utf-8?q?" * 6_000 + b"\n" + HEAD + b"\nbody",
    "rfc 2231": HEAD + b"Content-Type: application/pdf;" + b";".join(b" name*%d*=a%%20" % n for n in range(5_000)) + b"\n\nx",
    "thirty megabytes of base64": HEAD
    + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n"
    + base64.encodebytes(b"\x00\xff\x10" * 10_000_000),
    "padding alone": HEAD + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"=" * 10_000_000,
    "padding between": HEAD + b"Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n" + b"=A" * 3_000_000,
    "equals signs": HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=" * 1_000_000,
    "soft breaks": HEAD + b"Content-Transfer-Encoding: quoted-printable\n\n" + b"=\n" * 1_000_000,
    "thirty megabytes of text": HEAD + b"\n" + b"hello world this is text\n" * 1_200_000,
    "begin without end": HEAD + b"\n" + b"begin 644 a\nM\n" * 80_000,
    "uuencoded files": HEAD + b"\n" + b"begin 644 a\nM\n`\nend\n" * 50_000,
    "lone carriage returns": HEAD.replace(b"\n", b"\r") + b"\r" * 1_000_000,
    "nothing but blank lines": b"\n" * 1_000_000,
    "zeros": b"\x00" * 1_000_000,
    "high bytes": b"\xff" * 1_000_000,
    "references": b"References: " + b"<a@b> " * 200_000 + b"\n" + HEAD + b"\nbody",
    "authentication results": b"Authentication-Results: mx; " + b"dkim=pass (" * 6_000 + b"\n" + HEAD + b"\nbody",
    "a date": b"Date: " + b"1" * 60_000 + b"\n" + HEAD + b"\nbody",
    "a bounce of everything": b"Subject: failure notice\nFrom: MAILER-DAEMON\n\n" + b"<a@b.example>: 550 5.1.1 x\n" * 40_000,
}  # fmt: skip


@pytest.mark.parametrize("raw", SHAPES.values(), ids=SHAPES)
def test_a_hostile_mail_is_read_all_the_same(raw: bytes) -> None:
    mail = read(raw, trusted_authserv=["mx"])

    storable(mail)


@pytest.mark.parametrize("codec", CODECS.split(" "))
def test_a_codec_name_is_never_trusted(codec: str) -> None:
    everything = bytes(range(256)) * 20
    in_words = f"Subject: =?{codec}?B?{base64.b64encode(everything).decode()}?=\n".encode()
    in_a_name = f"Content-Disposition: inline; filename*={codec}''%41%ff\n".encode()

    mail = read(
        in_words + HEAD + in_a_name + f"Content-Type: text/plain; charset={codec}\n\n".encode() + everything
    )

    storable(mail)
