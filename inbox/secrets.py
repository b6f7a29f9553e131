"""Encryption at rest of channel settings. The keys are settings.FIELD_KEYS: the first encrypts, all decrypt."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import models


def key_ring() -> MultiFernet:
    """The ring of settings.FIELD_KEYS. Raises ImproperlyConfigured if there is none."""
    if not settings.FIELD_KEYS:
        raise ImproperlyConfigured("FIELD_KEYS is empty. Set it to a key made by `python -m config.keys`.")
    return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS])


if TYPE_CHECKING:
    TextField = models.TextField[Any, Any]
else:
    TextField = models.TextField


class Unreadable(dict[str, Any]):
    """Stands for a value encrypted with a key that is no longer in FIELD_KEYS: empty, and stored again as it was."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self.token = token


class EncryptedJSONField(TextField):
    """A JSON value stored as a Fernet token: unreadable in dumps and backups, never usable in a WHERE.

    What cannot be decrypted is an Unreadable, so that one lost key does not take all other rows with it.
    """

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str:
        if isinstance(value, Unreadable):
            return value.token
        return key_ring().encrypt(json.dumps(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        if value is None:
            return None
        try:
            return json.loads(key_ring().decrypt(value.encode()))
        except InvalidToken:
            return Unreadable(value)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
