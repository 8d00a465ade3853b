"""Dates for hubs of real size: some that fit, some that do not, each with its reason.

``python -m benchmarks.schedules [--json] [--case NAME] [--time-limit SECONDS]``

Every hub is invented; terms are the usual ones, and every second partner keeps another calendar
with other half terms. What is found is held against the checker that knows nothing of the solver,
and each reason against the solver again: the rules it names do not fit together, and without any
one of them the others do. Seconds are of one process with one thread.
"""

import argparse
import dataclasses
import datetime
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

from benchmarks.goals import Goal, judged
from schoolhubs import delivery
from schoolhubs.delivery.days.scheduling import Given, Leader, Partner, asks, broken, solving
from schoolhubs.delivery.days.scheduling.rules import Rule, RuleKind, rules_of
from schoolhubs.delivery.days.school_days import HalfTerm, SchoolDays, SchoolYear, usual_year

YEAR, FROM_ON = "2026/27", datetime.date(2026, 9, 1)
FINISHES_ON = datetime.date(2027, 9, 1)
HALF_DAYS = 20  # ten days for each partner
WEEK = datetime.timedelta(weeks=1)
FIT_SECONDS, REASON_SECONDS = 10.0, 10.0
CHECK_SECONDS = 60.0  # for each question that what was told is held against
# So near to fitting that a reason takes most of the time; where it is over, it has to say so.
AT_THE_EDGE = "20 partners, from the summer term on"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A hub, and whether its days fit."""

    name: str
    given: Given
    fits: bool


def calendar(name: str, *, is_other: bool = False, cannot: tuple[datetime.date, ...] = ()) -> Any:
    """Give a school's days: the usual year, or one whose breaks lie a week earlier."""
    usual = usual_year(YEAR)
    moved = tuple(
        HalfTerm(
            term=each.term, first_on=each.first_on - (WEEK if at % 2 else 0 * WEEK),
            last_on=each.last_on - (0 * WEEK if at % 2 else WEEK),
        )
        for at, each in enumerate(usual.half_terms)
    )  # fmt: skip
    year = SchoolYear(
        year=usual.year, half_terms=moved if is_other else usual.half_terms, is_own=is_other,
        cannot=dict.fromkeys(cannot, "exams"),
    )  # fmt: skip
    return SchoolDays(name=name, years={YEAR: year})


def hub(n_partners: int, n_leaders: int, capacity_days: int, **changes: Any) -> Given:
    """Give a hub of partners nearer and further away, whose leaders each teach on one weekday."""
    partners = tuple(
        Partner(
            partner_id=f"{at:02d}", name=f"School {at:02d}", half_days=HALF_DAYS,
            starts_on=FROM_ON, finishes_on=FINISHES_ON, minutes=float(15 + 7 * at % 75),
            days=calendar(f"School {at:02d}", is_other=at % 2 == 1),
        )
        for at in range(n_partners)
    )  # fmt: skip
    leaders = tuple(
        Leader(leader_id=of, name=f"Leader {of}", cannot=_weekdays(at), most_minutes=None)
        for at, of in enumerate("abcde"[:n_leaders])
    )
    told = {"capacity_half_days": 2 * capacity_days, "partners": partners, **changes}
    return Given(lead=calendar("Lead School"), leaders=leaders, from_on=FROM_ON, **told)


def _weekdays(at: int) -> frozenset[datetime.date]:
    days = (FROM_ON + datetime.timedelta(days=n) for n in range(365))
    return frozenset(each for each in days if each.weekday() == at % 5)


def _all_but_eight_weeks() -> tuple[datetime.date, ...]:
    opens, shuts = datetime.date(2026, 11, 2), datetime.date(2027, 1, 18)
    days = (FROM_ON + datetime.timedelta(days=n) for n in range(365))
    return tuple(each for each in days if not opens <= each < shuts)


def cases() -> Iterator[Case]:
    """Give hubs that fit, and hubs that fail for one reason each."""
    yield Case(name="6 partners, 60 days, 2 leaders", given=hub(6, 2, 60), fits=True)
    yield Case(name="20 partners, 200 days, 3 leaders", given=hub(20, 3, 200), fits=True)
    yield Case(name="20 partners, capacity of 60 days", given=hub(20, 3, 60), fits=False)
    yield Case(
        name="20 partners, two leaders of 2 days a week", given=hub(20, 2, 200), fits=False
    )  # fmt: skip
    full = hub(20, 3, 200)
    shut = calendar("School 07", cannot=_all_but_eight_weeks())
    others = [each for each in full.partners if each.partner_id != "07"]
    one = dataclasses.replace(full.partners[7], days=shut)
    yield Case(
        name="20 partners, one open in eight weeks alone",
        given=dataclasses.replace(full, partners=(*others, one)), fits=False,
    )  # fmt: skip
    near = tuple(dataclasses.replace(each, most_minutes=60) for each in full.leaders)
    yield Case(
        name="20 partners, leaders drive 60 minutes at most",
        given=dataclasses.replace(full, leaders=near), fits=False,
    )  # fmt: skip
    late = dataclasses.replace(full, from_on=datetime.date(2027, 4, 12))
    yield Case(name=AT_THE_EDGE, given=late, fits=False)


