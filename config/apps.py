"""Runs once Django has its apps: makes Celery's app the current one and registers our system checks."""

from importlib import import_module

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "config"
    label = "house"

    def ready(self) -> None:
        # shared_task uses the app of config.celery from here on.
        import_module("config.celery")
        import_module("config.checks")
