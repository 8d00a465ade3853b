"""Whether a partner's days can still all be given: term by term, and what to do where not."""

import dataclasses
import datetime
import enum
import functools
from collections.abc import Collection, Mapping, Sequence
from importlib import resources
from typing import Any

from schoolhubs.delivery.days.ledger import HALF_DAYS_A_DAY, Ledger, SupportDay
from schoolhubs.vocabulary.calendar import Term, term_finishes_on, term_starts_on
from schoolhubs.vocabulary.written.stored import read_facts


class Verdict(enum.StrEnum):
    """How a partner's days stand."""

    DONE = "done"
    ON_TRACK = "on_track"
    BEHIND = "behind"
    OVERRUN = "overrun"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TermForecast:
    """One term of a partnership, in half-days.

    Parameters
    ----------
    title
        Such as ``autumn 2026``.
    share
        What an even pace by school days would give in it.
    done, planned
        What was delivered, and what has its date.
    room
        What could still get a date in it: one visit in each week with a school day of both, less
        what is planned in that week; none in what is over.
    """

    title: str
    share: float
    done: int
    planned: int
    room: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """How far a partner's days are, and whether the rest still fits.

    Parameters
    ----------
    expected_by_now
        Half-days that an even pace by school days would have given by today.
    done
        Half-days delivered.
    undated
        Half-days promised that have no date.
    room
        Half-days that could still get a date before the partnership ends.
    overrun
        Half-days for which there is no room any more.
    steps
        What to do, in order; empty where nothing is needed.
    """

    verdict: Verdict
    expected_by_now: float
    done: int
    undated: int
    room: int
    overrun: int
    terms: tuple[TermForecast, ...]
    steps: tuple[str, ...]


@functools.cache
def _rules() -> Mapping[str, Any]:
    held = resources.files("schoolhubs.delivery.days").joinpath("forecasting.yaml")
    return dict(read_facts(held.read_text("utf-8")))


def behind_by_half_days() -> float:
    """Give how far below an even pace a partner counts as behind."""
    return float(_rules()["behind_by_half_days"]["value"])


def forecast(
    ledger: Ledger,
    days: Collection[SupportDay],
    open_days: Sequence[datetime.date],
    *,
    on: datetime.date,
    week: int = HALF_DAYS_A_DAY,
    is_known: bool = True,
) -> Forecast:
    """Tell how a partner's days stand on a day.

    Parameters
    ----------
    days
        The days that the ledger adds up.
    open_days
        Every day of the partnership on which both schools are open, in order.
    week
        Most half-days that a partner gets in a week.
    is_known
        Term dates are at hand to the end. Where they are not, nobody knows what still fits, so
        that nothing is said to overrun.

    Notes
    -----
    An even pace gives the same share of what was promised on each school day. That is a yardstick
    and no promise: schools may well agree to begin slowly.

    Examples
    --------
    >>> from schoolhubs.delivery.days.ledger import ledger
    >>> days = [datetime.date(2026, 9, 1) + datetime.timedelta(weeks=n) for n in range(30)]
    >>> told = forecast(ledger([], entitled_days=10), [], days, on=datetime.date(2027, 2, 16))
    >>> told.verdict.value, told.overrun
    ('overrun', 8)
    """
    before = sum(each < on for each in open_days)
    expected = ledger.entitled * before / len(open_days) if open_days else float(ledger.entitled)
    terms = tuple(_terms(ledger, days, open_days, on, week))
    room = sum(each.room for each in terms)
    overrun = max(ledger.undated - room, 0) if is_known else 0
    if ledger.undated == 0 and ledger.planned == 0 and ledger.disputed == 0:
        verdict = Verdict.DONE
    elif overrun:
        verdict = Verdict.OVERRUN
    elif expected - ledger.delivered > behind_by_half_days():
        verdict = Verdict.BEHIND
    else:
        verdict = Verdict.ON_TRACK
    return Forecast(
        verdict=verdict, expected_by_now=expected, done=ledger.delivered, undated=ledger.undated,
        room=room, overrun=overrun, terms=terms, steps=tuple(_rules()["steps"].get(verdict, ())),
    )  # fmt: skip


def _terms(
    ledger: Ledger, days: Collection[SupportDay], open_days: Sequence[datetime.date],
    on: datetime.date, week: int,
) -> list[TermForecast]:  # fmt: skip
    found = []
    for starts in sorted({term_starts_on(each) for each in open_days}):
        ours = [each for each in open_days if term_starts_on(each) == starts]
        held = [each for each in days if starts <= each.on < term_finishes_on(starts)]
        planned = [each for each in held if each.state == "planned"]
        taken: dict[datetime.date, int] = {}
        for each in planned:
            monday = _monday(each.on)
            taken[monday] = taken.get(monday, 0) + each.lead_half_days
        weeks = {_monday(each) for each in ours if each >= on}
        found.append(TermForecast(
            title=f"{Term.holding(starts).value} {starts.year}",
            share=ledger.entitled * len(ours) / len(open_days),
            done=sum(each.lead_half_days for each in held if each.state in {"delivered", "agreed"}),
            planned=sum(each.lead_half_days for each in planned),
            room=sum(max(week - taken.get(monday, 0), 0) for monday in weeks),
        ))  # fmt: skip
    return found


def _monday(on: datetime.date) -> datetime.date:
    return on - datetime.timedelta(days=on.weekday())
