"""The stand-in's webhooks: what customers write, and what becomes of our messages (docs: whatsapp/webhooks/reference/messages)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from connectors.whatsapp.standin.account import Account, Person, Sent, wamid

TITLES = {131026: "Message undeliverable", 131047: "Re-engagement message"}
# Seconds between the states a message passes through in the demo, so that a person can see them.
STEP = 0.6


class Webhooks:
    """`post` signs and delivers; the status of the answer comes back."""

    def __init__(self, account: Account, post: Callable[[Mapping[str, Any]], int]) -> None:
        self.account = account
        self.post = post

    def write(self, person: Person, kind: str, content: Any, **more: Any) -> tuple[dict[str, Any], int]:
        """A customer's message; opens the window. The message as Meta writes it, and the hook's answer."""
        account = self.account
        with account.lock:
            person.last_wrote = time.time()
            message = {"id": wamid(), "timestamp": str(int(time.time())), "type": kind, kind: content, **more}
            message |= {"from_user_id": person.user_id} | ({} if person.hidden else {"from": person.number})
            account.written.append(message)
        contact: dict[str, Any] = {"profile": {"name": person.name}, "user_id": person.user_id}
        contact |= {} if person.hidden else {"wa_id": person.number}
        return message, self._send({"contacts": [contact], "messages": [message]})

    def report(self, sent: Sent, status: str, error: int = 0) -> int:
        """A status of one of our messages."""
        sent.status = status
        person = self.account.find(sent.to)
        report: dict[str, Any] = {"id": sent.id, "status": status, "timestamp": str(int(time.time()))}
        if person:
            report |= {"recipient_user_id": person.user_id}
            report |= {} if person.hidden else {"recipient_id": person.number}
        if sent.named:
            report["biz_opaque_callback_data"] = sent.named
        if error:
            title = TITLES[error]
            report["errors"] = [
                {"code": error, "title": title, "message": title, "error_data": {"details": title}}
            ]
        return self._send({"statuses": [report]})

    def travel(self, sent: Sent) -> None:
        """All that becomes of a message, a step at a time."""
        if sent.lost or sent.content["type"] == "reaction":
            return
        end, error = self.account.fate(sent)
        for status in ("sent",) if end == "failed" else ("sent", "delivered", "read"):
            time.sleep(STEP)
            self.report(sent, status)
        if end == "failed":
            self.report(sent, end, error)

    def _send(self, value: Mapping[str, Any]) -> int:
        account = self.account
        metadata = {"display_phone_number": account.number, "phone_number_id": account.phone_number_id}
        whole = {"messaging_product": "whatsapp", "metadata": metadata, **value}
        entry = {"id": account.waba_id, "changes": [{"value": whole, "field": "messages"}]}
        return self.post({"object": "whatsapp_business_account", "entry": [entry]})
