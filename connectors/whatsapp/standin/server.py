"""The stand-in on a port: Graph's routes that the connector uses, and in the demo a phone page (page.py)."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from email.parser import BytesParser
from email.policy import HTTP

from connectors.meta.standin import GraphRefusal, GraphStandIn
from connectors.standin.wire import Answer, Asked, as_json
from connectors.whatsapp.standin import page, rules
from connectors.whatsapp.standin.account import Account
from connectors.whatsapp.standin.webhooks import Webhooks

MEDIA = re.compile(r"/(\d+)")


class Cloud(GraphStandIn):
    """One number. `automatic`: in the demo messages travel by themselves; in tests each step is asked for."""

    open_paths = ("/files/", "/phone")

    def __init__(
        self, account: Account, *, app_id: str, app_secret: str, port: int = 0, automatic: bool = False
    ) -> None:
        super().__init__(app_id=app_id, app_secret=app_secret, port=port)
        self.account = account
        self.automatic = automatic
        self.webhooks = Webhooks(account, self.deliver)

    def graph(self, asked: Asked, path: str) -> Answer:
        account = self.account
        routes: dict[tuple[str, str], Callable[[Asked], Answer]] = {
            ("POST", f"/{account.phone_number_id}/messages"): self._messages,
            ("POST", f"/{account.phone_number_id}/media"): self._upload,
            ("GET", f"/{account.phone_number_id}"): self._number,
            ("GET", f"/{account.waba_id}"): self._waba,
            ("GET", f"/{account.waba_id}/subscribed_apps"): self._apps,
            ("GET", f"/{account.waba_id}/message_templates"): self._templates,
        }
        if route := routes.get((asked.method, path)):
            with account.lock:
                return route(asked)
        found = MEDIA.fullmatch(path)
        if asked.method == "GET" and found and found[1] in account.media:
            content_type, content = account.media[found[1]]
            url = f"{self.base}/files/{found[1]}"
            return as_json({"url": url, "mime_type": content_type, "file_size": len(content), "id": found[1]})
        raise GraphRefusal(100, f"Unsupported {asked.method.lower()} request.", subcode=33)

    def open(self, asked: Asked) -> Answer:
        if asked.path.startswith("/phone"):
            return page.respond(self, asked) if self.automatic else Answer(404)
        if asked.bearer not in self.tokens:
            return Answer(401, b"", "text/plain")
        content_type, content = self.account.media.get(asked.path.rpartition("/")[2], ("", b""))
        return Answer(200, content, content_type) if content_type else Answer(404, b"", "text/plain")

    def _messages(self, asked: Asked) -> Answer:
        data = asked.json
        if not isinstance(data, dict) or data.get("messaging_product") != "whatsapp":
            raise rules.missing("messaging_product")
        if data.get("status") == "read":
            if not self.account.knows(str(data.get("message_id"))):
                raise rules.invalid("The message to be read does not exist.", 100)
            self.account.read.append(data)
            return as_json({"success": True})
        sent = rules.create(self.account, data)
        self.account.sent.append(sent)
        if self.automatic:
            threading.Thread(target=self.webhooks.travel, args=(sent,), daemon=True).start()
        person = self.account.find(sent.to)
        contact = {"input": sent.to} | ({"wa_id": person.number} if person and not person.hidden else {})
        if data.get("recipient"):
            contact["user_id"] = sent.to
        return as_json(
            {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": sent.id}]}
        )

    def _upload(self, asked: Asked) -> Answer:
        head = f"Content-Type: {asked.headers.get('content-type', '')}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + asked.body)
        fields = {str(p.get_param("name", header="content-disposition")): p for p in parts.iter_parts()}
        if "messaging_product" not in fields or "file" not in fields:
            raise rules.missing("messaging_product" if "file" in fields else "file")
        content = fields["file"].get_payload(decode=True)
        content_type, kept = fields["file"].get_content_type(), content if isinstance(content, bytes) else b""
        rules.check_upload(content_type, kept)
        return as_json({"id": self.account.add_media(content_type, kept)})

    def _number(self, asked: Asked) -> Answer:
        known = {
            "display_phone_number": f"+{self.account.number}",
            "verified_name": "Stand-in",
            "status": "CONNECTED",
            "quality_rating": "GREEN",
            "name_status": "APPROVED",
            "health_status": {"can_send_message": "AVAILABLE", "entities": []},
            "webhook_configuration": self.account.webhooks,
        } | self.account.details
        wanted = asked.query.get("fields", "").split(",")
        return as_json(
            {name: known[name] for name in wanted if name in known} | {"id": self.account.phone_number_id}
        )

    def _waba(self, asked: Asked) -> Answer:
        owner = {"id": self.account.portfolio_id, "name": "Stand-in"}
        return as_json({"id": self.account.waba_id, "name": "Stand-in", "owner_business_info": owner})

    def _apps(self, asked: Asked) -> Answer:
        return as_json(
            {
                "data": [
                    {"whatsapp_business_api_data": {"id": each}} for each in sorted(self.account.subscribed)
                ]
            }
        )

    def _templates(self, asked: Asked) -> Answer:
        limit, start = int(asked.query.get("limit", "25")), int(asked.query.get("after") or 0)
        found = self.account.templates[start : start + limit]
        paging = {"cursors": {"before": str(start), "after": str(start + limit)}}
        more = start + limit < len(self.account.templates)
        return as_json(
            {"data": found, "paging": paging | ({"next": f"{self.graph_url}/next"} if more else {})}
        )
