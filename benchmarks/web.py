"""The service under load, on national data: its pages beside bare Django, and 300 people at once.

``python -m benchmarks.web [--json] [--england FOLDER] [--seconds N] [--users N]``

Starts the demonstration with two workers on a PostgreSQL of its own, and measures the school page,
the office's list of applications and the public map against the same templates on bare Django
(``benchmarks.web_peer``), in turns, so that what else the machine does meets both alike. Before,
each page is asked for once, and the milliseconds of these first answers are told too: later ones
find its content kept (docs/decisions/0014). Then 300 people open pages with ten seconds of thought
between two. FOLDER holds ``england`` and
``register`` as ``make run`` leaves them in ``output``; without it they are made first. The load of
the machine is told with the figures; a goal missed ends with exit code 1.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.goals import Goal, judged
from benchmarks.web_load import Page, ask, crowd, flood, percentiles, wrong
from benchmarks.web_serving import Service, made, peer, service

PROGRAMME = "rise-hubs-2025"
USERS, THINK_SECONDS = 300, 10.0
TURNS, AT_ONCE = 5, 4
LEAST_SHARE = 0.8
# Drawn for each person who asks, with what waits for them: the crowd opens it.
SIGNED_IN = "school page, signed in"
MOST_BYTES = 150_000  # of a page over all schools, compressed
LIMITS = {"p75": 300, "p95": 600, "p99": 1_500}  # milliseconds
SEED = 20261122
OF_EACH = 20  # schools, and pages of the list, that are asked for in turn
OPEN_SCHOOLS = (
    "SELECT urn FROM schools_school WHERE is_open AND is_state_funded ORDER BY md5(urn) LIMIT 400"
)


def families(held: Service) -> dict[str, list[Page]]:
    """Give the pages that are held against bare Django, several of each kind."""
    urns = held.ask(OPEN_SCHOOLS)[:OF_EACH]
    cookie = held.cookie("office_read")
    maps = ["", "?phase=primary", "?phase=secondary", "?region=London", "?region=South+West"]
    return {
        "school page": [Page(name=f"school-{urn}", path=f"/schools/{urn}") for urn in urns],
        "list": [
            Page(name=f"list-{n}", path=f"/office/applications?page={n}", cookie=cookie)
            for n in range(1, OF_EACH + 1)
        ],
        "map": [
            Page(name=f"map-{n}", path=f"/programmes/{PROGRAMME}/hubs{asked}")
            for n, asked in enumerate(maps)
        ],
    }


def people(held: Service) -> list[Page]:
    """Give what 300 people open: mostly schools and searches, some maps, a few of the office."""
    urns, cookie = held.ask(OPEN_SCHOOLS), held.cookie("office_caseworker")
    schools = [Page(name="school page", path=f"/schools/{urn}", weight=0.08) for urn in urns]
    schools += [
        Page(name=SIGNED_IN, path=f"/schools/{urn}", cookie=cookie, weight=0.02) for urn in urns
    ]
    answers = [Page(name="eligible?", path=f"/eligibility/{urn}", weight=0.05) for urn in urns]
    return [
        *schools,
        *answers,
        *(Page(name="search", path=f"/eligibility?q={q}", weight=5) for q in ("st", "oak", "high")),
        Page(name="start", path="/", weight=10),
        Page(name="map", path=f"/programmes/{PROGRAMME}/hubs", weight=8),
        Page(name="map", path=f"/programmes/{PROGRAMME}/hubs?phase=primary", weight=4),
        Page(name="programme", path=f"/programmes/{PROGRAMME}", weight=8),
        Page(name="list", path="/office/applications", cookie=cookie, weight=8),
        Page(name="list", path="/office/applications?state=undecided", cookie=cookie, weight=4),
        Page(name="office map", path=f"/office/hubs/{PROGRAMME}", cookie=cookie, weight=3),
    ]


async def beside(ours: int, theirs: int, pages: Sequence[Page], seconds: float) -> dict[str, Any]:
    """Ask service and peer for the same pages in turns; give requests a second of each."""
    bare = [Page(name=each.name, path=f"/bare/{each.name}") for each in pages]
    first = [await ask(ours, page) for page in pages]
    await flood(ours, pages, seconds=seconds / 2, at_once=AT_ONCE)  # each worker draws its own
    await flood(theirs, bare, seconds=seconds / 4, at_once=AT_ONCE)
    rates: dict[str, list[float]] = {"service": [], "bare": []}
    n_wrong, sizes = 0, {}
    for turn in range(TURNS):
        both = [("service", ours, pages), ("bare", theirs, bare)]
        for name, port, asked in both if turn % 2 else reversed(both):
            answers = await flood(port, asked, seconds=seconds, at_once=AT_ONCE)
            good = [each for each in answers if each.status == 200]
            if not good:
                raise SystemExit(f"{name} answered no {asked[0].path}: {answers[0].status}")
            rates[name].append(len(good) / seconds)
            n_wrong += len(wrong(answers))
            sizes[name] = statistics.mean(each.n_bytes for each in good)
    share = statistics.median(a / b for a, b in zip(rates["service"], rates["bare"], strict=True))
    medians = {name: statistics.median(found) for name, found in rates.items()}
    first_ms = statistics.median(1000 * each.seconds for each in first)
    return {**medians, "share": share, "errors": n_wrong, "bytes": sizes, "first_ms": first_ms}


def measure(england: Path, *, seconds: float, users: int, crowd_seconds: float) -> dict[str, Any]:
    """Start the service and its peer, and measure both."""
    load = [os.getloadavg()[0]]
    found: dict[str, Any] = {"pages": {}, "users": users, "seconds": seconds}
    with service(england) as held:
        found["schools"] = held.count("schools_school")
        found["applications"] = held.count("eligibility_application")
        held.wait_until_letters_are_sent()
        kinds = families(held)
        with peer(held, [page for pages in kinds.values() for page in pages]) as theirs:
            for kind, pages in kinds.items():
                found["pages"][kind] = asyncio.run(beside(held.port, theirs, pages, seconds))
        load.append(os.getloadavg()[0])
        answers = asyncio.run(
            crowd(
                held.port, people(held), users=users, think_seconds=THINK_SECONDS,
                seconds=crowd_seconds, seed=SEED,
            )
        )  # fmt: skip
    load.append(os.getloadavg()[0])
    names = sorted({each.page for each in answers})
    found["crowd"] = {
        "answers": len(answers),
        "seconds": crowd_seconds,
        "errors": len(wrong(answers)),
        "milliseconds": percentiles(answers),
        "bytes_of_page": {
            name: max(each.n_bytes for each in answers if each.page == name) for name in names
        },
        "p95_of_page": {
            name: percentiles([each for each in answers if each.page == name])["p95"]
            for name in names
        },
    }
    found["load_of_machine"] = [round(each, 2) for each in load]
    return found


def goals(found: dict[str, Any]) -> tuple[Goal, ...]:
    """Hold what was measured against what was promised; the crowd's at its full size alone."""
    shares = tuple(
        Goal(
            name=f"{kind}, beside bare Django", measured=100 * told["share"],
            limit=100 * LEAST_SHARE, unit="%", is_least=True,
        )
        for kind, told in found["pages"].items()
    )  # fmt: skip
    weights = tuple(
        Goal(name=f"{name}, as sent", measured=n_bytes / 1000, limit=MOST_BYTES / 1000, unit="kB")
        for name, n_bytes in found["crowd"]["bytes_of_page"].items()
    )
    if found["users"] < USERS:
        return (*shares, *weights)
    said = found["crowd"]
    return (
        *shares,
        *weights,
        *(
            Goal(name=f"{users_of(found)}, {name}", measured=said["milliseconds"][name],
                 limit=limit, unit="ms")
            for name, limit in LIMITS.items()
        ),
        Goal(name=f"{users_of(found)}, errors", measured=said["errors"], limit=1, unit="answers"),
    )  # fmt: skip


