"""What Telegram's refusals mean for an agent. Telegram has HTTP statuses and English descriptions, no codes of its own.

Descriptions: tdlib/telegram-bot-api (Client.cpp) and the lists that bot authors keep.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from inbox.contract import ChannelBroken, ContractError, PermanentFailure, TemporaryFailure


class Refused(Exception):
    """`{"ok": false}`: the status, Telegram's words, and its parameters (retry_after, migrate_to_chat_id)."""

    def __init__(self, status: int, said: str, parameters: Mapping[str, Any]) -> None:
        super().__init__(said)
        self.status = status
        self.said = said
        self.parameters = parameters

    def says(self, *words: str) -> bool:
        """Whether one of `words` is in Telegram's description."""
        return any(each.lower() in self.said.lower() for each in words)


@dataclass(frozen=True, slots=True)
class Meaning:
    """`undeliverable`: this chat will never take a message. `opted_out`: its owner does not want ours."""

    reason: str
    code: str
    undeliverable: bool = False
    opted_out: bool = False


# The first whose words are in the description.
MEANINGS = {
    "bot was blocked by the user": Meaning(
        "The customer has blocked the bot. They can start it again in Telegram.", "blocked", opted_out=True
    ),
    "user is deactivated": Meaning(
        "The customer's Telegram account no longer exists. Use another channel.", "gone", undeliverable=True
    ),
    "bot was kicked": Meaning("The bot was removed from the group.", "kicked", opted_out=True),
    "bot is not a member": Meaning("The bot is not in the group any more.", "kicked", opted_out=True),
    "the group chat was deleted": Meaning("The group no longer exists.", "gone", undeliverable=True),
    "can't initiate conversation": Meaning(
        "A bot cannot write first. The customer must start it in Telegram.", "not_started"
    ),
    "can't send messages to bots": Meaning(
        "This is a bot, and bots cannot write to bots.", "bot", undeliverable=True
    ),
    "can't send messages to the user": Meaning(
        "A bot cannot write first. The customer must start it in Telegram.", "not_started"
    ),
    "chat not found": Meaning(
        "Telegram does not know this chat: the customer never wrote to this bot, or is gone.",
        "unknown",
        undeliverable=True,
    ),
    "peer_id_invalid": Meaning(
        "Telegram does not know this chat: the customer never wrote to this bot, or is gone.",
        "unknown",
        undeliverable=True,
    ),
    "message is too long": Meaning(
        "The text is too long for Telegram: 4,096 characters. Shorten it.", "too_long"
    ),
    "caption is too long": Meaning(
        "The text of a picture or file is at most 1,024 characters. Shorten it.", "too_long"
    ),
    "text is empty": Meaning("The message is empty. Write something or add a file.", "empty"),
    "file must be non-empty": Meaning("A file is empty. Attach it again.", "empty_file"),
    "too large": Meaning("A file is larger than 50 MB. Send a link instead.", "too_large"),
    "too big": Meaning("The file is larger than 20 MB, the most a bot may fetch.", "too_large"),
    "voice_messages_forbidden": Meaning("The customer takes no voice messages.", "no_voice"),
    "topic_closed": Meaning("This topic of the group is closed.", "closed"),
    "message thread not found": Meaning("This topic of the group no longer exists.", "no_topic"),
    "not enough rights": Meaning("The bot may not do this in the group. Ask the group's admin.", "rights"),
    "no rights": Meaning("The bot may not write in the group. Ask the group's admin.", "rights"),
    "chat_write_forbidden": Meaning("The bot may not write in the group. Ask the group's admin.", "rights"),
    "message can't be edited": Meaning("This message can no longer be edited.", "no_edit"),
    "message to edit not found": Meaning("The message is no longer there.", "gone_message"),
    "message can't be deleted": Meaning(
        "Telegram deletes messages only within 48 hours. This one is older.", "no_delete"
    ),
    "reaction_invalid": Meaning("Telegram does not have this emoji as a reaction. Choose another.", "emoji"),
    "message to react not found": Meaning("The message is no longer there.", "gone_message"),
    "message to be replied not found": Meaning("The message you answer is no longer there.", "gone_message"),
}

BROKEN = "Telegram refuses the bot's token. Enter the current one from @BotFather in the channel's settings."


def error_of(refused: Refused) -> ContractError:
    """The contract's error for a refusal."""
    status = refused.status
    if status == 429:
        seconds = refused.parameters.get("retry_after")
        wait = timedelta(seconds=min(seconds, 86_400)) if isinstance(seconds, int) and seconds > 0 else None
        return TemporaryFailure(
            "Telegram asks us to slow down. It is tried again by itself.", code="429", retry_after=wait
        )
    # 404 without further words is how a token of the wrong form is refused.
    if status == 401 or (status == 404 and refused.said in {"", "Not Found"}):
        return ChannelBroken(BROKEN, code=str(status))
    if status >= 500:
        return TemporaryFailure("Telegram has a fault. It is tried again by itself.", code=str(status))
    for words, means in MEANINGS.items():
        if refused.says(words):
            return PermanentFailure(
                means.reason,
                code=means.code,
                undeliverable=means.undeliverable,
                opted_out=means.opted_out,
            )
    if status == 413:
        return PermanentFailure(MEANINGS["too large"].reason, code="too_large")
    words = refused.said.partition(": ")[2] or refused.said or f"status {status}"
    return PermanentFailure(f"Telegram refused it: {words[:200]}", code=str(status))
