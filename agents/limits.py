"""How often one may try a password or ask for a link, and what is said to whoever tries more often."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from agents.access import AgentRequest
from inbox.limits import Limit, network, spend

LOGINS_OF_IP = Limit("login-ip", 100, 900)
LOGINS_OF_PAIR = Limit("login-pair", 10, 900)
"""One address trying one account."""
LOGINS_OF_ACCOUNT = Limit("login-account", 60, 3600)
"""However many addresses try it together; enough that a stranger cannot easily lock somebody out."""
RESETS_OF_IP = Limit("reset-ip", 10, 3600)
RESETS_OF_ADDRESS = Limit("reset-address", 3, 3600)
PASSWORDS_OF_AGENT = Limit("password-agent", 10, 900)
CHECKS_OF_AGENT = Limit("check-agent", 20, 60)
SEARCHES_OF_AGENT = Limit("search-agent", 120, 60)
"""On every page with a search field together, and in the palette, which asks while one types."""


def client(request: HttpRequest) -> str:
    """The address the request came from; config/proxies.py has seen to it that nobody can make it up."""
    return str(request.META.get("REMOTE_ADDR", ""))


def of_login(request: HttpRequest, email: str) -> int:
    """Count one try to log in. Gives the seconds to wait, 0 if it is within the limits."""
    ip, account = network(client(request)), email.strip().lower()[:254]
    return max(
        spend(LOGINS_OF_IP, ip),
        spend(LOGINS_OF_PAIR, f"{ip}/{account}"),
        spend(LOGINS_OF_ACCOUNT, account),
    )


def of_reset(request: HttpRequest, email: str) -> int:
    """Count one request for a reset link; the same for addresses we know and those we do not."""
    return max(
        spend(RESETS_OF_IP, network(client(request))),
        spend(RESETS_OF_ADDRESS, email.strip().lower()[:254]),
    )


def of_search(request: AgentRequest) -> int:
    """Count one search of an agent, wherever it is asked. Gives the seconds to wait, 0 if it is within the limit."""
    return spend(SEARCHES_OF_AGENT, str(request.user.pk))


def too_many(request: HttpRequest, wait: int) -> HttpResponse:
    """429, in the look of the product, with the time to wait."""
    answer = render(request, "429.html", {"minutes": (wait + 59) // 60, "of_agents": True}, status=429)
    answer["Retry-After"] = str(wait)
    return answer
