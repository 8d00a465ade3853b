"""Which declarations are due and not made, and the letter that says so once."""

import dataclasses
import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Q, QuerySet

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding import telling
from schoolhubs.service.funding.awarding.facts import STOOD, Facts, facts_among
from schoolhubs.service.funding.limits import limits
from schoolhubs.service.funding.models import Declaration, DeclarationState
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import put_off, resting_among, rests_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.funding import PaymentMilestone

OF_THE_SERVICE = "schoolhubs"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A milestone of a side that is due by a day, and not declared.

    ``by`` is the day it fell due, moved on by the partnership's rests.
    """

    facts: Facts
    side: str
    milestone: PaymentMilestone
    declaration: Declaration | None
    by: datetime.date

    @property
    def last_on(self) -> str:
        """The last day that it is about, in words."""
        return day(self.milestone.due_on - datetime.timedelta(days=1))

    @property
    def told(self) -> tuple[Partnership, str, str, str]:
        """Give partnership, side, milestone, and the last day that it is about, in words."""
        return self.facts.partnership, self.side, self.milestone.milestone, self.last_on


def open_on(on: datetime.date) -> Iterator[Open]:
    """Give what is due by a day and not declared.

    While a partnership rests none is; afterwards it is asked for as many days later.
    """
    found = facts_among(_looked_at(on).order_by("pk"))
    ids = [each.pk for facts in found for each in facts.years]
    resting, pauses = resting_among(ids), rests_of(ids)
    for facts in found:
        ours = [each.pk for each in facts.years]
        if resting.intersection(ours):
            continue
        rested = [each for pk in ours for each in pauses.get(pk, ())]
        for side in ("partner", "lead"):
            for each in facts.milestones(side):
                made = facts.declarations.get((side, each.milestone))
                by = put_off(each.due_on, rested, on=on)
                if by <= on and (made is None or made.state == DeclarationState.STARTED):
                    yield Open(
                        facts=facts, side=side, milestone=each, declaration=made, by=by
                    )  # fmt: skip


def _looked_at(on: datetime.date) -> QuerySet[Partnership]:
    """Give the first years of what was not over long ago, by the last of their years."""
    after = on - datetime.timedelta(days=limits().looked_at_days)
    stood = Partnership.objects.filter(STOOD, starts_on__lte=on)
    recent = Q(finishes_on__gt=after)
    further = stood.filter(recent, extends__isnull=False).values_list("extends", flat=True)
    firsts: set[int] = set()
    years = {pk for pk in further if pk is not None}
    while years:
        before = dict(Partnership.objects.filter(pk__in=years).values_list("pk", "extends"))
        firsts |= {pk for pk, extends in before.items() if extends is None}
        years = {extends for extends in before.values() if extends is not None}
    return stood.filter(recent | Q(pk__in=firsts), extends__isnull=True)


def due_on(on: datetime.date) -> Iterator[tuple[Partnership, str, str, str]]:
    """Give what a letter says of each declaration that fell due not long ago, and is not made."""
    latest = datetime.timedelta(days=limits().letter_within_days)
    return (each.told for each in open_on(on) if each.by > on - latest)


def tell_due(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Write to each side that has a declaration due; done already, nobody is written to again.

    Returns
    -------
    int
        Letters written.
    """
    with transaction.atomic():
        found = telling.due(due_on(on))
        written = letters.write(found, by=OF_THE_SERVICE, at=at, place=place)
        if written:
            audit.record(
                by=OF_THE_SERVICE, at=at, action="declaration.tell_due", place=place,
                subject="declarations", details={"letters": written},
            )  # fmt: skip
    return written
