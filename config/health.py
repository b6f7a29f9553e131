"""/healthz: this process answers. /readyz: all that the product needs is there; what is not is named."""

from collections.abc import Callable

from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis import RedisError

from config import heartbeat
from config.celery import QUEUES


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """For a liveness probe: touches nothing, so a database that is away does not get the process killed."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """For a readiness probe and for people: 200, or 503 with each problem as a sentence."""
    found = {name: check() for name, check in CHECKS.items()}
    problems = [problem for problem in found.values() if problem]
    checks = {name: "failed" if problem else "ok" for name, problem in found.items()}
    return JsonResponse(
        {"ready": not problems, "checks": checks, "problems": problems}, status=503 if problems else 200
    )


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "The database does not answer. Check that PostgreSQL runs and that DATABASE_URL is right."
    return ""


def migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "Whether all migrations are applied is unknown while the database does not answer."
    if pending:
        return f"{len(pending)} migrations are not applied yet. Run: python manage.py migrate"
    return ""


def broker() -> str:
    try:
        cache.get("seen:beat")
    except RedisError:
        return "The broker does not answer. Check that Valkey or Redis runs and that REDIS_URL is right."
    return ""


def workers() -> str:
    try:
        missing = heartbeat.missing([f"worker:{queue}" for queue in QUEUES])
    except RedisError:
        return "Whether workers run is unknown while the broker does not answer."
    if not missing:
        return ""
    queues = ",".join(name.removeprefix("worker:") for name in missing)
    return (
        f"No worker was seen in the last {heartbeat.LATELY} seconds for: {queues}. "
        f"Start one: celery -A config.celery worker -Q {queues}"
    )


def beat() -> str:
    try:
        missing = heartbeat.missing(["beat"])
    except RedisError:
        return "Whether beat runs is unknown while the broker does not answer."
    if missing:
        return f"Beat was not seen in the last {heartbeat.LATELY} seconds. Start it: celery -A config.celery beat"
    return ""


CHECKS: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "broker": broker,
    "workers": workers,
    "beat": beat,
}
