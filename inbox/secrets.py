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


class EncryptedJSONField(TextField):
    """A JSON value stored as a Fernet token: unreadable in dumps and backups, never usable in a WHERE.

    Raises ImproperlyConfigured when the stored value was encrypted with a key that is no longer in FIELD_KEYS.
    """

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def get_prep_value(self, value: Any) -> str:
        return key_ring().encrypt(json.dumps(value).encode()).decode()

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        if value is None:
            return None
        try:
            return json.loads(key_ring().decrypt(value.encode()))
        except InvalidToken as error:
            raise ImproperlyConfigured(
                "A stored secret cannot be read: put its old key back at the end of FIELD_KEYS."
            ) from error

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))
