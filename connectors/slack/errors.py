"""What Slack's errors mean: one plain sentence each, and what follows. Source: the methods' pages in docs.slack.dev/reference/methods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.http import retry_after
from inbox.contract import (
    ChannelBroken,
    ContractError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)

REFUSED = "Slack refuses our bot token. Install the app again and enter its token in the channel's settings."
BROKEN = {
    "invalid_auth": REFUSED,
    "not_authed": REFUSED,
    "token_revoked": "Our token was revoked in Slack. Install the app again and enter its new token.",
    "token_expired": "Our token has expired. Switch token rotation off in the Slack app, install it again and enter its token.",
    "account_inactive": "The app was removed from the workspace, or the workspace is gone. Install it again.",
    "app_missing_action_url": "The Slack app has interactivity switched off. Switch it on (manifest.yaml does).",
    "org_login_required": "The workspace is moving into a larger organisation. Connect it again when that is done.",
    "team_access_not_granted": "The app may not use this workspace. Ask the organisation's admin.",
    "not_allowed_token_type": "This is not a bot token. Enter the one that begins with xoxb-.",
}
LATER = {
    "ratelimited": "Slack asks us to slow down. It is tried again by itself.",
    "rate_limited": "Slack asks us to slow down. It is tried again by itself.",
    "message_limit_exceeded": "The workspace sends more messages than Slack allows it. It is tried again by itself.",
    "service_unavailable": "Slack is not available now. It is tried again by itself.",
    "request_timeout": "Slack did not get the whole request. It is tried again by itself.",
    "external_channel_migrating": "Slack is moving the shared channel. It is tried again by itself.",
    "team_added_to_org": "The workspace is being moved into an organisation. It is tried again by itself.",
}
# Documented with the words "some aspect of the operation may have succeeded".
MAYBE = {"fatal_error", "internal_error"}
RESTRICTED = (
    "A rule of the workspace keeps our app from writing there. Ask the customer's or your own Slack admin."
)
GONE = "The message is not in Slack any more."
FINAL = {
    "channel_not_found": "Our app does not see this channel. Invite it there (/invite), then send again.",
    "not_in_channel": "Our app is not in this channel. Invite it there (/invite), then send again.",
    "is_archived": "The channel is archived. Ask for it to be opened again, or use another channel.",
    "msg_too_long": "The text is too long for Slack. Shorten it.",
    "msg_blocks_too_long": "The text is too long for Slack together with its buttons. Shorten it.",
    "no_text": "The message is empty. Write something or add a file.",
    "restricted_action": RESTRICTED,
    "restricted_action_read_only_channel": "Nobody may write in this channel.",
    "restricted_action_thread_only_channel": "In this channel one can only answer in threads.",
    "restricted_action_non_threadable_channel": "In this channel there are no threads.",
    "restricted_action_thread_locked": "This thread was locked by an admin.",
    "cannot_reply_to_message": "Nobody can answer this kind of message in a thread.",
    "thread_not_found": "The thread is not in Slack any more.",
    "ekm_access_denied": "The company's admins have switched writing in this channel off.",
    "access_denied": RESTRICTED,
    "no_permission": RESTRICTED,
    "enterprise_is_restricted": RESTRICTED,
    "user_not_found": "Slack does not know this person.",
    "users_not_found": "Nobody in Slack has this mail address.",
    "user_not_visible": "Our app may not see this person.",
    "user_disabled": "This person's account in Slack is switched off.",
    "cannot_dm_bot": "This is a machine; it takes no direct messages.",
    "messages_tab_disabled": "People cannot write to the app: switch its messages tab on (manifest.yaml does).",
    "message_not_found": GONE,
    "cant_update_message": "Slack does not let our app change this message.",
    "cant_delete_message": "Slack does not let our app delete this message.",
    "edit_window_closed": "The workspace allows changes only for a short time, which is over.",
    "invalid_name": "Slack has no such emoji. Choose another one.",
    "too_many_emoji": "The message has all the reactions Slack allows.",
    "too_many_reactions": "The message has all the reactions Slack allows.",
    "not_reactable": "Nobody can react to this message.",
    "file_uploads_disabled": "The workspace does not allow files. Send a link instead.",
    "file_uploads_except_images_disabled": "The workspace allows only pictures. Send a link instead.",
    "file_upload_size_restricted": "The file is larger than the workspace allows. Send a link instead.",
    "slack_connect_file_upload_sharing_blocked": "Files cannot be sent to this company. Send a link instead.",
    "slack_connect_file_link_sharing_blocked": "Files cannot be sent to this company. Send a link instead.",
    "file_not_found": "The file is not in Slack any more.",
    "file_deleted": "The file was deleted in Slack.",
    "storage_limit_reached": "The workspace has no room for more files. Send a link instead.",
    "expired_trigger_id": "Slack waits only three seconds for a form. Press the button again.",
    "trigger_expired": "Slack waits only three seconds for a form. Press the button again.",
    "exchanged_trigger_id": "The form is open already.",
}


def refusal(status: int, said: Any, headers: Mapping[str, str]) -> ContractError:
    """What an answer that is no success means. `said` is its JSON, or None if there is none."""
    code = str(said.get("error") or "") if isinstance(said, dict) else ""
    if status == 429 or code in LATER:
        # Slack limits a method for the whole workspace (docs: apis/web-api/rate-limits).
        reason = LATER.get(code, LATER["ratelimited"])
        wait = retry_after(headers)
        return TemporaryFailure(reason, code=code or "429", retry_after=wait, whole_channel=status == 429)
    if code in BROKEN:
        return ChannelBroken(BROKEN[code], code=code)
    if code in MAYBE or (status >= 500 and status != 503) or (not code and status < 400):
        return OutcomeUnknown(
            "Slack had a fault; nobody knows whether it took the message.", code=code or f"http_{status}"
        )
    if status == 503:
        return TemporaryFailure(LATER["service_unavailable"], code=code or "http_503")
    if status == 401:
        return ChannelBroken(REFUSED, code=code or "http_401")
    if code == "missing_scope":
        needed = str(said.get("needed") or "") or "one it needs"
        return PermanentFailure(
            f"The Slack app lacks a permission ({needed}). Add it to the app and install it again.", code=code
        )
    reason = FINAL.get(code) or f"Slack refused it ({(code or f'HTTP {status}')[:80]})."
    return PermanentFailure(reason, code=code or f"http_{status}")


def unreachable() -> ContractError:
    return TemporaryFailure("Slack cannot be reached now.", code="unreachable")


def no_answer() -> ContractError:
    return OutcomeUnknown("The connection to Slack ended before it answered.", code="no_answer")
