"""A challenge upheld: the target worked out again with what was wrong replaced, both kept."""

import dataclasses
from collections.abc import Sequence

import polars as pl

from schoolhubs.targets.explaining import explain
from schoolhubs.targets.model.record import TargetModel
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.frames import CONTEXT
from schoolhubs.vocabulary.records.school.history import SchoolPanel
from schoolhubs.vocabulary.records.school.target import RecomputedTarget, Replacement

FIGURE, CONTEXT_VALUE, COMPARATOR = "figure", "context", "comparator"
ENROLMENTS = "enrolments"


def recompute(
    model: TargetModel,
    panel: SchoolPanel,
    *,
    urn: str,
    year: str,
    replacements: Sequence[Replacement],
    minutes: pl.DataFrame | None = None,
) -> RecomputedTarget:
    """Work a school's target out again after an officer upheld a challenge.

    The model and everybody else's figures stay as they are: one school's correction moves that
    school's target alone.

    Parameters
    ----------
    replacements
        What is replaced, each with its reason and who decided. What was there ``before`` must be
        what the panel holds, so that nobody corrects a figure that has changed meanwhile. Of kind
        context, ``enrolments`` is the newest number of pupils before ``year`` that a target reads;
        ``n_pupils``, of the census, is read only where there is none.

    Returns
    -------
    RecomputedTarget
        Both versions and the replacements.

    Raises
    ------
    UsageError
        If a replacement has no reason, is of no known kind, or what it replaces is not there.
    """
    before = explain(model, panel, urn=urn, year=year, minutes=minutes)
    changed = panel
    for each in replacements:
        if not each.reason.strip() or not each.decided_by.strip():
            raise UsageError("A replacement needs a reason and who decided it.")
        if (each.kind, each.name) == (CONTEXT_VALUE, ENROLMENTS):
            changed = _with_enrolments(changed, urn, each, year, model.lag_years)
        else:
            changed = _replaced(changed, urn, each)
    after = explain(
        model,
        changed,
        urn=urn,
        year=year,
        minutes=minutes,
        left_out=tuple(each.name for each in replacements if each.kind == COMPARATOR),
    )
    return RecomputedTarget(before=before, after=after, replacements=tuple(replacements))


def _replaced(panel: SchoolPanel, urn: str, what: Replacement) -> SchoolPanel:
    mine = pl.col("urn") == urn
    if what.kind == FIGURE:
        rows = mine & (pl.col("year") == what.name)
        _hold(panel.years.filter(rows)["sess_overall_percent"].to_list(), what)
        return dataclasses.replace(
            panel, years=_put(panel.years, rows, "sess_overall_percent", what.after)
        )
    if what.kind == CONTEXT_VALUE:
        if what.name not in CONTEXT:
            known = ", ".join(CONTEXT)
            raise UsageError(f"{what.name!r} is no context figure. Expected one of {known}.")
        _hold(panel.context.filter(mine)[what.name].to_list(), what)
        return dataclasses.replace(panel, context=_put(panel.context, mine, what.name, what.after))
    if what.kind == COMPARATOR:
        return panel
    raise UsageError(f"{what.kind!r} is nothing that can be replaced.")


def _with_enrolments(
    panel: SchoolPanel, urn: str, what: Replacement, year: str, lag_years: int
) -> SchoolPanel:
    asked = AcademicYear.parse(year)
    known = panel.years.filter(
        (pl.col("urn") == urn)
        & pl.col(ENROLMENTS).is_not_null()
        & (pl.col("year") < asked)
        & (pl.col("year") >= asked.plus(-lag_years))
    ).sort("year")
    _hold(known[ENROLMENTS].tail(1).to_list(), what)
    rows = (pl.col("urn") == urn) & (pl.col("year") == known["year"][-1])
    return dataclasses.replace(panel, years=_put(panel.years, rows, ENROLMENTS, what.after))


def _hold(found: list[float | None], what: Replacement) -> None:
    same = len(found) == 1 and (
        found[0] == what.before
        or (None not in (found[0], what.before) and abs(found[0] - what.before) < 0.01)  # type: ignore[operator]
    )
    if not same:
        raise UsageError(
            f"The challenge replaces {what.before} as {what.kind} {what.name}, but "
            f"{found[0] if found else 'nothing'} is there now. Look at it again before deciding."
        )


def _put(frame: pl.DataFrame, rows: pl.Expr, name: str, value: float | None) -> pl.DataFrame:
    return frame.with_columns(
        pl.when(rows).then(pl.lit(value, frame.schema[name])).otherwise(name).alias(name)
    )
