"""Slack as a place where colleagues work: notices with buttons, forms to write in, and who pressed what."""

from __future__ import annotations

import json
from typing import Any

from connectors import http
from connectors.slack.api import Slack, said
from connectors.slack.errors import refusal
from connectors.slack.payload import first, rows, table, text
from connectors.slack.pressing import ACT, FIELD, FORM
from connectors.slack.reading import WHISPER
from connectors.slack.sending import LABEL, NOTICE, client_id, sections
from connectors.slack.settings import SlackSettings
from connectors.slack.wording import mrkdwn
from inbox.contract import Address, AgentActed, ChannelBroken, Notice, PermanentFailure

# Block Kit: characters of a form's title, of a button's value, of private_metadata, of a whole input.
TITLE, VALUE, ABOUT, INPUT = 24, 2000, 3000, 3000
# Where response_urls are (docs: interactivity/handling-user-interaction).
HOOKS = "hooks.slack.com"
NOBODY = "Nobody is told: enter the channel for notices in the channel's settings."


def notify(slack: Slack, settings: SlackSettings, notice: Notice) -> None:
    """Into the team's channel, or to the one colleague whose mail address it names."""
    if notice.email:
        channel = said(slack.users_lookupByEmail(email=notice.email), "user", "id")
    elif settings.notice_channel:
        channel = settings.notice_channel
    else:
        raise PermanentFailure(NOBODY, code="no_notice_channel")
    slack.chat_postMessage(
        channel=channel,
        text=mrkdwn(f"{notice.title}: {notice.text}" if notice.text else notice.title),
        blocks=_blocks(notice),
        unfurl_links=False,
        metadata={"event_type": NOTICE, "event_payload": {"subject": notice.subject}},
        client_msg_id=client_id(notice.key),
    )


def _blocks(notice: Notice) -> list[dict[str, Any]]:
    head = f"*{mrkdwn(notice.title)}*" + (f"\n{mrkdwn(notice.text)}" if notice.text else "")
    buttons = [_button(name, label, notice.subject) for name, label in notice.acts]
    if notice.url:
        opening = {"type": "plain_text", "text": "Open"}
        buttons.append({"type": "button", "action_id": "open", "text": opening, "url": notice.url})
    return [*sections(head), *([{"type": "actions", "elements": buttons}] if buttons else [])]


def _button(name: str, label: str, subject: str) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": f"{ACT}{name}",
        "text": {"type": "plain_text", "text": label[:LABEL]},
        "value": subject[:VALUE],
    }


def open_form(slack: Slack, acted: AgentActed, *, title: str, text: str) -> None:
    """A modal with one field. What it is about travels with it, so that nothing has to be remembered here."""
    about = json.dumps({"subject": acted.subject, "answer_url": acted.answer_url})
    field = {"type": "plain_text_input", "action_id": FIELD, "multiline": True, "max_length": INPUT}
    head = f"*{mrkdwn(title)}*" + (f"\n{mrkdwn(text)}" if text else "")
    reply = acted.act == "reply"
    label = "Your answer to the customer" if reply else "Your note (the customer never sees it)"
    view = {
        "type": "modal",
        "callback_id": f"{FORM}{acted.act}",
        "private_metadata": about[:ABOUT],
        "title": _words("Answer" if reply else "Note"),
        "submit": _words("Send" if reply else "Save"),
        "close": _words("Cancel"),
        "blocks": [
            *sections(head[:INPUT]),
            {"type": "input", "block_id": FIELD, "element": field, "label": _words(label, LABEL)},
        ],
    }
    slack.views_open(trigger_id=acted.form_handle, view=view)


def _words(text: str, limit: int = TITLE) -> dict[str, str]:
    return {"type": "plain_text", "text": text[:limit]}


def tell(slack: Slack, answer_url: str, line: str) -> None:
    """To whoever pressed the button, seen by nobody else: by their response_url (30 minutes, 5 times), or beside the thread."""
    if answer_url.startswith(WHISPER):
        channel, ts, user = [*answer_url.removeprefix(WHISPER).split("/"), "", ""][:3]
        slack.chat_postEphemeral(channel=channel, user=user, thread_ts=ts or None, text=mrkdwn(line))
        return
    if not slack.stand_in and http.checked(answer_url).host != HOOKS:
        raise PermanentFailure("This is no address Slack takes answers at.", code="address_refused")
    said_it = {"response_type": "ephemeral", "replace_original": False, "text": mrkdwn(line)}
    answer = slack.exchange(answer_url, json=said_it)
    if answer.status_code != 200:
        raise refusal(answer.status_code, {"error": answer.text[:80]}, answer.headers)


def email_of(slack: Slack, team: str, who: Address) -> str:
    """The address Slack has confirmed for one of our own people. Other companies' admins can give theirs any address they like."""
    of, _, user = who.value.partition("/")
    if not user or of != team:
        return ""
    person = table(slack.users_info(user=user).data, "user")
    ours = team in {text(person, "team_id"), *_teams(person)}
    stranger = (
        person.get("is_stranger") is True or person.get("is_bot") is True or person.get("deleted") is True
    )
    if not ours or stranger or person.get("is_email_confirmed") is False:
        return ""
    return text(person, "profile", "email").strip().lower()


def _teams(person: Any) -> list[str]:
    """The workspaces of somebody in an organisation (Enterprise Grid)."""
    listed = table(person, "enterprise_user").get("teams")
    return [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []


def name_of(slack: Slack, who: Address) -> str:
    """A person's name or a channel's. People of other companies have one too, if they are in a channel with us."""
    id_ = who.value.rpartition("/")[2]
    if id_.startswith(("U", "W")):
        profile = table(slack.users_info(user=id_).data, "user", "profile")
        return first(text(profile, "display_name"), text(profile, "real_name"))
    if not id_.startswith(("C", "G")):
        return ""
    name = text(slack.conversations_info(channel=id_).data, "channel", "name")
    return f"#{name}" if name else ""


def subject_of(slack: Slack, notice: str) -> str:
    """What one of our notices is about, read from its metadata; "" for any other message."""
    channel, _, ts = notice.partition("/")
    try:
        got = slack.conversations_replies(channel=channel, ts=ts, limit=1, include_all_metadata=True)
    except ChannelBroken:
        raise
    except PermanentFailure:
        return ""
    root = next((each for each in rows(got.data, "messages") if text(each, "ts") == ts), {})
    ours = text(root, "metadata", "event_type") == NOTICE and text(root, "bot_id")
    return text(root, "metadata", "event_payload", "subject") if ours else ""
