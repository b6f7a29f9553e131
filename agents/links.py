"""The links that let somebody set a password: in a reset they asked for, and in an invitation. Signed, single use, they end."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import base36_to_int, urlsafe_base64_encode

from inbox.models import Agent


class Link(PasswordResetTokenGenerator):
    """Holds the password it was made for, so it works once: a new password makes another hash.

    Django itself ends every token after PASSWORD_RESET_TIMEOUT (three days); `lasts` may be shorter, never longer.
    """

    def __init__(self, how: str, lasts: timedelta) -> None:
        super().__init__()
        self.how = how
        self.lasts = lasts
        self.key_salt = f"agents.links.{how}"

    def check_token(self, user: Agent | None, token: str | None) -> bool:
        """Whether this is a token of ours for them, not used and not ended. Whoever was let go has none."""
        if not user or not token or not user.is_active or not super().check_token(user, token):
            return False
        made = base36_to_int(token.split("-")[0])
        return self._num_seconds(self._now()) - made <= self.lasts.total_seconds()

    def url(self, agent: Agent) -> str:
        """The whole address, for a mail."""
        uid = urlsafe_base64_encode(force_bytes(agent.pk))
        return settings.PUBLIC_URL + reverse(self.how, args=[uid, self.make_token(agent)])


RESET = Link("reset", timedelta(hours=1))
INVITED = Link("invited", timedelta(hours=72))
