"""The addresses below /settings/. Who may open what is said at each view (agents/access.py)."""

from __future__ import annotations

from django.urls import path

from agents.views import account
from agents.views.settings import home, profile

urlpatterns = [
    path("", home.home, name="settings"),
    path("profile/", profile.profile, name="settings-profile"),
    path("profile/password/", account.password, name="settings-password"),
]
