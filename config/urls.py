"""The address table: agents at the root, each connector's own pages below /c/<kind>/."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import health
from connectors import file_links
from connectors.discovery import kinds_with

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("f/<str:token>", file_links.linked_file, name="linked-file"),
    *(path(f"c/{kind}/", include(f"connectors.{kind}.urls")) for kind in kinds_with("urls")),
    path("", include("agents.urls")),
]
