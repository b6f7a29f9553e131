"""What the schema says of every endpoint alike: the token, the scopes, the key of a POST, the problems."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from agents.api.authentication import BearerToken
from agents.api.idempotency import HEADER
from agents.api.problems import CONTENT_TYPE
from agents.api.shapes.problem import ProblemShape

KEY = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="A new one for each thing to be done. The same request with the same key again, within 24 hours, has no second effect and gets the first answer.",
    pattern="^[!-~]{1,255}$",
)
PROBLEMS = {
    400: "The body is not JSON, or the cursor is not of this list.",
    401: "No token, or one that does not work (any more).",
    403: "The token lacks a scope.",
    404: "There is nothing here, or it is not for this token.",
    409: "It cannot be done as things are; “detail” says why.",
    413: "The body is too large.",
    415: "The body is not application/json.",
    422: "Some of what was sent does not fit.",
    429: "Too many requests; Retry-After says how long to wait.",
    503: "Somebody else is working on the same; try again.",
}
WITH_BODY = {409, 413, 415}


class OurSchema(AutoSchema):
    """DRF Spectacular's, with what all our endpoints have."""

    def get_override_parameters(self) -> list[Any]:
        """The Idempotency-Key of a POST."""
        own: list[Any] = list(super().get_override_parameters())
        return [*own, KEY] if self.method == "POST" else own

    def get_tags(self) -> list[str]:
        """The resource: /api/v1/customers/… → customers."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        """With the scopes."""
        said = super().get_description() or ""
        scopes = getattr(self.view, "scopes", {}).get(self.method, ())
        needs = ", ".join(f"`{scope}`" for scope in scopes) or "none"
        return f"{said}\n\nScopes: {needs}"

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        """With every problem there can be."""
        operation: dict[str, Any] | None = super().get_operation(*args, **kwargs)
        if operation is not None:
            problem = self.resolve_serializer(ProblemShape, "response").ref
            content = {CONTENT_TYPE: {"schema": problem}}
            for code in self._problems():
                operation["responses"][str(code)] = {"description": PROBLEMS[code], "content": content}
        return operation

    def _problems(self) -> list[int]:
        has_body, has_id = self.method in ("POST", "PATCH"), "{" in self.path
        return [
            code
            for code in PROBLEMS
            if (has_body or code not in WITH_BODY) and (has_body or has_id or code != 404)
        ]


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its registration is untyped
    """How the schema names the token."""

    target_class = BearerToken
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        """OpenAPI's name for a bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A token from Settings › API."}
