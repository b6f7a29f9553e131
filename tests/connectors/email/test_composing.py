"""The mail that leaves, read back at a real SMTP server by mail programs' eyes and by our own reader."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.email import composing
from connectors.email.addressing import OwnAddresses, normalise
from connectors.email.reading import read
from inbox.contract import Address, File, Nature, OutboundMessage, PermanentFailure
from tests.connectors.email.conftest import Connect, outbound, read_back
from tests.standins.smtp import MailServer

OURS = OwnAddresses.of("help@shop.example")
SENDER = composing.Sender(own=OURS, brand="Shop", stamp="house channel-one aaaa")
KNOWN_HEADERS = {
    "from", "to", "cc", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "mime-version", "content-type",
    "x-onethread-sent-by",
}  # fmt: skip

# Everything that has ever ended a header line for somebody: CR, LF, both, NUL, VT, FF, NEL, line and paragraph separator.
BREAKS = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1c", "\x1e"]


def composed(message: OutboundMessage, sender: composing.Sender = SENDER) -> bytes:
    return composing.compose(message, sender).raw


def test_from_names_the_agent_and_the_brand() -> None:
    assert read_back(composed(outbound()))["From"] == "Sam at Shop <help@shop.example>"


def test_without_an_agent_the_brand_writes() -> None:
    assert read_back(composed(outbound(author_name="")))["From"] == "Shop <help@shop.example>"


def test_an_answer_continues_the_thread() -> None:
    ids = tuple(f"<{number}.{'x' * 60}@customer.example>" for number in range(30))

    raw = composed(outbound(references=ids))

    assert read_back(raw)["In-Reply-To"] == ids[-1]
    assert tuple(read_back(raw)["References"].split()) == ids
    assert max(map(len, raw.splitlines())) <= 200
    assert b"=?" not in raw.partition(b"\r\n\r\n")[0]


def test_a_very_long_thread_keeps_its_first_and_its_newest() -> None:
    ids = tuple(f"<{number}@customer.example>" for number in range(500))

    references = read_back(composed(outbound(references=ids)))["References"].split()

    assert references[0] == ids[0]
    assert references[-1] == ids[-1]
    assert len(references) == 60


def test_ids_that_could_break_a_header_are_left_out() -> None:
    ids = (
        "not an id",
        "<a b@c>",
        "<a@b>\r\nBcc: x@evil.example",
        "<ok@customer.example>",
        "<ñ@customer.example>",
    )

    mail = read_back(composed(outbound(references=ids)))

    assert mail["References"] == "<ok@customer.example>"
    assert mail["Bcc"] is None


def test_replies_go_to_the_signed_address() -> None:
    mail = read_back(composed(outbound()))

    assert mail["Reply-To"] == "Shop <help+abcdefgh234567abcdefgh234567abcd@shop.example>"
    assert "[ref:" not in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    "sender",
    [
        composing.Sender(own=OURS, brand="Shop", reply_by_address=False),
        composing.Sender(own=OwnAddresses.of(f"{'long-' * 8}@shop.example"), brand="Shop"),
    ],
    ids=["switched off", "no room in the address"],
)
def test_without_plus_addresses_the_token_stands_in_the_text(sender: composing.Sender) -> None:
    mail = read_back(composed(outbound(), sender))

    assert mail["Reply-To"] is None
    assert "[ref:abcdefgh234567abcdefgh234567abcd]" in mail.get_body(("plain",)).get_content()
    assert "[ref:abcdefgh234567abcdefgh234567abcd]" in mail.get_body(("html",)).get_content()


def test_a_reply_address_of_its_own_pattern() -> None:
    own = OwnAddresses.of("help@shop.example", pattern="reply-{token}@in.shop.example")

    mail = read_back(composed(outbound(), composing.Sender(own=own, brand="Shop")))

    assert mail["Reply-To"] == "Shop <reply-abcdefgh234567abcdefgh234567abcd@in.shop.example>"


def test_what_no_person_wrote_says_so() -> None:
    person, robot = read_back(composed(outbound())), read_back(composed(outbound(nature=Nature.AUTO)))

    assert person["Auto-Submitted"] is None
    assert robot["Auto-Submitted"] == "auto-replied"
    assert robot["X-Auto-Response-Suppress"] == "All"
    assert robot["X-Onethread-Loop"]


def test_text_and_html_say_the_same() -> None:
    sender = composing.Sender(own=OURS, brand="Shop", signature="Shop & Sons\nOpen 9–17")

    mail = read_back(
        composed(
            outbound(
                text="**Grüße** <b>",
                html="<p><strong>Grüße</strong> &lt;b&gt;</p>",
                quoted_text="Where?\n<i>Now</i>",
            ),
            sender,
        )
    )
    text, html = mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()

    assert (
        text.replace("\r\n", "\n")
        == "**Grüße** <b>\n\n-- \nShop & Sons\nOpen 9–17\n\n> Where?\n> <i>Now</i>\n"
    )
    assert "<p><strong>Grüße</strong> &lt;b&gt;</p>" in html
    assert "Shop &amp; Sons<br>" in html
    assert '<blockquote type="cite"' in html
    assert "&lt;i&gt;Now&lt;/i&gt;" in html


def test_plain_text_becomes_safe_html() -> None:
    html = (
        read_back(composed(outbound(text="<script>alert(1)</script>\nbye", html="")))
        .get_body(("html",))
        .get_content()
    )

    assert "&lt;script&gt;" in html
    assert "<script>" not in html


def test_our_own_reader_sees_only_what_was_newly_written() -> None:
    """Ana's program quotes our mail whole; what we read back of ours is what Sam wrote."""
    parsed = read(composed(outbound(text="It left this morning.", quoted_text="Where is my parcel?\nAna")))

    assert parsed.text_new.strip() == "It left this morning."
    assert parsed.has_quote


