"""The connectors app: loads each connector once at start and makes it known to inbox/registry.py."""

from importlib import import_module
from types import ModuleType

from django.apps import AppConfig
from django.core.exceptions import ImproperlyConfigured

from connectors.discovery import kinds


class ConnectorsConfig(AppConfig):
    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from inbox import registry

        for kind in kinds():
            registry.register(connector_in(import_module(f"connectors.{kind}.connector"), kind))


def connector_in(module: ModuleType, kind: str) -> type:
    """The one connector a module defines. Raises ImproperlyConfigured if there is none, or its kind is not the folder's name."""
    from inbox.contract import Connector

    found = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Connector) and value.__module__ == module.__name__
    ]
    if len(found) != 1 or found[0].kind != kind:
        raise ImproperlyConfigured(f"{module.__name__} must define one Connector, with kind = “{kind}”.")
    return found[0]
