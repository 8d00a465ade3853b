"""Which declarations are due and not made, and the letter that says so once."""

import datetime
from collections.abc import Iterator

from django.db import transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.funding import telling
from schoolhubs.service.funding.awarding.facts import STOOD, facts_among
from schoolhubs.service.funding.models import DeclarationState
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import put_off, resting_among, rests_of
from schoolhubs.service.web.pages import day

OF_THE_SERVICE = "schoolhubs"
# What fell due longer ago is on the page of money, and nobody is written to of it any more.
LATEST = datetime.timedelta(days=60)
# Partnerships that ended longer ago than this have told all that they will.
OVER = datetime.timedelta(days=400)


def due_on(on: datetime.date) -> Iterator[tuple[Partnership, str, str, str]]:
    """Give partnership, side, milestone and day, in words, of each declaration due and not made.

    While a partnership rests none is; afterwards it is asked for as many days later.
    """
    rows = Partnership.objects.filter(
        STOOD, extends__isnull=True, starts_on__lte=on, finishes_on__gt=on - 2 * OVER
    )
    found = facts_among(rows.order_by("pk"))
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
                is_open = made is None or made.state == DeclarationState.STARTED
                by = put_off(each.due_on, rested, on=on)
                if is_open and on - LATEST < by <= on:
                    last = each.due_on - datetime.timedelta(days=1)
                    yield facts.partnership, side, each.milestone, day(last)


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
