"""The life of a visitor's session: begun, recognised, renewed, given to an identified user, ended. Who may do it: gate.py."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from connectors.visitors import tokens
from connectors.visitors.models import USER, Ended, VisitorSession
from inbox import live
from inbox.models import Channel

ROTATE_AFTER = timedelta(hours=1)
# Other tabs may still be on the way with the token before.
GRACE = timedelta(seconds=60)
SEEN_EVERY = timedelta(minutes=5)
# Told to every process, so that the session's sockets close wherever they are; hub.py listens.
SESSION_ENDED = "visitors.session_ended"


def begin(channel: Channel) -> VisitorSession:
    """A new anonymous visitor."""
    return VisitorSession.objects.create(channel=channel, visitor=secrets.token_urlsafe(16))


def recognise(channel: Channel, token: object) -> VisitorSession | None:
    """The session this token belongs to on this channel, or None. An old token that comes back ends its session: either its
    owner or a thief holds a copy, and we cannot know which."""
    read = tokens.read(token)
    if read is None:
        return None
    sid, generation = read
    found = (
        VisitorSession.objects.filter(channel=channel, sid=sid, ended_at=None)
        .select_related("channel__desk")
        .first()
    )
    if found is None:
        return None
    now = timezone.now()
    if generation == found.generation:
        _seen(found)
        return found
    grace = not found.confirmed or now - found.rotated_at < GRACE
    if generation == found.generation - 1 and grace:
        return found
    end(found, Ended.REUSED)
    return None


def _seen(session: VisitorSession) -> None:
    now = timezone.now()
    if session.confirmed and now - session.seen_at < SEEN_EVERY:
        return
    session.confirmed, session.seen_at = True, now
    VisitorSession.objects.filter(pk=session.pk, generation=session.generation).update(
        confirmed=True, seen_at=now
    )


def token_for(session: VisitorSession) -> str:
    """The token to use from now on: a new one once the present one is an hour old."""
    now = timezone.now()
    if session.confirmed and now - session.rotated_at > ROTATE_AFTER:
        current = VisitorSession.objects.filter(pk=session.pk, generation=session.generation)
        current.update(generation=F("generation") + 1, confirmed=False, rotated_at=now)
        session.refresh_from_db()
    return tokens.issue(session.sid, session.generation)


def identify(
    channel: Channel, session: VisitorSession | None, sub: str
) -> tuple[VisitorSession, VisitorSession | None]:
    """The session of the user `sub`, and the anonymous one that has now become theirs (None if there was none).

    A session of another user is cut, never joined: two people shared a browser.
    """
    visitor = USER + sub
    if session is not None and session.visitor == visitor:
        return session, None
    with transaction.atomic():
        new = VisitorSession.objects.create(channel=channel, visitor=visitor)
        if session is None:
            return new, None
        anonymous = not session.identified
        ended = end(session, Ended.REPLACED, became=visitor if anonymous else "")
    return new, session if anonymous and ended else None


def hand_over(channel: Channel, session: VisitorSession | None, *, visitor: str = "") -> VisitorSession:
    """A session of `visitor` (a new one by default) in place of the browser's present one, which is cut and never joined."""
    with transaction.atomic():
        if session is not None:
            end(session, Ended.REPLACED)
        return VisitorSession.objects.create(channel=channel, visitor=visitor or secrets.token_urlsafe(16))


def end(session: VisitorSession, why: Ended, *, became: str = "") -> bool:
    """The session is over: its tokens are worth nothing and its sockets close. False if it was over already."""
    now = timezone.now()
    changed = VisitorSession.objects.filter(pk=session.pk, ended_at=None).update(
        ended_at=now, ended_why=why, became=became
    )
    if changed:
        transaction.on_commit(lambda: live.signal({"type": SESSION_ENDED, "sid": session.sid}))
    return bool(changed)


def visitors_of(session: VisitorSession) -> list[str]:
    """All that this visitor was called on this channel: themselves, and whom they were before they were identified."""
    if not session.identified:
        return [session.visitor]
    before = VisitorSession.objects.filter(channel=session.channel, became=session.visitor)
    return [session.visitor, *before.order_by("-pk").values_list("visitor", flat=True)[:50]]


def forget(older_than: timedelta = tokens.LIFETIME) -> int:
    """Delete sessions whose tokens have all expired; those that say who a visitor became stay. Gives how many went."""
    old = VisitorSession.objects.filter(seen_at__lt=timezone.now() - older_than, became="")
    return old.delete()[0]
