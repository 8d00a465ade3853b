"""How a school of the demonstration looks at itself: self-assessment, return, day, findings."""

import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np
import polars as pl

from schoolhubs.service.diagnosis.assessing import actions as assessing
from schoolhubs.service.diagnosis.assessing.queries import editions_for
from schoolhubs.service.diagnosis.day import actions as meeting
from schoolhubs.service.diagnosis.findings import actions as finding
from schoolhubs.service.diagnosis.findings import gathering
from schoolhubs.service.diagnosis.findings.forms import ConfirmForm
from schoolhubs.service.diagnosis.models import DiagnosticDay, KeptDiagnosis, SelfAssessment
from schoolhubs.service.diagnosis.returning.actions import bring
from schoolhubs.service.imports.sealing import Seal
from schoolhubs.service.imports.uploads import FileOnDisk
from schoolhubs.service.schools.models import School
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument

COLUMNS = {
    "suspensions": "Suspensions", "days_lost": "Days", "lesson_removals": "Removals",
    "fsm": "FSM", "sen": "SEN",
}  # fmt: skip
LIST = {"name": "Behaviour list", "layout": "pupil", "columns": COLUMNS}


def edition(school: School, topic: str) -> Instrument:
    """Give the self-assessment on attendance or behaviour for the kind of school."""
    found = editions_for(school.phase)
    return next(each for each in found if each.instrument_id.startswith(topic))


def assess(
    school: School, asked: Instrument, team: Mapping[str, str], *, low: Collection[str],
    share: float, seed: int, **who: Any,
) -> SelfAssessment:  # fmt: skip
    """Let a team answer, each alone; items on some root causes get low answers.

    Parameters
    ----------
    team
        What each is known as, by who they are.
    share
        Of the items that each answers, from the first on.
    """
    rng = np.random.default_rng(seed)
    one = assessing.begin(school.urn, asked, **who)
    for by, label in team.items():
        items = asked.items[: round(share * len(asked.items))]
        given = [
            assessing.Given(
                item=each.name, value=_level(rng, is_low=each.root_cause in low),
                note="Seen in four rooms out of six." if at == 2 else "",
            )
            for at, each in enumerate(items)
        ]  # fmt: skip
        assessing.answer(one, given, label=label, **{**who, "by": by})
    return one


def _level(rng: np.random.Generator, *, is_low: bool) -> int | None:
    if rng.random() < 0.04:
        return None
    return int(rng.choice([1, 2, 3], p=[0.35, 0.45, 0.2] if is_low else [0.05, 0.35, 0.6]))


def bring_return(school: School, *, n: int, year: str, seed: int, **who: Any) -> None:
    """Bring a behaviour return of ``n`` made-up pupils."""
    rng = np.random.default_rng(seed)
    sen = rng.choice(["none", "support", "plan"], n, p=[0.78, 0.17, 0.05])
    fsm = rng.choice(["yes", "no"], n, p=[0.27, 0.73])
    often = 0.08 + 0.12 * (sen != "none") + 0.06 * (fsm == "yes")
    suspensions = rng.poisson(often * rng.gamma(0.7, 1 / 0.7, n))
    table = pl.DataFrame(
        {"Suspensions": suspensions, "Days": suspensions * rng.integers(1, 4, n),
         "Removals": rng.poisson(5 * often), "FSM": fsm, "SEN": sen}
    )  # fmt: skip
    given, seal = FileOnDisk("return.csv"), Seal()
    given.write(seal(table.write_csv().encode(), is_last=True))
    given.flush()
    bring(given, LIST, urn=school.urn, year=year, suffix=".csv", **who)


def prepare(
    school: School, told: Mapping[str, Any], *, held_on: datetime.date, **who: Any
) -> DiagnosticDay:
    """Set the diagnostic day."""
    agreed = {name: told[name] for name in ("agenda", "who", "to_see")}
    return meeting.prepare(school.urn, {"held_on": held_on, **agreed}, version=0, **who)


def write_down(day: DiagnosticDay, seen: Iterable[Mapping[str, str]], **who: Any) -> None:
    """Write down what each side saw."""
    for each in seen:
        told = {name: each[name] for name in ("root_cause", "says", "text", "place")}
        meeting.see(day, told, side=each["side"], **who)


def refer(
    school: School, barriers: Iterable[Mapping[str, Any]], on: datetime.date, **who: Any
) -> None:
    """Record what lies outside the school, and what was asked of whom."""
    for each in barriers:
        told = {**each, "referred_on": on if each.get("referral") else None}
        cause = told.pop("root_cause")
        meeting.record_barrier(school.urn, cause, told, version=0, **who)


def confirm(school: School, **who: Any) -> KeptDiagnosis:
    """Keep the findings as they were drafted; what nothing decides is set aside."""
    files = gathering.files_of(school.urn)
    draft = gathering.drafted(files)
    blank = ConfirmForm(draft)
    form = ConfirmForm(draft, {name: blank[name].initial or "" for name in blank.fields})
    if not form.is_valid():
        raise AssertionError(form.errors)
    return finding.confirm(
        school.urn, draft, files, form.decided(), seen_digest=draft.digest, **who
    )
