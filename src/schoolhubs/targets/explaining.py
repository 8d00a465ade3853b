"""One school's target with all that explains it."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from schoolhubs.targets.comparing import Set, comparators, visits
from schoolhubs.targets.expecting import Worked, work_out
from schoolhubs.targets.model.record import TargetModel
from schoolhubs.targets.model.scale import points
from schoolhubs.targets.said.contributions import contributions
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import (
    AttendanceTarget,
    OfficialFigure,
    Visit,
)

NO_TRAVEL = "No travel times were given, so no schools worth visiting are named."
NO_VISIT = (
    "No school that is like this one, has less absence, does better than its own context lets "
    "expect and is of another trust lies within {} minutes, beside those it is compared with."
)
PART_SAID = {
    "fsm": "SEN and language are not published of this school: they are left out, not taken as "
    "zero or as the usual figure, and the interval is as wide as the widest of its size.",
    "bare": "Nothing but the roll is published of this school's pupils: the rest is left out, not "
    "taken as zero or as the usual figure, and the interval is as wide as the widest of its size.",
}
TWO_AHEAD = (
    "No figure of {} is published yet, so this looks two years ahead, from {}. The interval and "
    "the chance are those of schools told two years ahead."
)
SPECIAL = (
    "A special school or alternative provision gets no automatic target. Its own trend, the "
    "interval and the needs it provides for stand here; a person sets a goal."
)


def explain(
    model: TargetModel,
    panel: SchoolPanel,
    *,
    urn: str,
    year: str | None = None,
    minutes: pl.DataFrame | None = None,
    preferred: tuple[str, ...] = (),
    left_out: tuple[str, ...] = (),
    official: OfficialFigure | None = None,
) -> AttendanceTarget:
    """Explain one school's expectation and target.

    Parameters
    ----------
    model, panel
        A fitted model and all schools by year.
    urn
        The school.
    year
        The year to expect; the one after the model's newest where not given.
    minutes
        ``urn, minutes``: one-way drive from the school to others; no visits without it.
    preferred, left_out
        Comparators asked for by name, and those a challenge has taken out.
    official
        A figure issued elsewhere, to stand beside ours.

    Raises
    ------
    DataProblem
        If the school is not in the register, or nothing can be expected of it.
    """
    asked = AcademicYear.parse(year) if year else AcademicYear.parse(model.until).plus(1)
    every = work_out(model, panel, year=asked, beside=urn)
    worked = next((one for one in every if urn in one.urns), None)
    context = panel.context.filter(pl.col("urn") == urn)
    if worked is None or context.is_empty():
        raise _nothing_to_expect(urn, asked, context, [one.phase for one in every])
    school = context.row(0, named=True)
    at = int(np.flatnonzero(worked.urns == urn)[0])
    row = worked.frame.row(at, named=True)
    if school["is_special_or_ap"]:
        row |= {"target_percent": None, "chance_unaided": None}
    found = comparators(
        panel,
        urn,
        phase=worked.phase,
        year_before=worked.figures_until,
        held=worked.held,
        preferred=preferred,
        left_out=left_out,
    )
    near, said_of_visits = _visits(
        found, every, worked, minutes, school, row["last_year_percent"] or row["baseline_percent"]
    )
    return AttendanceTarget(
        urn=urn,
        school_name=school["school_name"],
        phase=worked.phase,
        year=asked,
        **{name: row[name] for name in _FIGURES},
        phase_mean_percent=worked.national_percent,
        contributions=contributions(worked, urn, asked),
        comparators=found.comparators,
        visits=near,
        notes=(*_notes(worked, row, school, model.until, asked), *found.notes, *said_of_visits),
        trend=_trend(panel, urn, worked.phase, asked),
        need_types=school["need_types"],
        model_until=model.until,
        definition_version=str(model.definition["version"]),
        register_on=panel.on.isoformat(),
        official=official,
        interval_share=worked.held.interval_share,
        margin_below_percent=float(worked.margin_below[at]),
        margin_above_percent=float(worked.margin_above[at]),
        is_small=_is_small(worked, row),
        context_year=school["context_year"],
    )


_FIGURES = (
    "last_year_percent",
    "baseline_percent",
    "expected_percent",
    "target_percent",
    "low_percent",
    "high_percent",
    "chance_unaided",
    "national_percent",
    "national_year",
    "chance_size_percent",
)


def _visits(
    found: Set,
    every: list[Worked],
    worked: Worked,
    minutes: pl.DataFrame | None,
    school: dict[str, object],
    own_percent: float | None,
) -> tuple[tuple[Visit, ...], tuple[str, ...]]:
    if school["is_special_or_ap"]:
        return (), ()
    if minutes is None:
        return (), (NO_TRAVEL,)
    trust, held = school["trust_id"], worked.held
    near = visits(
        found,
        standing(every, worked.phase),
        minutes,
        trust_id=None if trust is None else str(trust),
        held=held,
        own_percent=own_percent,
    )
    return near, () if near else (NO_VISIT.format(f"{held.visit_limit_minutes:.0f}"),)


def standing(every: list[Worked], phase: str) -> pl.DataFrame:
    """Tell by how many points each school of a phase is better than its context lets expect.

    Schools of which only the roll is known are left out: their context says too little.
    """
    parts = [pl.DataFrame(schema={"urn": pl.String, "better_percent": pl.Float64})]
    for one in every:
        if one.phase == phase and one.part_name != "bare":
            of_context = points(one.level + one.said.of_context, one.said.kept.variance)
            baseline = one.frame["baseline_percent"].to_numpy()
            parts.append(
                pl.DataFrame({"urn": one.urns.tolist(), "better_percent": of_context - baseline})
            )
    return pl.concat(parts)


def _is_small(worked: Worked, row: dict[str, float]) -> bool:
    return row["chance_size_percent"] > worked.held.one_year_chance_percent


def _notes(
    worked: Worked,
    row: dict[str, float],
    school: dict[str, object],
    until: str,
    asked: AcademicYear,
) -> tuple[str, ...]:
    notes = []
    if school["is_special_or_ap"]:
        notes.append(SPECIAL)
    if worked.part_name in PART_SAID:
        notes.append(PART_SAID[worked.part_name])
    if not row["n_years"]:
        notes.append("There are no earlier years of this school: only its context speaks.")
    elif worked.figures_until < asked.plus(-1):
        notes.append(TWO_AHEAD.format(asked.plus(-1), worked.figures_until))
    elif row["last_year_percent"] is None:
        notes.append("There is no figure of the year before: older ones and context speak.")
    if worked.part_name != "bare" and str(school["context_year"] or "") > until:
        notes.append(
            f"What is known of its pupils is of the school census of {school['context_year']}, "
            f"later than {until}, the newest absence used: earlier years are seen by it as well."
        )
    if _is_small(worked, row):
        notes.append(
            f"In a school of this size, other pupils of the same kind would have made a year "
            f"about {row['chance_size_percent']:.1f} points higher or lower, so one year decides "
            "nothing."
        )
    return tuple(notes)


def _trend(
    panel: SchoolPanel, urn: str, phase: str, asked: AcademicYear
) -> tuple[tuple[str, float, float], ...]:
    """Give earlier years with the points above or below the national figure of each."""
    national = panel.national.filter(pl.col("phase") == phase).select(
        "year", nation="sess_overall_percent"
    )
    rows = (
        panel.years.filter(
            (pl.col("urn") == urn) & (pl.col("phase") == phase) & (pl.col("year") < asked)
        )
        .join(national, on="year")
        .sort("year")
        .select(
            "year",
            "sess_overall_percent",
            place=pl.col("sess_overall_percent") - pl.col("nation"),
        )
    )
    return tuple(rows.iter_rows())


def _nothing_to_expect(
    urn: str, year: str, context: pl.DataFrame, phases: Sequence[str]
) -> DataProblem:
    """Say the first reason that holds; several would leave the reader to guess."""
    row = {} if context.is_empty() else context.row(0, named=True)
    if not row:
        why, remedy = "it is not in the school register", "Check the URN."
    elif not row["is_open"]:
        why = "it is closed in the school register"
        remedy = "Ask for the school that followed it, or for a year in which it was open."
    elif row["phase"] not in phases:
        why = "the model has no schools of its phase"
        remedy = "Fit the model to a register that has figures of such schools; a person may set "
        remedy += "a goal meanwhile."
    else:
        why = "no number of its pupils is published"
        remedy = "Add a census or a year of absence that has the school, and build the register."
    return DataProblem(
        [
            Problem(
                code="nothing_to_expect",
                urn=urn,
                fault=f"nothing can be expected of school {urn} in {year}: {why}",
                remedy=remedy,
            )
        ]
    )
