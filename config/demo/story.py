"""What Northwool's customers wrote over the last weeks, as plain data. Nobody in it exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from inbox.contract import Card, CardKind


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened. `ago`: minutes before the demo is loaded. `what`: says, answers, notes, resolves, snoozes,
    assigns, tags, prioritises, away (an automatic reply) or meets (noted by hand, with an `outcome`, perhaps in a `place`).
    `way`: mail, text, chat, or what a connector's demo calls its channel; of what is noted by hand visit or letter. `picture`: one dye
    or several. `public`: a comment under a post. `quotes`: the `ago` of the message it answers. `card`: a place, a button …"""

    ago: int
    what: str
    text: str = ""
    way: str = ""
    by: str = ""
    subject: str = ""
    picture: str = ""
    card: Card | None = None
    public: bool = False
    quotes: int = 0
    react: str = ""
    read: bool = True
    place: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """A customer: which addresses they have, and what happened in order. `promised_in`: minutes after the demo is loaded.
    `typed`: a mail address that a visitor typed in the chat, said to be theirs."""

    name: str
    mail: str = ""
    phone: str = ""
    chat: str = ""
    typed: str = ""
    company: str = ""
    vip: bool = False
    about: str = ""
    language: str = ""
    time_zone: str = ""
    team: str = ""
    title: str = ""
    next_step: str = ""
    promised_in: int = 0
    tags: Sequence[str] = ()
    desk: str = "Support"
    steps: Sequence[Step] = field(default_factory=tuple)


HOUR, DAY = 60, 24 * 60

ANA = Person(
    "Ana Silva",
    mail="ana@example.com",
    phone="+447700900489",
    chat="user:northwool-1001",
    vip=True,
    about="Knits herself. Prefers chat in the morning, text in the afternoon. Always size M in jumpers.",
    language="en",
    time_zone="Europe/Lisbon",
    team="Orders",
    title="Exchange, order 4417",
    next_step="Swap it for M before the parcel leaves at 16:00",
    promised_in=55,
    tags=("exchange",),
    steps=(
        Step(
            13 * DAY,
            "says",
            "Hello, my parcel says delivered but nothing is here. Can you look?",
            "mail",
            subject="Order 4102 not here",
        ),
        Step(
            13 * DAY - 50,
            "answers",
            "Hi Ana, thank you for telling us. It is with your neighbour at number 12: the driver's note is attached to the tracking. **Could you ask there?**",
            "mail",
            "kim",
        ),
        Step(
            13 * DAY - 90,
            "says",
            "Found it, thank you! The socks are lovely.",
            "mail",
            subject="Re: Order 4102 not here",
        ),
        Step(13 * DAY - 95, "resolves", by="kim"),
        Step(
            8 * DAY,
            "meets",
            "Tried on the Fjord jumper in rust. L is too wide, M sits well.",
            "visit",
            "lena",
            subject="Advice",
            place="Northwool Edinburgh",
            outcome="Orders it online in M",
        ),
        Step(
            DAY + 200,
            "says",
            "Hi,\n\nI just ordered the Fjord jumper in L, but I meant M. Is it too late to change it? I am picking up my new phone today, so texts may be slow.\n\nThank you!\nAna",
            "mail",
            subject="Wrong size ordered",
        ),
        Step(DAY + 190, "assigns", by="sam"),
        Step(
            3 * HOUR + 5,
            "says",
            "Hello, it's Ana, I wrote about the jumper. Just wanted to be sure you saw it.",
            "text",
        ),
        Step(
            2 * HOUR + 50, "notes", "Warehouse says it leaves at 16:00. We can still swap it. @Sam", by="kim"
        ),
        Step(
            2 * HOUR + 40,
            "answers",
            "Hi Ana, we saw your mail and your text. It has not shipped yet, so we can change it to M for you. Shall I?",
            "text",
            "sam",
        ),
        Step(4, "says", "Hello, it's Ana from the text 😊", "chat"),
        Step(3, "says", "Yes please! Can you still change it to M before it ships?", "chat"),
    ),
)