def users_of(found: dict[str, Any]) -> str:
    """Name the crowd."""
    return f"{found['users']} people"


def told(found: dict[str, Any]) -> str:
    """Write the figures as lines."""
    size = (
        f"{found['schools']:,} schools, {found['applications']:,} applications; load of the "
        f"machine {', '.join(map(str, found['load_of_machine']))} on {os.cpu_count()} processors"
    )
    lines = [
        size,
        *(
            f"{kind:<22} {each['service']:7.1f} a second, bare Django {each['bare']:7.1f}: "
            f"{100 * each['share']:.0f} %, errors {each['errors']}; "
            f"asked first {each['first_ms']:.0f} ms, {each['bytes']['service'] / 1000:.1f} kB"
            for kind, each in found["pages"].items()
        ),
        f"{found['users']} people for {found['crowd']['seconds']:.0f} s: "
        f"{found['crowd']['answers']:,} answers, "
        + ", ".join(f"{k} {v:.0f} ms" for k, v in found["crowd"]["milliseconds"].items()),
        "p95 of each page: "
        + ", ".join(f"{k} {v:.0f} ms" for k, v in found["crowd"]["p95_of_page"].items()),
    ]
    return "\n".join(lines)


def main() -> int:
    """Print the figures, or with ``--json`` the object; give 1 if a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--england", type=Path)
    parser.add_argument("--seconds", type=float, default=6.0, help="of each turn")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--crowd-seconds", type=float, default=60.0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        england = asked.england or made(Path(folder) / "output")
        found = measure(
            england, seconds=asked.seconds, users=asked.users, crowd_seconds=asked.crowd_seconds
        )
    held_to = goals(found)
    lines, code = judged(held_to)
    if asked.json:
        print(json.dumps({**found, "goals": [goal.as_dict() for goal in held_to]}, indent=2))
        return code
    print(told(found))
    print(lines)
    return code


if __name__ == "__main__":
    sys.exit(main())
