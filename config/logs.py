"""How log lines look, and that no secret is in them. Every line carries the id of its request, through Celery too."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "[hidden]"
SECRET_NAME = re.compile(
    r"passw|secret|token|authori[sz]ation|cookie|signature|credential|api_?key|private_?key", re.IGNORECASE
)
SECRET_TEXT = (
    # user:password@ in an address
    (re.compile(r"(://[^/\s:@]*:)[^@/\s]+@"), rf"\1{HIDDEN}@"),
    # Authorization: Bearer …, Basic …
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # A token of our API, wherever it stands
    (re.compile(r"\bot_[0-9a-f]{8}_[0-9a-f]{40}"), HIDDEN),
    # token=…, "auth_token": "…"
    (
        re.compile(
            r"(\w*(?:passw(?:or)?d|secret|token|signature|api_?key)\w*[\"']?\s*[=:]\s*[\"']?)[^\s&\"',;]+",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
)
# Noisy and without news for an operator.
QUIET = (
    "celery.app.trace",
    "celery.beat",
    "celery.worker",
    "django.channels.server",
    "daphne",
    "twisted",
    "httpx",
    "httpcore",
    "asyncio",
    "kombu",
    "amqp",
)


def hide_secrets(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A structlog processor: replaces what is named like a secret, and what looks like one inside a text."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: Any) -> Any:
    if SECRET_NAME.search(name):
        return HIDDEN
    if isinstance(value, dict):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hidden("", inner) for inner in value]
    if isinstance(value, str):
        for pattern, replacement in SECRET_TEXT:
            value = pattern.sub(replacement, value)
    return value


def _before_rendering() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]


def _renderers(log_format: str) -> list[Processor]:
    if log_format == "json":
        # Tracebacks become text first, so that secrets in them are hidden too.
        return [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            hide_secrets,
            structlog.processors.JSONRenderer(),
        ]
    return [structlog.processors.format_exc_info, hide_secrets, console_line]


def console_line(_logger: WrappedLogger, _method: str, event: EventDict) -> str:
    """`warning  what happened  key=value …`; the request's id is cut to what the eye can compare."""
    level = str(event.pop("level", "info"))
    text = str(event.pop("event", ""))
    failure = event.pop("exception", "")
    event.pop("logger", None)
    if text == "request_finished":
        text = f"{event.pop('request', '')} {event.pop('code', '')}"
    if "request_id" in event:
        event["request_id"] = str(event["request_id"])[:8]
    marked = "" if level == "info" else f"{level}: "
    pairs = "".join(f"  {name}={value}" for name, value in event.items() if value is not None)
    return f"{marked}{text}{pairs}" + (f"\n{failure}" if failure else "")


def configure(log_format: str, level: str) -> dict[str, Any]:
    """Sets structlog up and returns Django's LOGGING, so that both kinds of logger write the same lines."""
    shared = _before_rendering()
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_renderers(log_format)],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        # Django brings handlers of its own for this one; ours is enough.
        "loggers": {
            "django": {"handlers": [], "propagate": True},
            # config.request_log has one line for each request, a failed one with its traceback.
            "django.request": {"level": "CRITICAL"},
        }
        | {name: {"level": "WARNING"} for name in QUIET},
    }
