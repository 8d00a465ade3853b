"""The database of the last landing, with data in it, becomes today's: nothing is lost on the way.

``scripts/keep_database.py`` writes that database down each time something has landed.
"""

import contextlib
import dataclasses
import hashlib
import json
import lzma
import os
import re
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from psycopg import sql

from schoolhubs.service import embedded_postgres, supervisor
from watchful import WatchfulClient

LANDED = Path(__file__).parent / "landed"
SAID = json.loads((LANDED / "database.json").read_text())
# What a migration may add rows to: Django's own lists, and tables of facts that came with one.
GROWING = {
    "django_content_type", "django_migrations", "eligibility_move", "partnerships_move",
}  # fmt: skip
# Migrations that cannot be taken back, each with its reason.
ONE_WAY: dict[tuple[str, str], str] = {}
SHAPE = """
SELECT 'column', table_name || '.' || column_name, data_type || ' ' || is_nullable
FROM information_schema.columns WHERE table_schema = 'public'
UNION ALL SELECT 'constraint', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL SELECT 'index', tablename || '.' || indexname, indexdef
FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'trigger', tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid)
FROM pg_trigger WHERE NOT tgisinternal
"""


class Kept:
    """One restored database."""

    def __init__(self, superuser: str, name: str) -> None:
        self.name = name
        self.urls = embedded_postgres.addresses(superuser, name)

    def ask(self, command: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.urls.owner_url) as owner:
            return owner.execute(command).fetchall()

    def rows(self) -> dict[str, int]:
        """Count the rows of the tables that had any when they landed."""
        counts = {}
        for table in SAID["rows"]:
            query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))
            ((counts[table],),) = self.ask(query)
        return counts

    def shape(self) -> set[tuple[Any, ...]]:
        return {(*row[:-1], plainly(str(row[-1]))) for row in self.ask(SHAPE)}

    def migrate(self) -> None:
        owner = {**os.environ, "DATABASE_URL": self.urls.owner_url}
        supervisor.manage(["migrate", "--no-input"], owner)

    def applied(self) -> set[tuple[str, str]]:
        """Name the migrations that were run."""
        return {(app, name) for app, name in self.ask("SELECT app, name FROM django_migrations")}


CAST = re.compile(r"::(?:character varying|text)(?:\[\])?")
ALONE = re.compile(r"\(('[^']*'|ARRAY\[[^\]]*\])\)")


def plainly(told: str) -> str:
    """Leave the casts of texts out of a definition: a restored database writes them elsewhere.

    >>> plainly("ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[])")
    "ANY ARRAY['a', 'b']"
    >>> plainly("ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text])")
    "ANY ARRAY['a', 'b']"
    """
    shorter = ALONE.sub(r"\1", CAST.sub("", told))
    return shorter if shorter == told else plainly(shorter)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Landed:
    """The kept database, migrated to today, and what it was before."""

    database: Kept
    rows: dict[str, int]
    shape: set[tuple[Any, ...]]
    applied: set[tuple[str, str]]


def restored(superuser: str) -> Kept:
    """Restore the kept database under a name of its own."""
    name = f"landed_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(
                sql.Identifier(name), sql.Identifier(embedded_postgres.OWNER)
            )
        )
    command = [embedded_postgres.program("pg_restore"), "--exit-on-error", "--dbname"]
    address = superuser.replace("/postgres?", f"/{name}?")
    told = lzma.decompress((LANDED / "database.dump.xz").read_bytes())
    subprocess.run([*command, address], check=True, input=told)
    return Kept(superuser, name)


@pytest.fixture(scope="module")
def kept(postgres: str) -> Landed:
    """Give the kept database migrated to today, and what it was before."""
    database = restored(postgres)
    landed = Landed(
        database=database, rows=database.rows(), shape=database.shape(), applied=database.applied()
    )
    database.migrate()
    return landed


@contextlib.contextmanager
def reading(database: Kept, user: str) -> Iterator[None]:
    """Have Django use a database while inside, as one of its roles."""
    connection.close()
    before = dict(connection.settings_dict)
    connection.settings_dict |= {"NAME": database.name, "USER": user}
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict |= before


