"""Who asks: `Authorization: Bearer ot_…`. There is no session here, so no other site can make a browser ask in somebody's name."""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from agents import tokens
from agents.api import limits
from agents.models import ApiToken
from inbox.models import Agent

SCHEME = "Bearer"


class ApiRequest(Request):
    """A request with a token that works."""

    user: Agent
    auth: ApiToken


class BearerToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Agent, ApiToken] | None:
        """The agent a token stands for, and the token. None without one. Raises AuthenticationFailed, Throttled."""
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        token = tokens.read(text.strip())
        if token is None:
            limits.count_failure(request)
            raise AuthenticationFailed(_("There is no such token."), code="token_invalid")
        # Only who holds the secret learns why it does not work.
        if token.revoked_at is not None:
            raise AuthenticationFailed(
                _("This token was revoked. Ask an admin for another."), code="token_revoked"
            )
        if token.expired:
            raise AuthenticationFailed(
                _("This token has expired. Ask an admin for another."), code="token_expired"
            )
        if token.dead:
            sentence = _("The agent this token stands for does not work here any more.")
            raise AuthenticationFailed(sentence, code="token_dead")
        if token.outgrown:
            sentence = _(
                "The agent this token stands for reads another desk now. Ask one of its admins for a new token."
            )
            raise AuthenticationFailed(sentence, code="token_outgrown")
        tokens.used(token)
        return token.agent, token

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        return f'{SCHEME} realm="Onethread"'
