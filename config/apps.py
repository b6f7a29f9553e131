"""Runs once Django has its apps: makes Celery's app the current one and registers our system checks."""

from django.apps import AppConfig


class HouseConfig(AppConfig):
    name = "config"
    label = "house"

    def ready(self) -> None:
        from config import celery  # noqa: F401 - importing it makes shared_task use our app
