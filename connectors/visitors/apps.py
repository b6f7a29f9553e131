"""An app of its own, for the one table it has: the visitors' sessions."""

from django.apps import AppConfig


class VisitorsConfig(AppConfig):
    name = "connectors.visitors"
    default_auto_field = "django.db.models.BigAutoField"
