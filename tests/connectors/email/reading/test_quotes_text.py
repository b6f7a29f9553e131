"""Plain text: what is history goes, what a customer wrote stays. Shapes of real programs, words of our own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.reading.quotes_text import is_forward, split_text

CUT = [
    # introductions on one to four lines, with and without quote signs below
    ("Yes.\n\nOn 11-Apr-2011, at 6:54 PM, Sam <s@shop.example> wrote:\n\n>\n> old", "Yes."),
    ("Yes.\n\nSent from Samsung MobileSam <s@shop.example> wrote:\n\n> old", "Yes."),
    ("Ja.\n\nOp 13-02-2014 3:18 schreef Sam <s@shop.example>:\n    \nold text\n", "Ja."),
    ("Yes.\n\n2014-10-17 11:28 GMT+03:00 Sam <\nlong-address@shop.example>:\n\n> old\n>\n  ", "Yes."),
    (
        'Thanks\n On Mar 8, 2012 9:59 AM, "Shop" <\nr+7f1b094ceb90@shop.example> wrote:\n\n\n>**\n> old',
        "Thanks",
    ),
    ("Yes.\n\nOn 11-Apr-2011, at 6:54 PM, Sam <s@shop.example> sent:\n\n> old", "Yes."),
    (
        "Yes.\n\nOn Nov 30, 2011, at 12:47 PM, Sam <\n416ffd3258d4d2fa4c@shop.example>\nwrote:\n\nold\n",
        "Yes.",
    ),
    ("Yes.\n\n------On 12/29/2017 17:32 PM, Sam Shop wrote-----\n\nold \n", "Yes."),
    ("ok\n2011/4/7 Sam <s@shop.example>\n\n>  old", "ok"),
    ("ok\n\nLe 23 janv. 2015 à 22:03, Sam <s@shop.example<mailto:s@shop.example>> a écrit:\n\nBonjour", "ok"),
    ("ok\n\nW dniu 28 stycznia 2015 01:53 użytkownik Sam <s@shop.example>\nnapisał:\n\nold\n", "ok"),
    ("ok\nDen 14 september, 2015 02:23:18, Sam Shop (s@shop.example) skrev:\n\nold\n", "ok"),
    ("ok\n\nOp 17-feb.-2015, om 13:18 heeft Sam <s@shop.example> het volgende geschreven:\n  \nold\n", "ok"),
    ("ok\n\nSam Shop <s@shop.example> schrieb am So., 23.\nJuni 2024, 21:08:\n\n> old\n", "ok"),
    ("ok\n\nOn Wed, Dec 9, Sam Shop\n<s@shop.example>\nwrote:\n> old\n", "ok"),
    ("ok\n\nOn Thursday, June 27, 2013, Sam via Shop wrote:\n\nold", "ok"),
    ("ok\n\n雨州 <y@shop.example> 在 2026年2月29日 周六 19:47 写道：\n\nold", "ok"),
    ("ok\n\n> On 2 Jan 2024, at 09:00, Sam <s@shop.example> wrote:\n> \n> old", "ok"),
    ("ok\n\n2016-03-03 17:21 GMT+01:00 Sam Shop\n\n> old", "ok"),
    # own words and introduction on one line
    ("ok On Wed, Apr 4, 2012 at 3:59 PM, s@shop.example wrote:\n> old", "ok"),
    ("ok --- On Wed, Apr 4, 2012 at 3:59 PM, s@shop.example wrote:\n> old", "ok"),
    # separators and header blocks
    ("ok\n\n-----Original Message-----\n\nold", "ok"),
    ("ok\n\n________________________________\nFrom: Sam <s@shop.example>\n\n> old\n\nBye", "ok\n\nBye"),
    ("ok\n\nDate: Wed, 16 May 2012 00:15:02 -0600\nTo: ana@x.example\n\nold", "ok"),
    (
        "ok\n\n  *From:* s@shop.example [mailto:\n  s@shop.example]\n  *Sent:* 27 June 2012 3:05 PM\n  *To:* a\n  *Subject:* H\n",
        "ok",
    ),
    (
        "ok\nDate: Fri=2C 28 Sep 2012 10:55:48 +0000\nFrom: s@shop.example\nTo: a@x.example\nSubject: x\n\n",
        "ok",
    ),
    ("ok\n\nFrom: Sam\nSent: 28 July 2025 15:46\nTo: Ana\n\nold", "ok"),
    (
        "ok\n\n-----Original Message-----\n\n---------- Forwarded message ----------\nFrom: s@shop.example\n",
        "ok",
    ),
    # answers around one introduced quote
    ("On 04/19/2011 07:10 AM, Sam wrote:\n\n>\n> old\nNew words", "New words"),
    ("New\n\nOn 04/19/2011 07:10 AM, Sam wrote:\n\n> old\n\nRegards, Ana", "New\n\nRegards, Ana"),
    (
        "New\nOn 04/19/2011 07:10 AM, Sam wrote:\n\n>old\n>On 04/18/2011 07:10 AM, Ana wrote:\n>\n>> older",
        "New",
    ),
    # own quotes above the history
    (
        "the code:\n\n> a = 1\n> b = 2\n\nAna\n\nOn Dec 16, 2011, at 12:47 PM, Sam\n<s@shop.example>\nwrote:\n\n> old",
        "the code:\n\n> a = 1\n> b = 2\n\nAna",
    ),
    (
        "> Which size?\n\n42\n\nOn Dec 16, 2011, at 12:47 PM, Sam <s@shop.example> wrote:\n\n> old",
        "> Which size?\n\n42",
    ),
    # programs that wrap quotes
    (
        "ok\n\nOn 25 October 2012 at 3:03 PM, Sam wrote:\n\n>\n> See\n>\n (http://x.example/YzOT) >\n> (http://x.example/b)\n>\n",
        "ok",
    ),
    (
        "ok\n\nOn 24 September, 2012 at 3:46 PM, Sam wrote:\n\n> View (http://x.example/action\n_nonce=3dd518)\n>\n",
        "ok",
    ),
]

KEEP = [
    "On the surface this is fine.\nOn average it works.",
    "FYI\n\n---------- Forwarded message ----------\nFrom: b@x.example\nDate: Tue, Sep 4, 2012 at 1:35 PM\nSubject: Two\n\nText",
    "On Dec 15, 2024, at 2:00 PM, Sam <s@shop.example> wrote:\n> A or B?\n\nA.\n\n> And when?\n\nMonday.",
    "> A or B?\nA.\n> When?\nMonday.",
    "Visit us\n>>> >>>  http://x.example <<<\nor call",
    "Dates:\n2024-01-15 14:30:25\n15.01.2024 14:30\n01/15/2024 at 2:30 PM\nwhich?",
    "As your colleague Peter (p@shop.example) wrote on 5 May 2024:\n\"We will refund\"\nBut nothing came.",
    "Hello,\n\nOn 5 May 2024 at 10:15 you wrote:\n\"We will refund\"\nBut nothing came.",
    "Am 5. Mai 2024 um 10:15 schrieb mir Ihr Kollege:\n\"Wir erstatten\"\nEs kam nichts.",
    "Trip:\nFrom: Berlin\nTo: Munich\nDate: 5 May 2024 10:00\n\nPlease book.",
    "Trip\nFrom: Berlin\nTo: Munich\nDate: 5 May 2024 10:00\n\nPlease book.",
    "I got this mail:\n\nFrom: x@y.example\nDate: 5 May 2024 10:00\nSubject: win\n\nIs it spam?",
    "Hi\n\nThe error is:\n> Traceback\n> boom",
    "My weight is\n> 100 kg",
    "> all of it\n> is quoted",
    "Name: Ana\nEmail: ana@x.example\nMessage: where is it?\nDate: 5 May 2024",
    "From: Ana <ana@x.example>\nSubject: My order\nDate: 5 May 2024\n\nWhere is it?",
    "My answers are in red.\n\nFrom: Sam <s@shop.example>\nSent: 2 January 2024 09:00\nTo: Ana\nSubject: x\n\nSize? 42",
    "Siehe unten.\n\nVon: Sam <s@shop.example>\nGesendet: 2. Januar 2024 09:00\nAn: Ana\nBetreff: x\n\nGröße? 42",
    "I have two points.\n\n--\n\nFirst, where is my order? I have waited for two weeks now.",
]  # fmt: skip


@pytest.mark.parametrize(("text", "new"), CUT)
def test_history_is_taken_away(text: str, new: str) -> None:
    split = split_text(text)

    assert split.new == new
    assert split.has_quote
    assert split.quoted


@pytest.mark.parametrize("text", KEEP)
def test_what_is_not_surely_history_stays(text: str) -> None:
    split = split_text(text)

    assert split.new == text
    assert not split.has_quote


def test_an_outlook_block_under_a_forwarding_subject_stays() -> None:
    text = "Please check.\n\nFrom: B <b@x.example>\nSent: 2 January 2024 09:00\nTo: A\nSubject: x\n\nforwarded words"

    assert split_text(text, "FW: x").new == text
    assert split_text(text, "RE: FW: x").new == "Please check."


@pytest.mark.parametrize(
    ("subject", "forwarded"),
    [
        ("Fwd: x", True),
        ("WG: x", True),
        ("TR : x", True),
        ("转发：x", True),
        ("Re: Fwd: x", False),
        ("x", False),
        ("", False),
    ],
)
def test_a_subject_tells_whether_it_is_a_forward(subject: str, forwarded: bool) -> None:
    assert is_forward(subject) is forwarded


def test_above_the_line_limit_nothing_is_taken_away() -> None:
    text = "\n".join(["New.", "", "On 11-Apr-2011, at 6:54 PM, Sam <s@shop.example> wrote:", *["> old"] * 50])

    assert split_text(text, max_lines=20).new == text


HOSTILE = [
    "> ", "> a\n", ">\n", "\n", "On 1 Jan 2020 at 10:00 a@b.c wrote:\n", "On ", "wrote: ", "a@", "1/1/", "1", "From: a@b.c\n",
    "From: a\nTo: b\n", "-", "-----Original Message-----\n", " ", "\t", "\u00a0", "\u200f", "--\n", "Sent from my iPhone\n",
    "> a\nb\n", "> a\n\n\n\n", "_" * 30 + "\n", "a:", "a:\n", "2020 10:00 1\n", "x" * 95 + "@b.c> wrote:\n", "<http", "(http\n> ",
]  # fmt: skip


@pytest.mark.parametrize("shape", HOSTILE)
def test_a_megabyte_of_one_shape_is_classified_in_one_pass(shape: str) -> None:
    split = split_text(shape * (1_000_000 // len(shape)))

    assert isinstance(split.new, str)


PIECES = st.sampled_from(
    ["", "own words", "> old", ">> older", "On 2 Jan 2024 at 09:00, Sam <s@shop.example> wrote:", "From: Sam <s@shop.example>",
     "Sent: 2 January 2024 09:00", "To: Ana", "Subject: x", "-- ", "--", "Sent from my iPhone", "-----Original Message-----",
     "---------- Forwarded message ---------", "_" * 32, "Please see the list:"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=14))
def test_every_line_ends_up_in_exactly_one_place(pieces: list[str]) -> None:
    split = split_text("\n".join(pieces))

    lines = sorted(line.strip() for line in pieces if line.strip() not in ("", "--"))
    kept = "\n".join([split.new, split.quoted, split.signature]).split("\n")
    assert sorted(line.strip() for line in kept if line.strip() not in ("", "--")) == lines


@given(st.lists(PIECES, max_size=14))
def test_own_words_above_the_first_sign_of_history_are_never_cut(pieces: list[str]) -> None:
    split = split_text("\n".join(["This is what I say today.", *pieces]))

    assert split.new.startswith("This is what I say today.")
