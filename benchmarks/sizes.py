"""How much of everything: `small` for every day, `large` to be quoted, `tiny` to prove that each measure runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """rounds of each measure · messages, posts or mails of a round · people known before · sockets and events of a
    broadcast · conversations of the lists measured and of
    those they are compared with, which page is the deep one, and the messages of each conversation · customers among whom one is looked for."""

    rounds: int
    messages: int
    posts: int
    mails: int
    regulars: int
    sockets: int
    events: int
    conversations: int
    few_conversations: int
    deep_page: int
    messages_each: int
    customers: int


SIZES = {
    "tiny": Size(
        rounds=1,
        messages=5,
        posts=10,
        mails=3,
        regulars=5,
        sockets=5,
        events=2,
        conversations=400,
        few_conversations=100,
        deep_page=4,
        messages_each=2,
        customers=500,
    ),
    "small": Size(
        rounds=5,
        messages=150,
        posts=400,
        mails=60,
        regulars=200,
        sockets=200,
        events=15,
        conversations=100_000,
        few_conversations=10_000,
        deep_page=1_000,
        messages_each=0,
        customers=100_000,
    ),
    "large": Size(
        rounds=9,
        messages=500,
        posts=2_000,
        mails=200,
        regulars=2_000,
        sockets=1_000,
        events=20,
        conversations=1_000_000,
        few_conversations=10_000,
        deep_page=10_000,
        messages_each=10,
        customers=1_000_000,
    ),
}
