"""Which parts of a mail are its text and which are files. Nothing is dropped: what is not text is a file."""

import re
from dataclasses import dataclass, field

from .charsets import decode, is_known
from .filenames import file_name
from .headers import read_headers
from .limits import Limits
from .transfer import decode_transfer, decode_uu
from .tree import Node, Tree
from .values import Part

_TEXT_TYPES = frozenset({"text/plain", "text/html", "text/enriched", "text/richtext"})
_REPORTS = frozenset({"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"})
_MIME_TEXTS = frozenset({"application/xhtml+xml"})
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_-]{1,40})", re.IGNORECASE
)
_UU_FILE = re.compile(r"^begin [0-7]{3} (\S[^\r\n]{0,200})\r?\n(?=[\x20-\x60])", re.MULTILINE)
_UU_FILES = 50


@dataclass(slots=True)
class Block:
    """One stretch of the body in up to two forms; an empty string is a form that was not sent."""

    plain: str = ""
    html: str = ""


@dataclass(slots=True)
class Body:
    """The blocks in their order, the files, and the parts that a delivery report is made of."""

    blocks: list[Block] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    reports: list[tuple[str, bytes]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


class BodyReader:
    """Walks a tree once, in order."""

    def __init__(self, tree: Tree, limits: Limits) -> None:
        self._tree = tree
        self._limits = limits
        self._left = {"text/plain": limits.text_characters, "text/html": limits.html_characters}
        self.body = Body(problems=list(tree.problems))
        self.body.blocks = [block for block in self._read(tree.root) if block.plain.strip() or block.html]

    def _read(self, node: Node) -> list[Block]:
        if node.is_multipart:
            return self._read_multipart(node)
        disposition, _ = node.headers.parameters("Content-Disposition")
        if self._is_text(node, disposition):
            return [self._text_block(node)]
        self._attach(node, disposition)
        return []

    def _read_multipart(self, node: Node) -> list[Block]:
        groups = [self._read(child) for child in node.children]
        if node.content_type == "multipart/alternative":
            return _alternative(groups)
        return [block for group in groups for block in group]

    def _is_text(self, node: Node, disposition: str) -> bool:
        if node.content_type.startswith("multipart/"):  # its boundary never came: RFC 2046 5.1 read kindly
            size = node.end - node.start
            return 0 < size <= self._limits.text_characters and node is self._tree.root
        if disposition == "attachment" or node.content_type not in _TEXT_TYPES | _MIME_TEXTS:
            return False
        return not self._declared_name(node) or node is self._tree.root

    def _text_block(self, node: Node) -> Block:
        data = decode_transfer(self._tree.body(node), node.headers.raw("Content-Transfer-Encoding"))
        label = node.parameters.get("charset", "")
        if not label and "html" in node.content_type:
            meta = _META_CHARSET.search(data, 0, 4_096)
            label = meta[1].decode("ascii") if meta else ""
        if not is_known(label):
            self.body.problems.append(f"unknown charset {label[:40]!r}: guessed")
        text = decode(data, label, hint=node.headers.hint).replace("\r\n", "\n").replace("\r", "\n")
        if "html" in node.content_type or _LOOKS_LIKE_HTML.match(text):
            return Block(html=self._capped(text, data, "text/html"))
        text = self._without_uu_files(text) if "\nbegin " in text or text.startswith("begin ") else text
        return Block(plain=self._capped(text, data, "text/plain"))

    def _capped(self, text: str, data: bytes, content_type: str) -> str:
        """What all texts of the mail together may still take; a text that is cut is kept as a file, too."""
        left = self._left[content_type]
        self._left[content_type] = max(0, left - len(text))
        if len(text) <= left:
            return text
        self.body.problems.append(f"text longer than {left} characters: shown in part, kept whole as a file")
        number = len(self.body.attachments) + 1
        self._add(file_name("", content_type, number, "message"), content_type, data)
        return text[:left]

    def _without_uu_files(self, text: str) -> str:
        """Files that old programs put into the text itself."""
        pieces: list[str] = []
        position = 0
        while (match := _UU_FILE.search(text, position)) and len(self.body.attachments) < _UU_FILES:
            end = text.find("\nend", match.end())
            if end < 0:
                break
            data = decode_uu(text[match.start() : end + 4].encode("ascii", "ignore"))
            pieces.append(text[position : match.start()])
            name = file_name(match[1], "application/octet-stream", len(self.body.attachments) + 1)
            self._add(name, "application/octet-stream", data)
            position = end + 4
        return "".join(pieces) + text[position:]

    def _attach(self, node: Node, disposition: str) -> None:
        encoded = self._tree.body(node)
        data = decode_transfer(encoded, node.headers.raw("Content-Transfer-Encoding"))
        if not data.strip() and not self._declared_name(node):
            return
        if node.content_type in _REPORTS or node.content_type == "message/rfc822":
            self.body.reports.append((node.content_type, data))
        content_id = node.headers.text("Content-ID").strip("<> ")
        inline = disposition == "inline" or (bool(content_id) and disposition != "attachment")
        subject = ""
        if node.content_type == "message/rfc822":
            subject = read_headers(data, 0, len(data), self._limits)[0].text("Subject")
        number = len(self.body.attachments) + 1
        name = file_name(self._declared_name(node), node.content_type, number, subject)
        self._add(name, node.content_type, data, content_id=content_id[:500], inline=inline)

    def _declared_name(self, node: Node) -> str:
        _, disposition = node.headers.parameters("Content-Disposition")
        return disposition.get("filename", "") or node.parameters.get("name", "")

    def _add(
        self, name: str, content_type: str, data: bytes, *, content_id: str = "", inline: bool = False
    ) -> None:
        self.body.attachments.append(Part(name, content_type, data, content_id, inline))


def _alternative(groups: list[list[Block]]) -> list[Block]:
    """The forms of one text (RFC 2046 5.1.4): the last one that has HTML, the first one that has plain text."""
    plain = [group for group in groups if any(block.plain.strip() for block in group)]
    html = [group for group in groups if any(block.html for block in group)]
    if not html:
        return plain[-1] if plain else []
    rich = html[-1]
    if len(rich) == 1 and plain and plain[0] is not rich:
        return [Block("\n".join(block.plain for block in plain[0]), rich[0].html)]
    return rich
