"""Mail addresses: one spelling per address, which are ours, and the reply addresses that carry a token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import idna

from inbox.contract import Address

SPACE = "email"

# RFC 5321 4.5.3.1.1: a longer local part may be refused on the way back.
LONGEST_LOCAL_PART = 64

# Our tokens are letters and digits; the rest is room for what may come. Never a separator of addresses.
_IN_ADDRESS = "[A-Za-z0-9_.=~-]{8,100}"
_IN_TEXT = re.compile(rf"\[ref:({_IN_ADDRESS})\]")
_MOST_TOKENS = 20
_ADDRESS = re.compile(
    r"[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f\u2028\u2029]{1,64}@[^\s<>()\[\],;:\"\\@\x00-\x1f\x7f\u2028\u2029]{1,255}"
)


def normalise(address: str) -> str:
    """The spelling an identity is stored under: lower case, the domain in ASCII (RFC 5891). "" if it is no address.

    The local part is folded too: RFC 5321 2.4 lets a server tell Ana@ from ana@, and none that people use does.
    """
    address = address.strip().strip("<>").strip()
    if not _ADDRESS.fullmatch(address):
        return ""
    local, _at, domain = address.rpartition("@")
    return f"{local.lower()}@{ascii_domain(domain)}"


@lru_cache(maxsize=4096)  # many addresses, few domains
def ascii_domain(domain: str) -> str:
    """bücher.example → xn--bcher-kva.example. What cannot be converted stays as it is, in lower case."""
    try:
        return idna.encode(domain.rstrip("."), uts46=True).decode().lower()
    except idna.IDNAError:
        return domain.lower()


def as_identity(address: str, name: str = "") -> Address | None:
    """The contract's value for an address as written in a mail, or None if it is none."""
    value = normalise(address)
    return (
        Address(space=SPACE, value=value, name=name if name.strip().lower() != value else "")
        if value
        else None
    )


@dataclass(frozen=True, slots=True)
class OwnAddresses:
    """The addresses of one channel: the main one first, then its aliases. `pattern`: a reply address with {token}, or ""."""

    main: str
    aliases: tuple[str, ...] = ()
    pattern: str = ""

    @classmethod
    def of(cls, address: str, aliases: Iterable[str] = (), pattern: str = "") -> OwnAddresses:
        also = tuple(filter(None, map(normalise, aliases)))
        return cls(normalise(address), also, pattern.strip().lower())

    @property
    def domain(self) -> str:
        return self.main.rpartition("@")[2]

    def __contains__(self, address: object) -> bool:
        """Whether mail to this address comes to us: with or without a plus part."""
        value = normalise(str(address))
        return bool(value) and (
            _without_plus(value) in (self.main, *self.aliases) or bool(self._token(value))
        )

    def reply_address(self, token: str) -> str:
        """Where the answer to our mail should go, or "" if the token does not fit into an address."""
        address = self._pattern().replace("{token}", token)
        fits = len(address.rpartition("@")[0]) <= LONGEST_LOCAL_PART
        return address if fits and is_token(token) else ""

    def tokens(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """The tokens in these addresses, in their order, each once. Who may use one is decided where they are checked."""
        found = (self._token(normalise(address)) for address in addresses)
        return tuple(dict.fromkeys(filter(None, found)))[:_MOST_TOKENS]

    def _pattern(self) -> str:
        if "{token}" in self.pattern:
            return self.pattern
        local, _at, domain = self.main.rpartition("@")
        return f"{local}+{{token}}@{domain}"

    def _token(self, address: str) -> str:
        """What stands in the place of {token}; any of our addresses with a plus part counts as well."""
        start, _mark, end = self._pattern().partition("{token}")
        inside = address[len(start) : len(address) - len(end)]
        if address.startswith(start) and address.endswith(end) and re.fullmatch(_IN_ADDRESS, inside):
            return inside
        local, _at, domain = address.rpartition("@")
        plus = local.rpartition("+")[2] if "+" in local else ""
        ours = _without_plus(address) in (self.main, *self.aliases)
        return plus if ours and domain and re.fullmatch(_IN_ADDRESS, plus) else ""


def _without_plus(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def is_token(text: str) -> bool:
    """Whether it can stand in an address and in a text without harm."""
    return re.fullmatch(_IN_ADDRESS, text) is not None


def marker(token: str) -> str:
    """The token as text, for servers that take plus parts or our Message-ID away. "" if it is none."""
    return f"[ref:{token}]" if is_token(token) else ""


def tokens_in_text(*texts: str) -> tuple[str, ...]:
    """The tokens of our markers in the body of a mail, quoted history included."""
    found = (match[1] for text in texts for match in _IN_TEXT.finditer(text))
    return tuple(token for token, _ in zip(dict.fromkeys(found), range(_MOST_TOKENS), strict=False))
