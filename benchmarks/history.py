"""What history costs: a national round's applications stored with its triggers, and without.

``python -m benchmarks.history [--json] [--applications N]``

Rows are those of a round: applications, their decisions on two pathways (written once, without
events), and then every application moved on by one statement. On the embedded PostgreSQL, which
waits for its disk as in use. The better of three runs counts, as machines are seldom quiet.
"""

import argparse
import datetime
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.goals import Goal, judged
from schoolhubs.service import supervisor

N_APPLICATIONS = 5_500
RUNS = 3
MOST_TIMES = 2.0
AT = datetime.datetime(2026, 1, 29, 17, 0, tzinfo=datetime.UTC)
TABLES = ("eligibility_application", "eligibility_decision")
ANSWERS = {"leaders": ["A head", "A deputy", "Another"], "tried": "Calls each morning. " * 10}
RECORD = {"reasons": [{"rule": f"rule {n}", "verdict": "yes", "value": n} for n in range(8)]}


def measure(n: int, folder: Path) -> dict[str, float]:
    """Store applications both ways; give seconds by step."""
    with supervisor.databases(folder / "postgres", {}) as urls:
        told = {
            "DJANGO_SETTINGS_MODULE": "schoolhubs.service.settings",
            "DATABASE_URL": urls.service_url,
            "SCHOOLHUBS_SECRET_KEY": supervisor.kept_secret(folder),
            "SCHOOLHUBS_HOSTS": '["127.0.0.1"]',
            "SCHOOLHUBS_DATA": str(folder),
        }
        os.environ |= told
        owner = {**os.environ, "DATABASE_URL": urls.owner_url}
        supervisor.manage(["migrate", "--no-input"], owner)
        import django

        django.setup()
        seconds: dict[str, float] = {}
        with psycopg.connect(urls.owner_url, autocommit=True) as connection:
            for run in range(RUNS):
                for way, word in (("without", "DISABLE"), ("with", "ENABLE")):
                    for table in TABLES:
                        connection.execute(f"ALTER TABLE {table} {word} TRIGGER USER")
                    for step, taken in _store(n, f"{run}{way}").items():
                        name = f"{step}, {way} history"
                        seconds[name] = min(taken, seconds.get(name, taken))
        return seconds


def _store(n: int, cohort: str) -> dict[str, float]:
    from django.db import transaction
    from django.db.models import F
    from django.utils import timezone

    from schoolhubs.service.eligibility.models import Application, Decision
    from schoolhubs.service.history import naming
    from schoolhubs.service.schools.models import RegisterSnapshot

    snapshot = RegisterSnapshot.objects.create(
        on=AT.date(), imported_at=timezone.now(), is_synthetic=True, n_schools=n, sources=[],
        quality=[], archive=b"",
    )  # fmt: skip
    clock, taken = time.perf_counter, {}
    with naming.changes(by="benchmark"), transaction.atomic():
        began = clock()
        kept = Application.objects.bulk_create(
            (
                Application(
                    reference=f"{cohort}-{each}", programme_id="a", cohort_id=cohort,
                    urn=f"{each:06}", state="draft", pathways=["enhanced"], answers=ANSWERS,
                    begun_at=AT, begun_by="a", snapshot=snapshot,
                )
                for each in range(n)
            ),
            batch_size=2_000,
        )  # fmt: skip
        Decision.objects.bulk_create(
            (
                Decision(
                    application=each, pathway=pathway, verdict="yes", made_at=AT,
                    definition_version="1", snapshot=snapshot, record=RECORD,
                )
                for each in kept
                for pathway in ("enhanced", "regional")
            ),
            batch_size=2_000,
        )  # fmt: skip
        taken["stored"] = clock() - began
        began = clock()
        Application.objects.filter(cohort_id=cohort).update(version=F("version") + 1)
        taken["moved on"] = clock() - began
    return taken


def main() -> int:
    """Print what was measured beside its goal."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.history")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--applications", type=int, default=N_APPLICATIONS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        seconds = measure(given.applications, Path(folder))
    times = seconds["stored, with history"] / seconds["stored, without history"]
    goals = [
        Goal(name="storing a round's applications", measured=times, limit=MOST_TIMES, unit="times")
    ]
    lines, code = judged(goals if given.applications == N_APPLICATIONS else [])
    if given.as_json:
        told: dict[str, Any] = {"seconds": seconds, "goals": [goal.as_dict() for goal in goals]}
        print(json.dumps(told, indent=2))
        return code
    for name, taken in seconds.items():
        print(f"{name:<28} {taken:8.2f} s")
    print(lines)
    return code


if __name__ == "__main__":
    sys.exit(main())
