"""What Northwool's customers did elsewhere: pages, carts, orders, deliveries, reviews. Plain data, like story.py."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from config.demo.story import DAY, HOUR

SITE = "https://www.northwool.example"


@dataclass(frozen=True, slots=True)
class Doing:
    """One touchpoint. `ago`: minutes before the demo is loaded. `page`: where on the shop's website. `pounds`: 0 for none."""

    ago: int
    kind: str
    title: str
    reference: str = ""
    pounds: int = 0
    page: str = ""
    source: str = "shop"
    data: Mapping[str, Any] = field(default_factory=dict)


def viewed(ago: int, title: str, page: str) -> Doing:
    return Doing(ago, "page", title, page=page, source="web")


def ordered(ago: int, reference: str, title: str, pounds: int, **data: Any) -> Doing:
    return Doing(ago, "order", title, reference, pounds, f"account/orders/{reference}", data=data)


def delivered(ago: int, reference: str, title: str, **data: Any) -> Doing:
    return Doing(ago, "delivery", title, reference, source="carrier", data=data)


def reviewed(ago: int, title: str, rating: int, reference: str = "") -> Doing:
    return Doing(ago, "review", title, reference, source="reviews", data={"rating": rating})


DOINGS: Mapping[str, Sequence[Doing]] = {
    "Ana Silva": (
        Doing(18 * DAY, "campaign", "Newsletter: “Socks for the first frost”", source="newsletter"),
        ordered(17 * DAY, "4102", "Tarn socks ×3", 72),
        delivered(13 * DAY + 180, "4102", "Left with a neighbour, number 12", place="London"),
        reviewed(12 * DAY, "Lovely socks, and quick help when I could not find them", 5, "4102"),
        viewed(DAY + 262, "Fjord jumper", "fjord-jumper"),
        viewed(DAY + 258, "Size guide", "size-guide"),
        Doing(DAY + 250, "cart", "Fjord jumper, L", pounds=128, source="web"),
        ordered(DAY + 240, "4417", "Fjord jumper, L", 128, paid=True, delivery="parcel"),
        viewed(31, "Fjord jumper", "fjord-jumper"),
        viewed(28, "Size guide", "size-guide"),
        viewed(25, "Returns and exchanges", "returns"),
        Doing(
            22, "cart", "Hylla beanie, one size", pounds=34, page="cart", source="web",
            data={"items": [{"name": "Hylla beanie", "count": 1}]},
        ),
    ),
    "Priya Kapoor": (
        viewed(5 * HOUR + 12, "Islay roll-neck", "islay-rollneck"),
        ordered(3 * HOUR, "4431", "Islay roll-neck, ink, S", 134, pickup="Leeds"),
        Doing(62, "ready", "Ready for pickup in Leeds until Saturday", "4431", source="till", data={"place": "Leeds"}),
    ),
    "Marek Tomasz": (
        ordered(6 * DAY, "4388", "Brae mittens, heather", 38),
        delivered(5 * DAY, "4388", "Handed to the carrier", state="on its way"),
        delivered(97, "4388", "Left the depot in Łódź", state="on its way again"),
    ),
    "Léa Caron": (
        Doing(2 * HOUR + 40, "search", "rust jumper", source="web"),
        viewed(2 * HOUR + 38, "Haar jumper", "haar-jumper"),
        viewed(2 * HOUR + 30, "Wool and dyes", "wool"),
        viewed(2 * HOUR + 20, "Haar jumper", "haar-jumper"),
        Doing(2 * HOUR + 18, "cart", "Haar jumper, M", pounds=138, page="cart", source="web"),
    ),
    "Dagny Weber": (
        ordered(40 * DAY, "W-118", "24 pieces for the winter window", 2140, terms="30 days"),
        delivered(34 * DAY, "W-118", "Delivered, 3 parcels"),
        reviewed(30 * DAY, "Fine goods, one parcel a day late", 4, "W-118"),
    ),
    "Tom Bradley": (
        viewed(19, "Lofoten scarf", "lofoten-scarf"),
        Doing(17, "cart", "Lofoten scarf, sea", pounds=56, page="cart", source="web"),
        viewed(14, "Delivery and costs", "delivery"),
    ),
    "Yuki Tanaka": (
        ordered(12 * DAY, "4350", "Skerry cardigan, oat, M", 142),
        delivered(6 * DAY, "4350", "Delivered in Kyoto"),
        reviewed(DAY + 100, "Warm and kind. They answer like people do", 5, "4350"),
    ),
    "Clara Jensen": (ordered(2 * DAY, "4398", "Haar jumper, rust, M", 134, paid=True),),
    "Elif Aydın": (ordered(DAY, "4409", "Gift card", 50),),
    "Ingrid Solberg": (
        ordered(6 * DAY, "4377", "Islay roll-neck, ink, M", 134),
        delivered(2 * DAY, "4377", "Delivered, Storgata 8, Bergen"),
        Doing(DAY, "app", "Turned on the app's messages", source="app"),
    ),
}  # fmt: skip
