"""What the plan's sanctions would have counted in the school's own marks; never few pupils."""

import dataclasses
from collections.abc import Sequence

import polars as pl

from schoolhubs import attendance, disclosure, plans
from schoolhubs.service.attendance import places
from schoolhubs.vocabulary.records.disclosure import DisclosureRules
from schoolhubs.vocabulary.records.plan import ActionPlan, PlannedAction

RULES = "reports"
FLAGS = ("sen", "ehc", "has_reason")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """The sessions that sanctions of a plan would count, of the newest year of marks.

    Attributes
    ----------
    titles
        Of the sanctions that count sessions.
    asked
        Codes they ask for.
    n_sessions, n_pupils
        Counted, rounded; None where it is few pupils. Nobody is 0.
    """

    titles: Sequence[str]
    asked: Sequence[str]
    year: str
    n_sessions: int | None
    n_pupils: int | None


def touched_by(record: ActionPlan, urn: str) -> Touched | None:
    """Give what a plan's sanctions would count together; None without such, or without marks.

    A pupil of whom it is not known whether a flag is set is taken for flagged, and not counted.
    """
    counting = [each for each in record.actions if _counts(each)]
    if not counting:
        return None
    marks = attendance.MarksStore(places.store()).marks().filter(pl.col("urn") == urn)
    year = marks.select(pl.col("year").max()).collect().item()
    if year is None:
        return None
    found = attendance.patterns.sessions_of(marks.filter(pl.col("year") == year).collect())
    flagged = pl.any_horizontal(pl.col(name).fill_null(value=True) for name in FLAGS)
    sessions = found.select("pupil", "week_on", "slot", code=pl.col("letter"), is_flagged=flagged)
    on = sessions["week_on"].max()
    hit = pl.concat([plans.watching.touched(each, sessions, on=on) for each in counting])  # type: ignore[arg-type]
    hit = hit.unique(["pupil", "week_on", "slot"])
    n_pupils, n_sessions = _shown(hit["pupil"].n_unique(), hit.height)
    return Touched(
        titles=[each.title for each in counting],
        asked=sorted({code for each in counting for code in _codes(each)}),
        year=year, n_sessions=n_sessions, n_pupils=n_pupils,
    )  # fmt: skip


def _counts(action: PlannedAction) -> bool:
    return action.kind == "sanction" and bool(_codes(action))


def _codes(action: PlannedAction) -> tuple[str, ...]:
    return action.conditions.counts_codes if action.conditions else ()


def _shown(n_pupils: int, n_sessions: int) -> tuple[int | None, int | None]:
    """Hide figures of few pupils, round the others."""
    rules: DisclosureRules = disclosure.rules(RULES)
    if 0 < n_pupils <= rules.threshold:
        return None, None
    return (
        rules.rounding * round(n_pupils / rules.rounding),
        rules.sum_rounding * round(n_sessions / rules.sum_rounding),
    )