JONAS = Person(
    "Jonas Lindqvist",
    mail="jonas.lindqvist@example.com",
    company="Lindqvist Interiör AB",
    team="Billing",
    title="VAT number on invoice 20931",
    tags=("invoice",),
    language="sv",
    time_zone="Europe/Stockholm",
    steps=(
        Step(
            2 * DAY,
            "says",
            "Good morning,\n\nthe VAT number on invoice 20931 is wrong. It should read SE556677889901. Could you send a corrected one?\n\nBest regards\nJonas Lindqvist",
            "mail",
            subject="Invoice 20931",
        ),
        Step(
            2 * DAY - 60,
            "answers",
            "Good morning Jonas,\n\nhere is the corrected invoice:\n\n- number **20931-K**\n- VAT number SE556677889901\n\nTell me if anything else is off.",
            "mail",
            "sam",
        ),
        Step(
            DAY,
            "meets",
            "The VAT form, signed and stamped by their accountant.",
            "letter",
            "sam",
            subject="Signed VAT form",
            outcome="Filed with invoice 20931",
        ),
        Step(
            26,
            "says",
            "Thank you, but the VAT number is still wrong on the second page. Our accountant needs it by Friday.",
            "mail",
            subject="Re: Invoice 20931",
        ),
    ),
)

PRIYA = Person(
    "Priya Kapoor",
    phone="+447700900231",
    mail="priya.kapoor@example.org",
    team="Orders",
    title="Islay roll-neck in the Leeds shop",
    tags=("stock", "click and collect"),
    steps=(
        Step(5 * HOUR, "says", "Hi, is the Islay roll-neck in ink, size S, in the Leeds shop today?", "text"),
        Step(5 * HOUR - 4, "assigns", by="sam"),
        Step(
            5 * HOUR - 5,
            "answers",
            "Hello Priya! The system says one left. I will have it checked on the shelf and text you before three.",
            "text",
            "sam",
        ),
        Step(70, "says", "Great, I could come by at half past five.", "text"),
        Step(
            15,
            "meets",
            "Came early. The roll-neck lies at the till until six.",
            "visit",
            "lena",
            subject="Pick-up",
            place="Northwool Leeds",
            outcome="Comes back with her sister",
        ),
    ),
)

MAREK = Person(
    "Marek Tomasz",
    phone="+48601234089",
    mail="marek.tomasz@example.net",
    team="Orders",
    title="Where is my parcel?",
    tags=("delivery",),
    language="pl",
    time_zone="Europe/Warsaw",
    steps=(
        Step(9 * HOUR, "says", "My tracking has not moved since Tuesday. What now?", "text"),
        Step(
            8 * HOUR,
            "answers",
            "Hi Marek, sorry about that. I have asked the carrier and they promised an answer today.",
            "text",
            "sam",
        ),
        Step(
            95,
            "answers",
            "Good news: your parcel is on its way again and will be there tomorrow before noon.",
            "text",
            "sam",
        ),
    ),
)

LEA = Person(
    "Léa Caron",
    mail="lea.caron@example.com",
    chat="visitor-lea",
    team="Orders",
    title="Colour of the Haar jumper",
    tags=("product",),
    language="fr",
    time_zone="Europe/Paris",
    steps=(
        Step(
            2 * HOUR + 15,
            "says",
            "Bonjour! Is this the right shade for the Haar jumper? The one in the picture is from a friend.",
            "chat",
            picture="rust",
        ),
        Step(2 * HOUR + 10, "says", "I would love to have it before Christmas 🧶", "chat"),
    ),
)

