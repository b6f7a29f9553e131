"""What a visitor's browser calls by HTTP: its session, the socket's twin (frames, events), history and files."""

from __future__ import annotations

import asyncio
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse

from connectors.visitors import (
    feed,
    files,
    frames,
    hub,
    intake,
    limits,
    news,
    presence,
    proofs,
    sessions,
    vouching,
)
from connectors.visitors.gate import Opened
from connectors.visitors.http import (
    Refused,
    async_visitor_view,
    body_of,
    caller_of,
    ip_of,
    visitor_view,
)
from connectors.visitors.intake import Caller
from connectors.visitors.models import Ended, VisitorSession
from connectors.visitors.offload import in_thread
from inbox.text import storable

LONGEST_WAIT = 25
MOST_FRAMES = 20


def spend(limit: limits.Limit, who: str) -> None:
    """Count one. Raises Refused when the limit is reached."""
    wait = limits.spend(limit, who)
    if wait:
        raise Refused(429, "slow", wait=wait)


@visitor_view("POST")
def session(request: HttpRequest, opened: Opened) -> JsonResponse:
    """A new or renewed token; with `jwt` the host site's user, with `link` whoever a link was sent to, with `email` and `name` what
    the visitor says of themselves."""
    body = body_of(request)
    caller = news.recognise(opened.channel, body.get("token"), ip_of(request))
    now = caller.session if caller else None
    if "jwt" in body:
        now = _vouched(request, opened, now, body["jwt"])
    elif "link" in body:
        return _by_link(request, opened, now, body["link"])
    elif now is None:
        spend(limits.SESSIONS_OF_IP, limits.network(ip_of(request)))
        spend(limits.SESSIONS_OF_CHANNEL, opened.channel.public_id)
        now = sessions.begin(opened.channel)
    if "jwt" not in body and (body.get("email") or body.get("name")):
        _introduced(request, now, body)
    return JsonResponse(news.who(now))


def _by_link(
    request: HttpRequest, opened: Opened, now: VisitorSession | None, secret: object
) -> JsonResponse:
    """Goes on as whom the link was sent to. A link that is over changes nothing: `followed` is false, and the chat an ordinary one."""
    spend(limits.SESSIONS_OF_IP, limits.network(ip_of(request)))
    known = proofs.follow(opened.channel, now, secret)
    session = known or now
    return JsonResponse({"followed": known is not None, **(news.who(session) if session else {})})


def _vouched(
    request: HttpRequest, opened: Opened, now: VisitorSession | None, token: object
) -> VisitorSession:
    spend(limits.VOUCHING_OF_IP, limits.network(ip_of(request)))
    secret = opened.settings.identity_secret
    try:
        user = vouching.check(token, secret=secret, audience=opened.channel.public_id)
    except vouching.NotVouched as error:
        raise Refused(403, "identity", detail=str(error)) from error
    with transaction.atomic():
        known, joined = sessions.identify(opened.channel, now, user.sub)
        if known is not now:
            intake.identified(user, known, joined)
    return known


def _introduced(request: HttpRequest, now: VisitorSession, body: dict[str, Any]) -> None:
    """An identified visitor cannot claim anything: the host site has said who they are."""
    if now.identified:
        raise Refused(403, "identified")
    spend(limits.INTRODUCTIONS, now.sid)
    spend(limits.INTRODUCTIONS_OF_IP, limits.network(ip_of(request)))
    try:
        name, given = frames.text(body, "name", 120), frames.text(body, "email", 254)
    except frames.BadFrame as error:
        raise Refused(400, "introduction") from error
    email = vouching.email(given)
    if given and not email:
        raise Refused(400, "email")
    intake.introduce(now, name=name, email=email)


@visitor_view("POST")
def logout(request: HttpRequest, opened: Opened) -> JsonResponse:
    """Cut the session. A token that is over already is no error."""
    caller = news.recognise(opened.channel, body_of(request).get("token"), ip_of(request))
    if caller is not None:
        presence.note(caller.session, here=False)
        sessions.end(caller.session, Ended.LOGGED_OUT)
    return JsonResponse({})


@visitor_view("POST")
def post_frames(request: HttpRequest, opened: Opened) -> JsonResponse:
    """The socket's frames, for browsers whose socket is blocked."""
    caller = caller_of(request, opened)
    listed = body_of(request).get("frames")
    if not isinstance(listed, list) or len(listed) > MOST_FRAMES:
        raise Refused(400, "frames")
    answers: list[intake.Answer] = []
    for frame in listed:
        if not isinstance(frame, dict) or not isinstance(frame.get("t"), str):
            raise Refused(400, "frames")
        try:
            answers += intake.take(caller, frame)
        except frames.BadFrame as error:
            answers.append({"t": "refused", "id": frame.get("id"), "reason": str(error)})
    return JsonResponse({"frames": answers})


@async_visitor_view("GET")
async def events(request: HttpRequest, opened: Opened) -> JsonResponse:
    """News since a cursor: at once if there is any, else as soon as there is or the wait is over."""
    caller = await in_thread(caller_of, request, opened)
    hello = {"since": request.GET.get("since", ""), "visible": request.GET.get("visible") == "1"}
    line = hub.Line(sid=caller.session.sid, names=await in_thread(news.names, caller))
    await hub.here().join(line)
    try:
        return JsonResponse({"frames": await _frames(caller, line, hello, _seconds(request))})
    finally:
        hub.here().leave(line)


def _seconds(request: HttpRequest) -> float:
    given = request.GET.get("wait", "0")
    return float(min(int(given), LONGEST_WAIT)) if given.isascii() and given.isdecimal() else 0.0


async def _frames(
    caller: Caller, line: hub.Line, hello: dict[str, Any], seconds: float
) -> list[intake.Answer]:
    found = await in_thread(news.hello, caller, hello)
    line.customers = found.customers
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    told: list[intake.Answer] = []
    while not (found.over or told or found.frame["items"] or "reset" in found.frame) and loop.time() < until:
        await line.wait(until - loop.time())
        typing = line.take_typing()
        if typing is not None:
            told.append(await in_thread(news.typing, caller, typing))
        if line.over or line.take_news():
            found = await in_thread(news.hello, caller, hello)
    over = line.over or found.over
    return [{"t": "bye", "reason": over}] if over else [found.frame, *told]


@visitor_view("GET")
def history(request: HttpRequest, opened: Opened) -> JsonResponse:
    """The page of messages before one."""
    reader = feed.Reader.of(caller_of(request, opened).session)
    return JsonResponse(feed.earlier(reader, storable(request.GET.get("before", ""))))


@visitor_view("POST")
def upload(request: HttpRequest, opened: Opened) -> JsonResponse:
    """Keep one file for a message that is being written."""
    caller = caller_of(request, opened)
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Refused(400, "file")
    try:
        return JsonResponse(files.take(caller.session, file, caller.ip))
    except files.FileRefused as refused:
        status = {"size": 413, "type": 415}.get(str(refused), 429)
        raise Refused(status, str(refused), wait=refused.wait) from refused


def file(_request: HttpRequest, kind: str, public_id: str, token: str) -> HttpResponse | FileResponse:
    """The bytes behind a link. Pictures are shown, everything else is saved; nothing of it may run in our name."""
    found = files.linked(kind, public_id, token)
    if found is None or found.blob is None:
        raise Http404
    response = FileResponse(
        default_storage.open(found.blob.file, "rb"),
        as_attachment=not found.is_image,
        filename=found.name,
        content_type=found.content_type if found.is_image else "application/octet-stream",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    response["Cache-Control"] = "private, max-age=3600"
    return response
