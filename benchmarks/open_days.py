"""A rush for an open day: 500 schools want one of 30 places at one moment, twenty times.

``python -m benchmarks.open_days [--json] [--times N]``

Each school holds a place and books it, as the pages do, on one of sixty connections to the
embedded PostgreSQL, which waits for its disk as in use. Seconds count from the common start, so
that waiting for a connection is in them. Beside it the same rush without the hub's lock and
without the database's own check: it has to be oversold, or the measurement could not see it.
"""

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.goals import Goal, judged
from schoolhubs.service import supervisor

N_SCHOOLS, N_PLACES, TIMES = 500, 30, 20
CHECK = "an_event_is_never_oversold"
WITHOUT = f"ALTER TABLE events_event DROP CONSTRAINT {CHECK}"
TESTS = Path(__file__).resolve().parents[1] / "tests"


def measure(times: int, folder: Path) -> dict[str, Any]:
    """Let the rush happen so often; give what became of everybody."""
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
        # The rush is that of the tests, so that both measure one thing.
        sys.path.insert(0, str(TESTS))
        found = _rushes(times)
        with psycopg.connect(urls.owner_url, autocommit=True) as connection:
            connection.execute(WITHOUT)
        found["booked_without_guards"] = _unguarded()
        return found


def _rushes(times: int) -> dict[str, Any]:
    from eventful import hub_of, open_day
    from rushing import rush

    hub, p95, wrong, faults, lost = hub_of(N_SCHOOLS), [], 0, 0, 0
    for _ in range(times):
        event = open_day(hub, N_PLACES)
        found = rush(event, N_SCHOOLS)
        p95.append(found.p95)
        faults += len(found.faults)
        wrong += found.answers["booked"] != N_PLACES
        lost += N_SCHOOLS - found.answers["booked"] - found.answers["full"] - len(found.faults)
        _over(event.pk)
    return {
        "schools": N_SCHOOLS, "places": N_PLACES, "times": times, "rushes_not_30": wrong,
        "faults": faults, "lost": lost, "p95_worst_seconds": max(p95),
        "p95_median_seconds": sorted(p95)[len(p95) // 2],
    }  # fmt: skip


def _over(event_id: int) -> None:
    """Call an event off, so that every school has its visit again."""
    from eventful import WHO
    from schoolhubs.service.events.doing import preparing
    from schoolhubs.service.events.models import Event

    event = Event.objects.get(pk=event_id)
    preparing.call_off(event, reason="Measured", version=event.version, **WHO)


def _unguarded() -> int:
    from eventful import open_day
    from rushing import rush
    from schoolhubs.service.events.doing import steps
    from schoolhubs.service.network.models import Hub

    steps.lock_hub = lambda _: None  # type: ignore[assignment]
    event = open_day(Hub.objects.get(lead_urn="900010"), 5)
    rush(event, 120)
    return sum(event.booking_set.filter(state="booked").values_list("n_people", flat=True))


def main() -> int:
    """Print what was measured beside its goals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.open_days")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--times", type=int, default=TIMES)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        found = measure(given.times, Path(folder))
    goals = [
        Goal(name="rushes with other than 30 booked", measured=found["rushes_not_30"], limit=1,
             unit="rushes"),
        Goal(name="schools that were told nothing", measured=found["lost"], limit=1,
             unit="schools"),
        Goal(name="faults", measured=found["faults"], limit=1, unit="faults"),
        Goal(name="the answer to 95 in 100, in the worst rush", unit="s", limit=3,
             measured=found["p95_worst_seconds"]),
        Goal(name="booked of 5 places with both guards off", unit="places", limit=6,
             measured=found["booked_without_guards"], is_least=True),
    ]  # fmt: skip
    lines, code = judged(goals if given.times == TIMES else [])
    if given.as_json:
        print(json.dumps({**found, "goals": [goal.as_dict() for goal in goals]}, indent=2))
    else:
        print("\n".join(f"{name}: {value}" for name, value in found.items()))
        print(lines)
    return code


if __name__ == "__main__":
    sys.exit(main())
