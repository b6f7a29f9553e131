"""One-time codes: somebody proves that they hold an address by typing what we sent to it. Never a message of the thread.

Not here: how often one may ask (the doors, which know who asks from where) and the sending itself (`send`, called by a task).
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from inbox import queueing
from inbox.actions import apart, identify, proving
from inbox.actions.errors import Refused
from inbox.contract import Address
from inbox.models import ProofCode

LIFETIME = timedelta(minutes=10)
TRIES = 5
DIGITS = 6


@transaction.atomic
def ask(*, author: Address, address: Address, desk_id: int) -> None:
    """Send a new code to `address`; earlier ones of this author are worth nothing from now on. The answer is the same whether
    anybody knows the address or not. Raises Refused if no channel of the desk can reach it.
    """
    if apart.carrier(address, desk_id=desk_id) is None:
        raise Refused(_("We cannot send a code there. Try another address."))
    who = identify.resolve([author])[identify.key_of(author)]
    ProofCode.objects.filter(author=who.id, used_at=None).delete()
    space, value = identify.key_of(address)
    made = ProofCode.objects.create(
        author_id=who.id, space=space, value=value, expires_at=timezone.now() + LIFETIME
    )
    queueing.after_commit("inbox.tasks.send_code", made.pk, desk_id)


@transaction.atomic
def check(*, author: Address, code: str) -> int | None:
    """Take what somebody typed. If it is the code, the address is theirs, proven: gives the id of the customer they are now.
    None if it is not; after TRIES the code is worth nothing.
    """
    who = identify.find(author)
    if who is None:
        return None
    asked = (
        ProofCode.objects.select_for_update()
        .filter(author=who.id, used_at=None, expires_at__gt=timezone.now(), tries__lt=TRIES)
        .order_by("-pk")
        .first()
    )
    if asked is None:
        return None
    asked.tries += 1
    typed = "".join(filter(str.isdecimal, code))
    right = hmac.compare_digest(typed.encode(), _code(asked).encode())
    asked.used_at = timezone.now() if right else None
    asked.save(update_fields=["tries", "used_at"])
    if not right:
        return None
    return proving.proven_here(
        author=author, address=Address(space=asked.space, value=asked.value), how="code"
    )


def send(code_id: int, desk_id: int) -> bool:
    """Bring a code to its address. False if it is worth nothing any more, or the address takes nothing from us.

    Raises contract errors: the task tries again. It leaves outside the thread: no agent ever reads it.
    """
    asked = ProofCode.objects.filter(pk=code_id, used_at=None, expires_at__gt=timezone.now()).first()
    if asked is None:
        return False
    address = Address(space=asked.space, value=asked.value)
    channel = apart.carrier(address, desk_id=desk_id)
    if channel is None:
        return False
    brand = apart.brand(channel)
    text = _(
        "%(code)s is your code for %(brand)s. It is good for ten minutes. We never ask you for it: give it to nobody."
    )
    return apart.send(
        to=address,
        channel=channel,
        key=f"code-{asked.pk}",
        subject=_("Your code for %s") % brand,
        text=text % {"code": _code(asked), "brand": brand},
    )


def proven_by(author: Address) -> Address | None:
    """The address that this author proved by a code last, while we remember it (a day)."""
    who = identify.find(author)
    used = ProofCode.objects.filter(author=who.id if who else None).exclude(used_at=None)
    last = used.order_by("-used_at").first()
    return Address(space=last.space, value=last.value) if last else None


def purge() -> int:
    """Forget codes that ended a day ago. Gives how many."""
    return ProofCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1)).delete()[0]


def _code(asked: ProofCode) -> str:
    """Made from the row and our key, so that it is stored nowhere."""
    digest = salted_hmac(
        "inbox.code", f"{asked.pk}:{asked.created_at.isoformat()}", algorithm="sha256"
    ).digest()
    return f"{int.from_bytes(digest[:8]) % 10**DIGITS:0{DIGITS}}"
