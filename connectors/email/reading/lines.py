"""The lines that the quote classifier looks at, whether they come from plain text or from HTML."""

from dataclasses import dataclass
from enum import Enum, auto

_LINE_CHARACTERS = 2_000
_QUOTE_SIGNS = (">", "＞", "》")
_INVISIBLE = str.maketrans(
    dict.fromkeys(
        "\u200b\u200c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u00ad"
    )
)


class Mark(Enum):
    """What the HTML around a line says about it; plain text says nothing."""

    NONE = auto()
    QUOTE = auto()  # inside a container for quoted text
    INDENT = auto()  # inside an element that is used for quotes and for indenting: counts if introduced
    INTRODUCTION = auto()  # "On … wrote:" in its own container
    HISTORY = auto()  # from here on everything is history
    SIGNATURE = auto()
    DELIMITER = auto()  # "-- " with its space, above a signature


class Label(Enum):
    """What a line is."""

    NEW = auto()
    QUOTED = auto()
    SIGNATURE = auto()


@dataclass(slots=True)
class Line:
    """One line: `text` is what is classified, without the outer spaces and what cannot be seen."""

    text: str
    quoted: bool = False
    mark: Mark = Mark.NONE
    label: Label = Label.NEW

    @property
    def blank(self) -> bool:
        """Nothing to read in it (a lone quote sign is not blank: it continues the quote)."""
        return not self.text and not self.quoted


def plain_line(raw: str) -> Line:
    """A line of plain text; ">" in front makes it quoted."""
    text = visible(raw)
    quoted = text.startswith(_QUOTE_SIGNS)
    mark = Mark.DELIMITER if is_delimiter(raw) else Mark.NONE
    return Line(text.lstrip(">＞》 \t|") if quoted else text, quoted=quoted, mark=mark)


def is_delimiter(raw: str) -> bool:
    """The signature delimiter of RFC 3676 4.3."""
    return raw[:4].replace("\u00a0", " ").rstrip("\r\n") == "-- "


def visible(raw: str) -> str:
    """The first 2,000 characters without marks of direction, zero-width characters and outer spaces."""
    text = raw[:_LINE_CHARACTERS].replace("\u00a0", " ")
    return (text if text.isascii() else text.translate(_INVISIBLE)).strip()