def test_pictures_in_the_text_stay_in_the_text() -> None:
    picture = File(
        name="map.png", content_type="image/png", content=b"\x89PNG", content_id="map@shop", inline=True
    )
    loose = File(name="other.png", content_type="image/png", content=b"\x89PNG", content_id="unused")

    mail = read_back(composed(outbound(html='<p><img src="cid:map@shop"></p>', files=(picture, loose))))

    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    inside = [(part.get_content_type(), part["Content-ID"]) for part in related.iter_parts()]
    assert inside == [("text/html", None), ("image/png", "<map@shop>")]
    assert [part.get_filename() for part in mail.iter_attachments()] == ["other.png"]


@pytest.mark.parametrize(
    "name",
    [
        "Rechnung Größe.pdf",
        "счёт.pdf",
        "見積書.pdf",
        "🎁.png",
        'a "quoted"; name.txt',
        "a'b*c%20.txt",
        "noending",
        "x" * 400 + ".pdf",
        "ё" * 300 + ".docx",
    ],
)
def test_file_names_arrive_as_they_are(name: str) -> None:
    raw = composed(outbound(files=(File(name=name, content_type="application/pdf", content=b"%PDF-"),)))

    (part,) = read_back(raw).iter_attachments()
    found = part.get_filename()
    assert max(map(len, raw.splitlines())) <= 998
    assert found == name.replace('"', "'") or (
        len(name) > 150 and found[:50] == name[:50] and found[-4:] == name[-4:]
    )
    assert part.get_content() == b"%PDF-"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\..\\boot.ini", "/etc/passwd", "a/b", "", ".", "..", "..."]
)
def test_a_file_name_is_never_a_path(name: str) -> None:
    (part,) = read_back(composed(outbound(files=(File(name=name, content=b"x"),)))).iter_attachments()

    assert part.get_filename()
    assert not {"/", "\\"} & set(part.get_filename())


def test_a_mail_as_a_file_stays_a_file() -> None:
    inner = File(name="mail.eml", content_type="message/rfc822", content=b"Subject: inner\r\n\r\nhello")

    (part,) = read_back(composed(outbound(files=(inner,)))).iter_attachments()

    assert part.get_filename() == "mail.eml"
    assert part.get_content() == b"Subject: inner\r\n\r\nhello"


def test_a_file_whose_bytes_are_gone_stops_the_mail() -> None:
    with pytest.raises(PermanentFailure, match=r"Attach it again"):
        composed(outbound(files=(File(name="gone.pdf", url="https://inbox.example/f/1"),)))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ana",
        "ana@",
        "@x.example",
        "a b@x.example",
        "a@b@c",
        "a@x.example\r\nRCPT TO:<b@x.example>",
        "<a@x.example>,b",
    ],
)
def test_what_is_no_address_is_refused_before_anything_leaves(address: str) -> None:
    with pytest.raises(PermanentFailure, match="is not a mail address") as failure:
        composed(outbound(to=Address(space="email", value=address)))

    assert failure.value.undeliverable


