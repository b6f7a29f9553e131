"""The connectors app: loads each connector once, so that it can register itself."""

from importlib import import_module

from django.apps import AppConfig

from connectors.discovery import kinds


class ConnectorsConfig(AppConfig):
    name = "connectors"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        for kind in kinds():
            import_module(f"connectors.{kind}.connector")
