"""What an inbound message cites: our signed reply addresses, and ids of earlier messages.

A signed address counts whoever uses it, as long as whom it was given to still takes part in that conversation (an undone merge may
have taken them out); a cited id only if the author takes part (anyone can write headers).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inbox.actions import rows
from inbox.signing import ReplyToken, read_reply_token
from inbox.text import storable

if TYPE_CHECKING:
    from inbox.actions.arriving import Arriving

MAX_CITED = 200


@dataclass(slots=True)
class Cited:
    """The conversations cited by a batch, before it is decided who may join them."""

    tokens: dict[int, ReplyToken] = field(default_factory=dict)
    by_reference: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    participants: set[tuple[int, int]] = field(default_factory=set)
    customers: dict[int, int] = field(default_factory=dict)
    became: dict[int, int] = field(default_factory=dict)

    @property
    def conversation_ids(self) -> set[int]:
        return set(self.customers)

    @property
    def customer_ids(self) -> set[int]:
        return set(self.customers.values())

    def conversation_for(self, item: Arriving, author_id: int) -> int | None:
        """The conversation this message validly cites, or None. The newest id cited wins."""
        token = self.tokens.get(item.order)
        if token is not None and self._takes_part(token):
            return token.conversation_id
        for reference in reversed(item.references):
            for conversation_id, desk_id in self.by_reference.get(storable(reference)[:512], ()):
                if desk_id == item.channel.desk_id and (conversation_id, author_id) in self.participants:
                    return conversation_id
        return None

    def _takes_part(self, token: ReplyToken) -> bool:
        """Whether whom the token was given to takes part in its conversation, or in the one that this became part of."""
        conversation_id: int | None = token.conversation_id
        seen: set[int] = set()
        while conversation_id is not None and conversation_id not in seen:
            if (conversation_id, token.identity_id) in self.participants:
                return True
            seen.add(conversation_id)
            conversation_id = self.became.get(conversation_id)
        return False

    def is_answered_by(self, item: Arriving, identity_id: int) -> bool:
        """Whether the message answers something that we had sent to exactly this identity: only its holder can know that."""
        cited_here = (
            conversation_id
            for reference in item.references
            for conversation_id, _desk_id in self.by_reference.get(storable(reference)[:512], ())
        )
        return self.token_is_for(item, identity_id) or any(
            (conversation_id, identity_id) in self.participants for conversation_id in cited_here
        )

    def token_is_for(self, item: Arriving, identity_id: int) -> bool:
        """Whether the message carries a token that we had given to exactly this identity."""
        token = self.tokens.get(item.order)
        return token is not None and token.identity_id == identity_id


def cited(messages: Sequence[Arriving]) -> Cited:
    """Look up what a batch cites: at most three queries, none if nothing is cited."""
    result = Cited()
    for item in messages:
        valid = (read_reply_token(token) for token in item.event.reply_tokens[:MAX_CITED])
        token = next((found for found in valid if found is not None), None)
        if token is not None:
            result.tokens[item.order] = token
    references = {storable(ref)[:512] for item in messages for ref in item.references[-MAX_CITED:] if ref}
    if references:
        _read_references(result, references)
    conversation_ids = {token.conversation_id for token in result.tokens.values()}
    conversation_ids |= {found[0] for listed in result.by_reference.values() for found in listed}
    if conversation_ids:
        _read_conversations(result, conversation_ids)
    return result


def _read_references(result: Cited, references: set[str]) -> None:
    found = rows.select(
        "SELECT DISTINCT m.reference_id, m.conversation_id, c.desk_id FROM inbox_message m"
        " JOIN inbox_conversation c ON c.id = m.conversation_id WHERE m.reference_id = ANY(%s) AND m.reference_id <> ''",
        [list(references)],
    )
    for reference, conversation_id, desk_id in found:
        result.by_reference.setdefault(reference, []).append((conversation_id, desk_id))


def _read_conversations(result: Cited, conversation_ids: set[int]) -> None:
    """These and those they became part of: whose they are, and who takes part."""
    chain = rows.select(
        "WITH RECURSIVE chain AS (SELECT id, customer_id, merged_into_id FROM inbox_conversation WHERE id = ANY(%s)"
        " UNION SELECT c.id, c.customer_id, c.merged_into_id FROM inbox_conversation c"
        " JOIN chain ON c.id = chain.merged_into_id) SELECT id, customer_id, merged_into_id FROM chain",
        [list(conversation_ids)],
    )
    for conversation_id, customer_id, merged_into_id in chain:
        result.customers[conversation_id] = customer_id
        if merged_into_id is not None:
            result.became[conversation_id] = merged_into_id
    taking_part = rows.select(
        "SELECT DISTINCT m.conversation_id, p.identity_id FROM inbox_message m"
        " JOIN inbox_participant p ON p.message_id = m.id WHERE m.conversation_id = ANY(%s)",
        [list(result.customers)],
    )
    result.participants = {(conversation_id, identity_id) for conversation_id, identity_id in taking_part}