@pytest.mark.parametrize("gap", BREAKS)
def test_nothing_breaks_out_of_a_header(connect: Connect, post_office: MailServer, gap: str) -> None:
    """A4 of the abuse plan: every field that reaches a header, read back at the server."""
    evil = f"Hello{gap}Bcc: victim@evil.example{gap}X-Evil: yes{gap}{gap}<script>"

    connect(brand=evil).send(
        outbound(
            subject=evil,
            author_name=evil,
            to=Address(space="email", value="ana@customer.example", name=evil),
            cc=(Address(space="email", value="boss@customer.example", name=evil),),
            references=(evil, "<fine@customer.example>"),
            reference_id=f"<aaaa@shop.example>{gap}X-Evil: yes",
            reply_token=f"abcdefgh{gap}X-Evil: yes",
            public_id=f"aaaa{gap}X-Evil: yes",
            html='<img src="cid:pic">',
            files=(
                File(name=evil, content_type=f"text/plain{gap}X-Evil: yes", content=b"x"),
                File(name=evil, content_type="image/png", content=b"x", content_id="pic", inline=True),
            ),
        )
    )

    received = post_office.last
    head = received.raw.partition(b"\r\n\r\n")[0].decode()
    names = {line.partition(":")[0].lower() for line in head.split("\r\n") if line[:1] not in (" ", "\t")}
    assert received.recipients == ("ana@customer.example", "boss@customer.example")
    assert names <= KNOWN_HEADERS
    assert not any(
        name.lower().startswith(("x-evil", "bcc"))
        for part in read_back(received.raw).walk()
        for name in part.keys()  # noqa: SIM118
    )
    assert b"\n" not in received.raw.replace(b"\r\n", b"")
    assert b"\r" not in received.raw.replace(b"\r\n", b"")
    assert b"\x00" not in received.raw


# ---------------------------------------------------------------- whatever people write

anything = st.text(max_size=200)
storable = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=200)
local_parts = st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,30}", fullmatch=True)
domains = st.sampled_from(
    ["x.example", "sub.x.example", "bücher.example", "例え.example", "XN--BCHER-KVA.example"]
)
addresses = st.builds("{}@{}".format, local_parts, domains)
names = st.text(max_size=60)
file_names = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60)
FAST = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def folded(text: str) -> str:
    return " ".join(composing.one_line(text).split())


@FAST
@given(subject=anything)
def test_any_subject_reads_back_the_same(subject: str) -> None:
    assert folded(read(composed(outbound(subject=subject))).subject) == folded(subject)


@FAST
@given(text=storable)
def test_any_text_reads_back_the_same(text: str) -> None:
    parsed = read(composed(outbound(text=text, html="")))

    assert parsed.text.split() == text.split()


@FAST
@given(address=addresses, name=names)
def test_any_address_and_name_read_back_the_same(address: str, name: str) -> None:
    (found,) = read(composed(outbound(to=Address(space="email", value=address, name=name)))).to

    assert normalise(found.address) == normalise(address)
    assert all(word in folded(found.name) or not word.isalnum() for word in folded(name)[:100].split()[:-1])


@FAST
@given(listed=st.lists(addresses, min_size=1, max_size=30, unique_by=normalise))
def test_any_number_of_recipients_reads_back(listed: list[str]) -> None:
    cc = tuple(Address(space="email", value=address, name="Ünal, Ana") for address in listed)

    found = read(composed(outbound(cc=cc))).cc

    assert [normalise(mailbox.address) for mailbox in found] == [normalise(address) for address in listed]


@FAST
@given(files=st.lists(st.tuples(file_names, st.binary(min_size=1, max_size=300)), min_size=1, max_size=5))
def test_any_files_read_back_the_same(files: list[tuple[str, bytes]]) -> None:
    sent = tuple(File(name=name, content=content) for name, content in files)

    found = read(composed(outbound(files=sent))).attachments

    assert [part.content for part in found] == [content for _name, content in files]


@FAST
@given(
    message=st.builds(
        outbound,
        subject=anything,
        text=anything,
        author_name=anything,
        quoted_text=anything,
        reply_token=anything,
        html=anything,
    )
)
def test_whatever_is_written_is_a_mail_that_servers_take(message: OutboundMessage) -> None:
    raw = composed(message)

    assert max(map(len, raw.splitlines()), default=0) <= 998
    assert raw.isascii()
    assert {name.lower() for name in read_back(raw).keys()} <= KNOWN_HEADERS  # noqa: SIM118
