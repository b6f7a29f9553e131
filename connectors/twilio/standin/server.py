"""The stand-in's HTTP side: the routes of Twilio's API. The server itself is connectors/standin/."""

from __future__ import annotations

from connectors.standin import server
from connectors.standin.wire import Answer, Asked
from connectors.twilio.standin import api
from connectors.twilio.standin.account import Account
from connectors.twilio.standin.records import Refusal, Sms
from connectors.twilio.standin.webhooks import Webhooks
from connectors.twilio.standin.wire import refused


class StandIn(server.StandIn):
    """One running stand-in of an account. `asked` are the calls to the API in order."""

    def __init__(self, account: Account, *, port: int = 0) -> None:
        super().__init__(port=port)
        self.account = account
        self.webhooks = Webhooks(account, self.base)

    def respond(self, asked: Asked) -> Answer:
        """The answer to one request. Raises Cut to hang up without one."""
        if asked.path.startswith("/cdn/"):
            return api.cdn(self.account, asked)
        return super().respond(asked)

    def answer(self, asked: Asked) -> Answer:
        """What Twilio would say."""
        try:
            answer, created = api.respond(self.account, asked, port=self.port)
        except Refusal as refusal:
            return refused(refusal)
        if created:
            self.created(created)
        return answer

    def created(self, sms: Sms) -> None:
        """A message was accepted. Here it waits until somebody says what becomes of it."""