DAGNY = Person(
    "Dagny Weber",
    mail="dagny.weber@example.org",
    company="Wollwerk GmbH",
    vip=True,
    team="VIP",
    title="Samples for the spring window",
    tags=("wholesale",),
    language="de",
    time_zone="Europe/Berlin",
    steps=(
        Step(
            3 * DAY,
            "says",
            "Guten Tag,\n\nfor our spring window we would like to show six of your jumpers. Could you lend us samples in sizes S to L?\n\nMit freundlichen Grüßen\nDagny Weber",
            "mail",
            subject="Samples for our spring window",
        ),
        Step(
            3 * DAY - 100,
            "answers",
            "Guten Tag Frau Weber,\n\nwith pleasure. I am asking the studio which six we can spare and come back to you by Thursday.",
            "mail",
            "kim",
        ),
        Step(
            3 * DAY - 110,
            "notes",
            "Studio can lend five, the sixth is on a shoot until the 28th. @Sam what do you think?",
            by="kim",
        ),
        Step(
            200,
            "says",
            "Dear Kim, five would be fine too. When could they be here?",
            "mail",
            subject="Re: Samples for our spring window",
        ),
    ),
)

TOM = Person(
    "Tom Bradley",
    chat="visitor-tom",
    team="Orders",
    steps=(
        Step(12, "says", "Do you ship to the Isle of Man?", "chat"),
        Step(11, "says", "And what does it cost?", "chat"),
    ),
)

YUKI = Person(
    "Yuki Tanaka",
    mail="yuki.tanaka@example.com",
    team="Orders",
    title="Care of the Skerry cardigan",
    tags=("product",),
    language="ja",
    time_zone="Asia/Tokyo",
    steps=(
        Step(
            DAY + 400,
            "says",
            "Hello, can the Skerry cardigan be washed in the machine? The label is in Norwegian only.",
            "mail",
            subject="Washing",
        ),
        Step(
            DAY + 300,
            "answers",
            "Hello Yuki,\n\nwool programme, 30 °C, then dry it flat. I have attached nothing, because that is really all there is to it.",
            "mail",
            "kim",
        ),
        Step(DAY + 290, "resolves", by="kim"),
    ),
)

OMAR = Person(
    "Omar Haddad",
    phone="+447700900655",
    team="Orders",
    title="Return without a receipt",
    tags=("return",),
    steps=(
        Step(
            2 * DAY + 60,
            "says",
            "I was given a scarf and would like another colour. I have no receipt.",
            "text",
        ),
        Step(
            2 * DAY + 20,
            "answers",
            "No problem, Omar. Bring it to any shop within the year, or send it to us: I have mailed a label to this number.",
            "text",
            "sam",
        ),
        Step(2 * DAY + 10, "snoozes", by="sam"),
    ),
)

CLARA = Person(
    "Clara Jensen",
    mail="clara.jensen@example.com",
    phone="+4520123456",
    team="Billing",
    title="Charged twice",
    tags=("refund", "urgent"),
    steps=(
        Step(
            50,
            "says",
            "My card was charged twice for order 4398, 134.00 each time. Please refund one of them.",
            "mail",
            subject="Charged twice!",
        ),
        Step(48, "prioritises", by="kim"),
        Step(20, "says", "I also wrote an email. It is about the double charge. Thank you", "text"),
    ),
)

ELIF = Person(
    "Elif Aydın",
    mail="elif.aydin@example.org",
    team="Orders",
    title="Gift card",
    steps=(
        Step(
            6 * HOUR,
            "says",
            "Hi! I bought a gift card for my sister but the mail never came. Could you send it again to me?",
            "mail",
            subject="Gift card",
        ),
    ),
)

# The same Elif, in the chat before she logged in: whether she is, an agent decides.
ELIF_IN_THE_CHAT = Person(
    "Elif",
    chat="visitor-elif",
    typed="elif.aydin@example.org",
    team="Orders",
    steps=(Step(21, "says", "Hi, I mailed you about a gift card this morning. Is there news?", "chat"),),
)

SUPPLIER = Person(
    "Highland Yarns",
    mail="newsletter@highlandyarns.example",
    steps=(
        Step(
            7 * HOUR,
            "bulk",
            "New shades for spring: sea holly, bog myrtle and gorse. Order before the end of the month.",
            "mail",
            subject="Spring shades are here",
        ),
    ),
)

