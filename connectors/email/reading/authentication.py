"""Authentication-Results (RFC 8601) of our own mail server; what anybody else wrote there is ignored."""

import re
from collections.abc import Collection

from .headers import Headers
from .limits import Limits
from .values import Authentication, AuthenticationResult, Mailbox

_RESULT = re.compile(r"\s*([a-z0-9_-]{1,40})(?:\s*/\s*\d+)?\s*=\s*([a-z]{1,40})", re.IGNORECASE)
_PROPERTY = re.compile(
    r"\b(?:(?:header|smtp|policy)\.)(d|i|from|mailfrom|helo)\s*=\s*\"?([^\s;\"]{1,320})", re.IGNORECASE
)
_DOMAIN_OF = {"dkim": ("d", "i"), "spf": ("mailfrom", "helo"), "dmarc": ("from",), "arc": ("d",)}
_RESULTS = 100


def read_authentication(
    headers: Headers, from_: Mailbox, trusted: Collection[str], limits: Limits
) -> Authentication:
    """The results of the topmost trusted header, and other methods from trusted ones in the same hop.

    `trusted` holds the authserv-ids of our own servers, which must delete forged ones (RFC 8601 5). In case they
    do not: below the first Received field that follows a trusted header everything may come from the sender and is
    not read, and a method that a header further up reports on is not taken from one below it.
    """
    wanted = {name.strip().lower() for name in trusted}
    results: list[AuthenticationResult] = []
    found = False
    for name, value in headers.fields:
        folded = name.lower()
        if folded == "received" and found:
            break
        if folded != "authentication-results":
            continue
        server, _, rest = _without_comments(value[: limits.header_value]).partition(";")
        if server.split()[:1] and server.split()[0].lower() in wanted:
            found = True
            known = {result.method for result in results}
            results += [result for result in _results(rest, from_.domain) if result.method not in known]
    return Authentication(tuple(results[:_RESULTS]))


def aligned(domain: str, from_domain: str) -> bool:
    """Whether `domain` may speak for the From domain: the same, or a parent of it with at least two labels.

    Stricter than the relaxed alignment of RFC 7489 3.1, which needs the list of public suffixes: a subdomain
    never speaks for its parent here, since on shared hosts it belongs to somebody else.
    """
    if not domain or not from_domain:
        return False
    return domain == from_domain or ("." in domain and from_domain.endswith("." + domain))


def _results(text: str, from_domain: str) -> list[AuthenticationResult]:
    results: list[AuthenticationResult] = []
    for part in text.split(";")[:_RESULTS]:
        match = _RESULT.match(part)
        if match is None:
            continue
        method, result = match[1].lower(), match[2].lower()
        domain = _domain(method, part)
        results.append(AuthenticationResult(method, result, domain, aligned(domain, from_domain)))
    return results


def _domain(method: str, part: str) -> str:
    properties: dict[str, str] = {}
    for match in _PROPERTY.finditer(part):
        properties.setdefault(match[1].lower(), match[2])
    for key in _DOMAIN_OF.get(method, ()):
        if key in properties:
            return properties[key].rpartition("@")[2].strip("<>.").lower()
    return ""


def _without_comments(value: str) -> str:
    """Without (comments), nested ones too; of quoted strings only what cannot pass for syntax is kept."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for character in value:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == '"' and depth == 0:
            quoted = not quoted
        elif quoted:
            kept.append("_" if character in ";=() \t\r\n" else character)
        elif character == "(":
            depth += 1
        elif character == ")":
            depth = max(0, depth - 1)
        elif depth == 0:
            kept.append(character)
    return "".join(kept)
