"""What DNS says about our mail domain, as hints for the settings page: without SPF, DKIM and DMARC our mail ends up as spam.

DKIM's records lie under a selector that only a signed mail names (RFC 6376 3.6.2.1), so only their place is looked at.
"""

from __future__ import annotations

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

# All questions together; the settings page waits for them.
_SECONDS = 4.0


def hints(domain: str, resolver: dns.resolver.Resolver | None = None) -> list[str]:
    """One line per record that matters: SPF (RFC 7208), DMARC (RFC 7489), DKIM's place. Says so if DNS cannot be asked."""
    try:
        asking = resolver or dns.resolver.Resolver()
        asking.lifetime = _SECONDS
        spf = [text for text in _texts(asking, domain) if text.lower().startswith("v=spf1")]
        dmarc = [text for text in _texts(asking, f"_dmarc.{domain}") if text.lower().startswith("v=dmarc1")]
        signs = _exists(asking, f"_domainkey.{domain}")
    except (dns.exception.DNSException, OSError):
        return ["DNS could not be asked, so SPF, DKIM and DMARC were not looked at."]
    return [_spf(domain, spf), _dmarc(domain, dmarc), _dkim(domain, signs=signs)]


def _spf(domain: str, found: list[str]) -> str:
    if not found:
        return f"SPF: {domain} does not say who may send for it. Add a TXT record, or much of your mail will count as spam."
    if len(found) > 1:
        return f"SPF: {domain} has {len(found)} SPF records; there may be only one (RFC 7208 3.2). Put them together."
    return f"SPF: {found[0]}"


def _dmarc(domain: str, found: list[str]) -> str:
    if found:
        return f"DMARC: {found[0]}"
    return f"DMARC: there is no TXT record at _dmarc.{domain}. Gmail and Microsoft want one: start with “v=DMARC1; p=none”."


def _dkim(domain: str, *, signs: bool) -> str:
    if signs:
        return f"DKIM: {domain} publishes keys."
    return f"DKIM: no keys were found at {domain}. Switch signing on at your mail provider and publish the key it shows."


def _texts(resolver: dns.resolver.Resolver, name: str) -> list[str]:
    """The TXT records of a name; a record cut into pieces is put together (RFC 7208 3.3)."""
    try:
        answer = resolver.resolve(name, dns.rdatatype.TXT)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.name.EmptyLabel, dns.name.LabelTooLong):
        return []
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def _exists(resolver: dns.resolver.Resolver, name: str) -> bool:
    """Whether anything lies at or under a name: NXDOMAIN says that nothing does (RFC 8020)."""
    try:
        resolver.resolve(name, dns.rdatatype.TXT)
    except dns.resolver.NoAnswer:
        return True
    except (dns.resolver.NXDOMAIN, dns.name.EmptyLabel, dns.name.LabelTooLong):
        return False
    return True
