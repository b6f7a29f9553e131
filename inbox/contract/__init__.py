"""The connector contract: the values and the one abstract class every channel speaks. Standard library only.

What is not here: storing, routing, the ORM (inbox/actions), HTTP (connectors/hooks.py) and the registry (inbox/registry.py).
"""

from inbox.contract.capabilities import (
    Capabilities,
    FileRules,
)
from inbox.contract.connector import (
    ChannelInfo,
    Connector,
    NoSettings,
)
from inbox.contract.errors import (
    BadPayload,
    BadSignature,
    ChannelBroken,
    ContractError,
    OutcomeUnknown,
    PermanentFailure,
    TemporaryFailure,
)
from inbox.contract.events import (
    AddressChanged,
    AgentActed,
    Consent,
    Delete,
    DeliveryUpdate,
    Edit,
    Hidden,
    Identified,
    Ignored,
    InboundEvent,
    InboundMessage,
    Reaction,
    ReadUpTo,
    TemplateChanged,
    Touched,
    Typing,
    WindowChanged,
)
from inbox.contract.outgoing import (
    Accepted,
    Gesture,
    GestureKind,
    Notice,
    OutboundMessage,
)
from inbox.contract.requests import (
    Health,
    Polled,
    Request,
    Response,
)
from inbox.contract.settings import (
    setting,
)
from inbox.contract.values import (
    Address,
    Card,
    CardKind,
    File,
    Nature,
    Proof,
    Status,
    Template,
    TemplateStatus,
    TemplateUse,
)

__all__ = [
    "Accepted",
    "Address",
    "AddressChanged",
    "AgentActed",
    "BadPayload",
    "BadSignature",
    "Capabilities",
    "Card",
    "CardKind",
    "ChannelBroken",
    "ChannelInfo",
    "Connector",
    "Consent",
    "ContractError",
    "Delete",
    "DeliveryUpdate",
    "Edit",
    "File",
    "FileRules",
    "Gesture",
    "GestureKind",
    "Health",
    "Hidden",
    "Identified",
    "Ignored",
    "InboundEvent",
    "InboundMessage",
    "Nature",
    "NoSettings",
    "Notice",
    "OutboundMessage",
    "OutcomeUnknown",
    "PermanentFailure",
    "Polled",
    "Proof",
    "Reaction",
    "ReadUpTo",
    "Request",
    "Response",
    "Status",
    "Template",
    "TemplateChanged",
    "TemplateStatus",
    "TemplateUse",
    "TemporaryFailure",
    "Touched",
    "Typing",
    "WindowChanged",
    "setting",
]