def measured(case: Case, seconds: float) -> dict[str, Any]:
    """Search once, and check what came of it by other means."""
    began = time.perf_counter()
    if case.fits and not solving.fits(case.given, list(rules_of(case.given)), seconds=seconds):
        raise SystemExit(f"{case.name}: nothing was found")
    first = time.perf_counter() - began
    began, cpu = time.perf_counter(), time.process_time()
    found = delivery.days.schedule(case.given, time_limit_seconds=seconds)
    took, cpu = time.perf_counter() - began, time.process_time() - cpu
    told: dict[str, Any] = {
        "case": case.name, "outcome": found.outcome.value, "seconds": took,
        "cpu_seconds": cpu, "first_seconds": first, "is_fit": case.fits,
        "is_best": found.is_best, "visits": len(found.visits),
        "reason": [asks(each, case.given) for each in found.conflict],
        "remedies": len(found.remedies), "is_verified": found.is_verified,
        "is_as_expected": (found.outcome == "fits") == case.fits,
    }  # fmt: skip
    loose = {RuleKind.ALL_DAYS, RuleKind.SPREAD} if found.conflict else set()
    told["faults"] = sum(each.kind not in loose for each in broken(case.given, found.visits))
    if found.conflict:
        told["is_true"] = _seen(case, set(found.conflict)) is False
        told["is_least"] = all(_seen(case, set(found.conflict) - {each}) for each in found.conflict)
    return told


def _seen(case: Case, rules: set[Rule]) -> bool | None:
    """Tell whether some rules fit together; None where that was not seen within the time."""
    try:
        return solving.fits(case.given, rules, seconds=CHECK_SECONDS)
    except TimeoutError:
        return None


def goals(found: list[dict[str, Any]]) -> Iterator[Goal]:
    """Hold every case against what was promised; none where some were left out."""
    if len(found) != len(list(cases())):
        return
    for each in found:
        sound = [each["is_as_expected"], not each["faults"], each.get("is_true", True)]
        yield Goal(
            name=f"{each['case']}: told rightly, no rule broken", measured=sum(sound), limit=3,
            unit="of 3", is_least=True,
        )  # fmt: skip
        if each["is_fit"]:
            yield Goal(
                name=f"{each['case']}: first dates", measured=each["first_seconds"],
                limit=FIT_SECONDS, unit="s",
            )  # fmt: skip
        elif each["case"] != AT_THE_EDGE:
            least = [each["is_least"], each["is_verified"]]
            yield Goal(
                name=f"{each['case']}: the reason is a least one, and seen to be", limit=2,
                measured=sum(least), unit="of 2", is_least=True,
            )  # fmt: skip
            yield Goal(
                name=f"{each['case']}: the reason, in seconds of a core", unit="s",
                measured=each["cpu_seconds"], limit=REASON_SECONDS,
            )  # fmt: skip


def shown(each: dict[str, Any]) -> str:
    """Set one case out."""
    best = ", proved best" if each["is_best"] else ""
    told = f"{each['visits']} visits{best}"
    if each["reason"]:
        seen = "least" if each["is_verified"] else "not seen to be least"
        told += f"; {len(each['reason'])} rules ({seen}), {each['remedies']} would do alone"
    return (
        f"{each['case']}: {each['outcome']}, {told}; {each['seconds']:.1f} s, "
        f"{each['cpu_seconds']:.1f} s of a core"
    )


def main() -> int:
    """Print what was measured beside its goals."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.schedules")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--case", default="", help="only cases whose name holds this")
    parser.add_argument("--time-limit", type=float, default=20.0, help="seconds of each search")
    given = parser.parse_args()
    found = [measured(each, given.time_limit) for each in cases() if given.case in each.name]
    judging = list(goals(found))
    lines, code = judged(judging)
    if given.as_json:
        told = {"cores": os.cpu_count(), "cases": found}
        print(json.dumps({**told, "goals": [goal.as_dict() for goal in judging]}, indent=2))
    else:
        print(*map(shown, found), lines, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
