"""The corpus: each sample is a raw mail (.eml) and what must be read from it (.json), only as far as it matters."""

import json
from pathlib import Path
from typing import Any

from connectors.email.reading import ParsedMail

FOLDER = Path(__file__).parent / "corpus"
NAMES = sorted(path.stem for path in FOLDER.glob("*.eml"))


def raw(name: str) -> bytes:
    return (FOLDER / f"{name}.eml").read_bytes()


def expected(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text())


def differences(mail: ParsedMail, wanted: dict[str, Any]) -> list[str]:
    """One line for each thing that was read differently from what the sample says."""
    found: list[str] = []
    for key, value in wanted.items():
        found += _difference(mail, key, value)
    return found


def _difference(mail: ParsedMail, key: str, value: Any) -> list[str]:
    if key in ("html_new_has", "html_new_lacks"):
        return [
            f"html_new {'lacks' if key == 'html_new_has' else 'still has'} {snippet!r}"
            for snippet in value
            if (snippet in mail.html_new) is (key == "html_new_lacks")
        ]
    if key == "problems_have":
        return [
            f"no problem says {text!r}" for text in value if not any(text in one for one in mail.problems)
        ]
    if key == "text_starts":
        return [] if mail.text.startswith(value) else [f"text is {mail.text!r}"]
    read = _as_written_in_samples(mail, key, value)
    return [] if read == value else [f"{key}:\n  wanted {value!r}\n  read   {read!r}"]


def _as_written_in_samples(mail: ParsedMail, key: str, value: Any) -> Any:
    match key:
        case "from_":
            return [mail.from_.name, mail.from_.address]
        case "to" | "cc":
            return [[one.name, one.address] for one in getattr(mail, key)]
        case "delivered_to":
            return list(mail.delivered_to)
        case "attachments":
            sizes = [size for _, _, size in value] + [0] * len(mail.attachments)
            return [
                [part.filename, part.content_type, None if size is None else len(part.content)]
                for part, size in zip(mail.attachments, sizes, strict=False)
            ]
        case "inline":
            return [part.content_id for part in mail.attachments if part.inline]
        case "bounce" if value is not None:
            return _bounce(mail, value)
        case "read_receipt":
            receipt = mail.read_receipt
            return receipt and [receipt.recipient, receipt.disposition, receipt.original_message_id]
        case _:
            return getattr(mail, key)


def _bounce(mail: ParsedMail, value: dict[str, Any]) -> dict[str, Any] | None:
    if mail.bounce is None:
        return None
    recipients = mail.bounce.recipients
    told: dict[str, Any] = {
        "recipients": [[one.address, one.status, one.action, one.diagnostic] for one in recipients],
        "addresses": [one.address for one in recipients],
        "statuses": [one.status for one in recipients],
        "original_message_id": mail.bounce.original_message_id,
        "failed": mail.bounce.failed,
    }
    return {key: told[key] for key in value}
