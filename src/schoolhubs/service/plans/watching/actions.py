"""A return is compared, protected and kept; where a gap widened, screens are opened again."""

import dataclasses
import datetime
import itertools
from collections.abc import Iterator, Sequence

import polars as pl
from django.db import transaction

from schoolhubs import plans
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.plans import actions, queries
from schoolhubs.service.plans.actions import Who
from schoolhubs.service.plans.models import Kind, Plan, PlanState
from schoolhubs.service.plans.watching import telling
from schoolhubs.service.plans.watching.models import AffectedReturn
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.disclosure import Release

NOT_APPROVED = "This plan was never approved, so there is no time after it. Nothing was kept."
ENDED = "This plan has ended. Nothing was kept."
TWICE = (
    "There is a comparison for these days already. A second one for the same days could give "
    "small numbers away, so nothing was kept."
)
GIVES_AWAY = (
    "These counts beside those of an earlier comparison would give a small number away, so "
    "nothing was kept. Compare a longer time instead."
)
FEW_BETWEEN = (
    "These days lie within those of an earlier comparison, or around them, and the two together "
    "would tell that only a few pupils came in between. Nothing was kept. Compare a longer time, "
    "or days that begin after the earlier ones."
)
BEFORE, AFTER = "before", "after"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Periods:
    """First and last day of the time before and of the time after."""

    before_from_on: datetime.date
    before_last_on: datetime.date
    after_from_on: datetime.date
    after_last_on: datetime.date

    def of(self, period: str) -> tuple[datetime.date, datetime.date]:
        """Give first and last day of a period."""
        if period == BEFORE:
            return self.before_from_on, self.before_last_on
        return self.after_from_on, self.after_last_on

    def called(self, period: str) -> str:
        """Give a name of a period that no other period has."""
        first, last = self.of(period)
        return f"{first} to {last}"


def compare(
    plan: Plan,
    counts: pl.DataFrame,
    periods: Periods,
    *,
    about: str,
    concerns: Sequence[str] = (),
    on: datetime.date,
    who: Who,
) -> AffectedReturn:
    """Compare who was affected, keep what may be shown, and reopen screens where a gap widened.

    Parameters
    ----------
    counts
        As ``plans.watching.read_counts`` gives them. They are not kept.
    about
        What was counted, such as ``Detentions``.
    concerns
        Ids of the actions it is about; none for all that could do harm.

    Raises
    ------
    DataProblem
        If the counts do not hang together.
    Conflict
        If the plan was never approved or has ended, these days were compared before, or the counts
        would give a small number away beside earlier ones, or by what lies between the two.
    """
    with transaction.atomic():
        held = Plan.objects.select_for_update(of=("self",)).get(pk=plan.pk)
        if held.state == PlanState.ENDED:
            raise Conflict(ENDED)
        if not held.approvals.exists():
            raise Conflict(NOT_APPROVED)
        earlier = list(AffectedReturn.objects.filter(plan=held))
        days = (periods.after_from_on, periods.after_last_on)
        if any((each.after_from_on, each.after_last_on) == days for each in earlier):
            raise Conflict(TWICE)
        if plans.watching.few_between(counts, _nested(earlier, periods)):
            raise Conflict(FEW_BETWEEN)
        found = _disparity(counts, earlier, periods)
        is_widening = any(gap.is_widening for gap in found.gaps)
        row = AffectedReturn.objects.create(
            plan=held, number=len(earlier) + 1, about=about, actions=list(concerns),
            **dataclasses.asdict(periods),
            gaps=[dataclasses.asdict(gap) for gap in found.gaps],
            tables={name: table.to_dicts() for name, table in found.tables.items()},
            releases=[_named(each, periods).as_dict() for each in found.releases],
            is_widening=is_widening, made_at=who.at, made_by=who.by, organisation=who.organisation,
        )  # fmt: skip
        audit.record(
            by=who.by, organisation=who.organisation, at=who.at, action="plan.compare",
            subject=f"plan:{held.urn}", place=who.place,
            details={"plan": held.pk, "return": row.number, "is_widening": is_widening},
        )  # fmt: skip
        if is_widening:
            _reopen(held, found, row, on=on, who=who)
    plan.refresh_from_db()
    return row


def _nested(earlier: Sequence[AffectedReturn], periods: Periods) -> Iterator[plans.watching.Nested]:
    """Give what earlier comparisons of days within these, or around them, showed."""
    names = [field.name for field in dataclasses.fields(Periods)]
    for row in earlier:
        theirs = Periods(**{name: getattr(row, name) for name in names})
        for period, other in itertools.product((BEFORE, AFTER), repeat=2):
            (first, last), (was_first, was_last) = periods.of(period), theirs.of(other)
            is_within = first <= was_first and was_last <= last
            is_around = was_first <= first and last <= was_last
            if is_within != is_around:  # the very same days are one period to the gate below
                yield plans.watching.Nested(
                    period=period, earlier_period=other, is_within=is_within, tables=row.tables
                )


def _disparity(
    counts: pl.DataFrame, earlier: Sequence[AffectedReturn], periods: Periods
) -> plans.watching.Disparity:
    """Compare, against what went out before: the same days there are the same period here."""
    released = [
        _seen_from(Release.from_dict(each), periods) for row in earlier for each in row.releases
    ]
    try:
        return plans.watching.disparity(counts, released=released)
    except Conflict as error:
        raise Conflict(GIVES_AWAY) from error


def _named(release: Release, periods: Periods) -> Release:
    """Call the periods of a release by their days, so that no other release means others."""
    names = {each: periods.called(each) for each in (BEFORE, AFTER)}
    name = f"{release.name}, {names[AFTER]}"
    return dataclasses.replace(_renamed(release, names), name=name)


def _seen_from(release: Release, periods: Periods) -> Release:
    return _renamed(release, {periods.called(each): each for each in (BEFORE, AFTER)})


def _renamed(release: Release, names: dict[str, str]) -> Release:
    table = release.table.with_columns(pl.col("period").replace(names))
    return dataclasses.replace(release, table=table)


def _reopen(
    held: Plan,
    found: plans.watching.Disparity,
    row: AffectedReturn,
    *,
    on: datetime.date,
    who: Who,
) -> None:
    record = queries.newest(held).record
    edited = plans.watching.reopen(record, found, on=on, actions=row.actions)
    if edited is record:
        return
    told = f"A gap widened: {row.about}"
    actions.save(held, edited, base=held.number, told=told, who=who, kind=Kind.REOPENED)
    drafts = telling.reopened(held, record.title, row)
    letters.write(drafts, by=who.by, at=who.at, place=who.place)
