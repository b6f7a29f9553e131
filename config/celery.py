"""Celery's app: its settings live in config/settings.py under CELERY_, its schedule here."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("onethread")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
