"""How each milestone of a partnership stands on a day, from what the ledgers show."""

import dataclasses
import datetime
import enum
from collections.abc import Iterator, Sequence

from schoolhubs.delivery.milestones.terms import DAY, TermOf, moved, rests, terms_of
from schoolhubs.vocabulary.records.delivery.milestones import (
    CountedFrom,
    DoneWhen,
    Milestone,
    MilestoneRules,
    Paused,
    Shown,
)

# Done anew in each term: what another term shows does not count.
OF_A_TERM = {
    DoneWhen.OPEN_DAY_HELD, DoneWhen.OPEN_DAY_BOOKED, DoneWhen.OPEN_DAY, DoneWhen.TRAINING,
    DoneWhen.FINAL_REVIEW,
}  # fmt: skip


class Standing(enum.StrEnum):
    """How a milestone stands, in the words of its tag."""

    DONE = "Completed"
    AHEAD = "Not due yet"
    SOON = "Due soon"
    OVERDUE = "Overdue"
    RESTS = "On hold"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One milestone in one term of a partnership.

    Parameters
    ----------
    term
        The term it falls in.
    due_on, planned_on
        The last day for it, with its rests counted and without.
    done_on, evidence
        When it was done and what shows it; None and blank where it is not.
    asked, so_far
        Half-days asked for by then, and agreed so far; 0 for what is not counted in days.
    """

    milestone: Milestone
    term: TermOf
    due_on: datetime.date
    planned_on: datetime.date
    standing: Standing
    done_on: datetime.date | None = None
    evidence: str = ""
    asked: int = 0
    so_far: int = 0

    @property
    def is_left(self) -> bool:
        """It is not done."""
        return self.standing is not Standing.DONE

    @property
    def key(self) -> str:
        """Its name with its term, such as ``open_day/2``."""
        return f"{self.milestone.milestone}/{self.term.number}"


@dataclasses.dataclass(frozen=True, slots=True)
class _Done:
    on: datetime.date | None = None
    evidence: str = ""
    asked: int = 0
    so_far: int = 0


def due(
    rules: MilestoneRules,
    *,
    pathway: str,
    starts_on: datetime.date,
    finishes_on: datetime.date,
    shown: Sequence[Shown],
    on: datetime.date,
    pauses: Sequence[Paused] = (),
    lead_days: float = 0,
) -> tuple[Due, ...]:
    """Give every milestone of a partnership as it stands on a day, in order of their days.

    Parameters
    ----------
    finishes_on
        The first day after the partnership.
    shown
        What the ledgers show; what was done before it started counts where it is done once.
    lead_days
        Days of the lead that the pathway promises, for milestones counted in days.
    """
    terms = terms_of(starts_on, finishes_on)
    found = []
    for milestone in rules.of(pathway):
        for term, planned in _days(milestone, terms):
            by = moved(planned, pauses, on)
            done = _done(milestone, term, by, shown, lead_days=lead_days, n_terms=len(terms))
            found.append(
                Due(
                    milestone=milestone, term=term, due_on=by, planned_on=planned, done_on=done.on,
                    standing=_standing(rules, done, by, pauses, on), evidence=done.evidence,
                    asked=done.asked, so_far=done.so_far,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda each: each.due_on))


def _days(milestone: Milestone, terms: Sequence[TermOf]) -> Iterator[tuple[TermOf, datetime.date]]:
    """Give the terms a milestone falls in, with its day in each."""
    if not terms:
        return
    after = milestone.by_days * DAY
    if milestone.counted_from is CountedFrom.START:
        day = min(terms[0].first_on + after, terms[-1].last_on)
        yield next(each for each in terms if day <= each.last_on), day
    elif milestone.counted_from is CountedFrom.OVER:
        yield terms[-1], terms[-1].last_on + after
    elif milestone.counted_from is CountedFrom.FINISH:
        day = max(terms[-1].last_on - after, terms[0].first_on)
        yield next(each for each in terms if day <= each.last_on), day
    else:
        for term in terms:
            is_from = milestone.counted_from is CountedFrom.TERM
            day = term.first_on + after if is_from else term.last_on - after
            yield term, min(max(day, term.first_on), term.last_on)


def _done(
    milestone: Milestone, term: TermOf, by: datetime.date, shown: Sequence[Shown], *,
    lead_days: float, n_terms: int,
) -> _Done:  # fmt: skip
    ours = sorted(
        (each for each in shown if each.kind is milestone.done_when), key=lambda each: each.on
    )
    if milestone.done_when is DoneWhen.SUPPORT_DAYS:
        return _counted(ours, round(2 * lead_days * term.number / n_terms))
    if milestone.done_when in OF_A_TERM:
        last = max(term.last_on, by)
        ours = [each for each in ours if term.first_on <= each.on <= last]
    return _Done(ours[0].on, ours[0].evidence) if ours else _Done()


def _counted(ours: Sequence[Shown], asked: int) -> _Done:
    """Find the day on which so many half-days were reached."""
    so_far, reached = 0, _Done()
    for each in ours:
        so_far += each.half_days
        if so_far >= asked and reached.on is None:
            reached = _Done(each.on, each.evidence)
    return dataclasses.replace(reached, asked=asked, so_far=so_far)


def _standing(
    rules: MilestoneRules, done: _Done, by: datetime.date, pauses: Sequence[Paused],
    on: datetime.date,
) -> Standing:  # fmt: skip
    if done.on is not None:
        return Standing.DONE
    if rests(pauses, on):
        return Standing.RESTS
    if on > by:
        return Standing.OVERDUE
    return Standing.SOON if by - on <= rules.tell_days * DAY else Standing.AHEAD


def stuck(rules: MilestoneRules, dues: Sequence[Due], on: datetime.date) -> tuple[Due, ...]:
    """Give what makes a partnership stuck: overdue for longer than the definition lets pass."""
    return tuple(
        each
        for each in dues
        if each.standing is Standing.OVERDUE and on - each.due_on > rules.stuck_days * DAY
    )