AWAY = Person(
    "Ingrid Solberg",
    mail="ingrid.solberg@example.com",
    team="Orders",
    title="Address change",
    steps=(
        Step(
            4 * DAY,
            "says",
            "Please send order 4377 to my office instead: Storgata 8, Bergen.",
            "mail",
            subject="New address",
        ),
        Step(4 * DAY - 30, "answers", "Done, it goes to Storgata 8.", "mail", "sam"),
        Step(
            4 * DAY - 31,
            "away",
            "I am away until Monday and answer when I am back.",
            "mail",
            subject="Automatic reply: New address",
        ),
        Step(4 * DAY - 32, "resolves", by="sam"),
    ),
)

APPLICANT = Person(
    "Noor van Dijk",
    mail="noor.vandijk@example.com",
    desk="People",
    title="Application: shop assistant, Leeds",
    steps=(
        Step(
            DAY + 30,
            "says",
            "Dear Northwool,\n\nI would like to apply as a shop assistant in Leeds. My letter and references are below.\n\nKind regards\nNoor van Dijk",
            "mail",
            subject="Application, shop assistant in Leeds",
        ),
    ),
)

NOOR = Person(
    "Noor Haddad",
    mail="noor.haddad@example.org",
    phone="+447700900631",
    about="Found us by a picture of the Skerry blanket. Writes wherever she happens to be.",
    language="en",
    time_zone="Europe/London",
    team="Orders",
    title="Skerry blanket for a wedding",
    next_step="Tell her when both blankets are at Northwool Leeds",
    promised_in=4 * HOUR,
    tags=("stock", "click and collect"),
    steps=(
        Step(2 * DAY, "says", "How much is this one, and does it come in moss? 😍", "page", public=True),
        Step(
            2 * DAY - 12,
            "answers",
            "Hi Noor, it is £120 and yes, in moss and rust. Write to us if you like.",
            by="kim",
        ),
        Step(
            2 * DAY - 30,
            "says",
            "This one I mean",
            "pictures",
            card=Card(kind=CardKind.STORY, title="Your story", text="Skerry blankets are back"),
        ),
        Step(
            2 * DAY - 34,
            "answers",
            "That is the Skerry in rust. How many would you need, and by when?",
            by="kim",
        ),
        Step(
            DAY + 300,
            "says",
            "Two, for a wedding on Saturday. Which goes better with these chairs?",
            "bot",
            picture="rust moss",
        ),
        Step(
            DAY + 290,
            "answers",
            "Moss, I think: the rust would fight with the wood. Shall I put two by in Leeds?",
            by="sam",
        ),
        Step(DAY + 285, "says", "Yes please!", "bot", quotes=DAY + 290),
        Step(
            DAY + 100,
            "says",
            "Hello, could you send me the invoice to this address? Two blankets, moss.",
            "mail",
            subject="Invoice for two blankets",
        ),
        Step(
            DAY + 60,
            "answers",
            "Hi Noor, it is attached to your order confirmation; I have sent it again.",
            by="sam",
        ),
        Step(
            70,
            "says",
            "I could come by today. Is it this shop?",
            "phone app",
            card=Card(
                kind=CardKind.LOCATION,
                title="Northwool Leeds",
                text="Victoria Quarter, Leeds",
                latitude=53.7985,
                longitude=-1.5402,
            ),
        ),
        Step(
            52,
            "answers",
            "That is the one. They arrive at noon; I will tell you here the moment they are in.",
            by="sam",
            react="❤️",
        ),
        Step(20, "says", "Perfect. I am near, so just write", "phone app", quotes=52),
    ),
)

PEOPLE = (
    ANA,
    NOOR,
    JONAS,
    PRIYA,
    MAREK,
    LEA,
    DAGNY,
    TOM,
    YUKI,
    OMAR,
    CLARA,
    ELIF,
    ELIF_IN_THE_CHAT,
    SUPPLIER,
    AWAY,
    APPLICANT,
)
