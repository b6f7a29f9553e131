"""What a person reads when everything has started: is it ready, where is it, who may log in."""

import http.client
import json
import urllib.error
import urllib.request
from pathlib import Path

from config.embedded.address import Address


def problems(address: Address) -> list[str]:
    """What /readyz complains of, as sentences; nothing when all is well."""
    host = "127.0.0.1" if address.host == "0.0.0.0" else address.host  # noqa: S104 - compared only
    shown = f"[{host}]" if ":" in host else host
    try:
        with urllib.request.urlopen(f"http://{shown}:{address.port}/readyz", timeout=10):
            return []
    except urllib.error.HTTPError as answer:
        with answer:
            return _sentences(answer.read())
    except (OSError, http.client.HTTPException) as error:
        return [f"The web server does not answer yet ({error})."]


def _sentences(body: bytes) -> list[str]:
    try:
        return list(json.loads(body)["problems"])
    except (ValueError, KeyError, TypeError):
        return ["The web server answers with an error; its lines above say why."]


def banner(address: Address, *, data: Path, seconds: float, missing: list[str], people: str) -> str:
    """Set apart from the log by empty lines. PEOPLE says who may log in; empty outside the demo."""
    first = f"Onethread is ready after {seconds:.1f} s: {address.url}"
    if missing:
        first = f"Onethread answers at {address.url}, but not everything is ready:"
    groups = [[first, *(f"- {sentence}" for sentence in missing)], people.splitlines()]
    groups.append([f"Its data is in {data}. Stop with Ctrl-C."])
    lines = "\n\n".join("\n".join(f"  {line}".rstrip() for line in group) for group in groups if group)
    return f"\n{lines}\n\n"
