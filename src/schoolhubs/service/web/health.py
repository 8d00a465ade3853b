"""Is it alive, can it work, which version is it: for the machines that watch the service."""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from schoolhubs import __version__
from schoolhubs.service.accounts.rights import allow


@allow(public=True)
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Say that this process answers."""
    return JsonResponse({"status": "alive"})


@allow(public=True)
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Say whether database and migrations are there; 503 with what is not."""
    checks = {"database": _database(), "migrations": False}
    if checks["database"]:
        checks["migrations"] = _is_migrated()
    is_ready = all(checks.values())
    said = {"status": "ready" if is_ready else "not ready", "checks": checks}
    return JsonResponse(said, status=200 if is_ready else 503)


@allow(public=True)
@require_safe
def version(request: HttpRequest) -> JsonResponse:  # noqa: ARG001
    """Say which version this is."""
    return JsonResponse({"version": __version__})


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _is_migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
