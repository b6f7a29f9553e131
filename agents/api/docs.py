"""The schema, and the page that shows it: Swagger UI out of the package, started by a script of ours. Nothing of it is inline."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.views import SpectacularAPIView


class Schema(SpectacularAPIView):
    """OpenAPI 3: ?format=json or YAML. Open to everybody: it says what the source says."""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Every endpoint, to read and to try with a token of one's own."""
    return render(request, "agents/api_docs.html")