@pytest.fixture
def inside(kept: Landed, django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let pages read the migrated database."""
    with django_db_blocker.unblock(), reading(kept.database, embedded_postgres.SERVICE):
        yield


def test_the_kept_database_is_what_it_says(kept: Landed) -> None:
    assert kept.rows == SAID["rows"]
    assert len(SAID["commit"]) >= 7


def test_every_model_that_landed_has_a_row_in_it(kept: Landed) -> None:
    tables = {name.partition(".")[0] for kind, name, _ in kept.shape if kind == "column"}
    ours = (each for each in apps.get_models() if each.__module__.startswith("schoolhubs."))
    landed = {each._meta.db_table for each in ours} & tables
    assert sorted(landed - set(SAID["rows"])) == []
    assert {"partnerships_partnership", "letters_letter", "api_apikey"} <= landed


def test_no_row_is_lost(kept: Landed) -> None:
    database, before = kept.database, kept.rows
    after = database.rows()
    assert {name for name in before if after[name] != before[name]} <= GROWING
    assert all(after[name] >= before[name] for name in GROWING)


def test_every_row_that_was_there_has_the_beginning_of_a_history(
    kept: Landed,
) -> None:
    database, before = kept.database, kept.rows
    event_of = {
        model.pgh_tracked_model._meta.db_table: model._meta.db_table
        for model in apps.get_models()
        if hasattr(model, "pgh_tracked_model")
    }
    held = sorted(set(before) & set(event_of))
    assert "eligibility_application" in held
    for table in held:
        query = sql.SQL("SELECT count(DISTINCT pgh_obj_id) FROM {}")
        ((found,),) = database.ask(query.format(sql.Identifier(event_of[table])))
        assert found == before[table], table
    # Those of decisions landed with their history: none of their events was made up later.
    query = sql.SQL("SELECT DISTINCT pgh_label FROM eligibility_humandecisionevent")
    assert database.ask(query) == [("insert",)]


@pytest.mark.usefixtures("inside")
def test_the_migrations_say_all_that_the_models_say() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_migrations_of_an_app_follow_one_another() -> None:
    assert MigrationLoader(None).detect_conflicts() == {}


@pytest.mark.usefixtures("inside")
def test_pages_answer_on_what_was_kept() -> None:
    from schoolhubs.service.accounts.models import Membership
    from schoolhubs.service.eligibility.models import Application

    client = WatchfulClient()
    # Of the register that was the current one when it landed.
    application = Application.objects.filter(reference__startswith="TEST-").first()
    assert application is not None
    public = ["/", "/eligibility", f"/schools/{application.urn}", "/programmes", "/readyz"]
    assert {page: client.get(page).status_code for page in public} == dict.fromkeys(public, 200)
    Membership.objects.update(checked_at=timezone.now())
    held = Membership.objects.filter(roles=["office_administrator"]).earliest("pk")
    client.act_as(held.person, held.organisation)
    office = [
        "/account", "/office/applications", f"/office/applications/{application.reference}",
        "/jobs", "/imports", "/people", "/office/rounds",
    ]  # fmt: skip
    assert {page: client.get(page).status_code for page in office} == dict.fromkeys(office, 200)


def test_what_migrations_of_payments_changed_in_rows_is_what_they_say(
    postgres: str, django_db_setup: None, django_db_blocker: Any
) -> None:
    """A run's digest becomes that of its whole file; a decision that waits is held to today."""
    database = restored(postgres)
    with django_db_blocker.unblock(), reading(database, embedded_postgres.OWNER):
        MigrationExecutor(connection).migrate([("funding", "0007_guards_of_decisions")])
        with psycopg.connect(database.urls.owner_url, autocommit=True) as owner:
            owner.execute("ALTER TABLE funding_paymentrun DISABLE TRIGGER USER")
            owner.execute("UPDATE funding_paymentrun SET file_hash = 'of fewer lines'")
            owner.execute("ALTER TABLE funding_paymentrun ENABLE TRIGGER USER")
        MigrationExecutor(connection).migrate([("funding", "0011_stood_when_proposed")])
    runs = database.ask("SELECT file, file_hash FROM funding_paymentrun")
    agreed = [(bytes(file), told) for file, told in runs if file is not None]
    assert agreed
    assert len(agreed) < len(runs)
    assert all(told == hashlib.sha256(file).hexdigest() for file, told in agreed)
    assert {told for file, told in runs if file is None} == {"of fewer lines"}
    waiting = database.ask(
        "SELECT d.state, d.stood_as, p.state, p.short_pence FROM funding_moneydecision d"
        " JOIN funding_payment p ON p.id = d.payment_id"
    )
    assert any(state == "proposed" for state, *_ in waiting)
    for state, stood_as, stands, short in waiting:
        assert stood_as == (f"{stands}:{short}:" if state == "proposed" else "")


def test_every_migration_since_can_be_taken_back_and_made_again(
    kept: Landed, django_db_setup: None, django_db_blocker: Any
) -> None:
    """Last of all, as it leaves the kept database where it found it only if it passes."""
    database = kept.database
    today = database.applied()
    targets = [
        (app, max((name for each, name in kept.applied if each == app), default=None))
        for app in sorted({app for app, _ in today - kept.applied})
    ]
    with django_db_blocker.unblock(), reading(database, embedded_postgres.OWNER):
        MigrationExecutor(connection).migrate(targets)
        assert database.applied() - kept.applied == set(ONE_WAY)
        if not ONE_WAY:
            assert database.shape() == kept.shape
        after = database.rows()
        assert {name for name in kept.rows if after[name] != kept.rows[name]} <= GROWING
        executor = MigrationExecutor(connection)
        executor.migrate(executor.loader.graph.leaf_nodes())
    assert database.applied() == today
