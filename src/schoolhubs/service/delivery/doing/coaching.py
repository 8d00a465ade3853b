"""A coaching cycle begins with a named coach and a focus, and ends with what came of it."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from schoolhubs.delivery import days
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.delivery import queries, telling
from schoolhubs.service.delivery.doing import changing
from schoolhubs.service.delivery.models import CoachingCycle, Leader, SupportDay
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.resting.queries import rests_of
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery.milestones import Paused
from schoolhubs.vocabulary.records.support import CoachingRules

Alert = days.coaching.Alert


def rules_for(partnership: Partnership) -> CoachingRules | None:
    """Give how a partnership's pathway coaches; None where it has no coaching."""
    support = queries.support_of(partnership)
    return support.coaching.get(partnership.pathway) if support else None


def begin(
    partnership: Partnership, *, coach: Leader, focus: str, today: datetime.date, **who: Any
) -> CoachingCycle:
    """Begin a cycle from today, to be reviewed when the definition says.

    Raises
    ------
    Conflict
        If the pathway has no coaching, a cycle runs already, or the two are not together.
    """
    rules = rules_for(partnership)
    if rules is None:
        raise Conflict("This pathway has no coaching. Nothing was saved.")
    review = today + datetime.timedelta(days=rules.review_after_days)
    try:
        with transaction.atomic():
            held = changing.held_partnership(partnership)
            made = CoachingCycle.objects.create(
                partnership=held, coach=coach, focus=focus, starts_on=today,
                review_on=min(review, partnership.last_on), began_at=who["at"],
                began_by=who["by"],
            )  # fmt: skip
            _record("begin", made, who)
    except IntegrityError as error:
        raise Conflict("A coaching cycle runs already. End it first. Nothing was saved.") from error
    return made


def end(cycle: CoachingCycle, *, outcome: str, version: int, **who: Any) -> CoachingCycle:
    """End a cycle with what came of it.

    Raises
    ------
    Conflict
        If it has ended, or was changed meanwhile.
    """
    with transaction.atomic():
        rows = CoachingCycle.objects.select_for_update(of=("self",)).select_related("partnership")
        held = rows.get(pk=cycle.pk)
        if held.version != version or held.ended_at:
            raise Conflict("This cycle was ended or changed meanwhile. Nothing was changed.")
        held.ended_at, held.ended_by, held.outcome = who["at"], who["by"], outcome
        held.version += 1
        held.save()
        _record("end", held, who)
    return held


def alerts_of(
    cycle: CoachingCycle, on: datetime.date, pauses: Sequence[Paused] | None = None
) -> tuple[Alert, ...]:
    """Give what a cycle that runs waits for; nothing while its partnership rests.

    ``pauses`` are the rests of the partnership, where they were read already.
    """
    rules = rules_for(cycle.partnership)
    if pauses is None:
        pauses = rests_of([cycle.partnership_id]).get(cycle.partnership_id, ())
    if rules is None or cycle.ended_at or any(each.until_on is None for each in pauses):
        return ()
    held = SupportDay.objects.filter(cycle=cycle).values_list("on", "state")
    return days.coaching.alerts(
        [days.coaching.Session(on=day, state=state) for day, state in held], rules,
        starts_on=cycle.starts_on, review_on=cycle.review_on, on=on, pauses=pauses,
    )  # fmt: skip


def tell_missed(*, on: datetime.date, by: str, at: datetime.datetime, place: str) -> int:
    """Tell both schools of sessions that were missed or have stopped, once each.

    Returns
    -------
    int
        How many cycles were told of.
    """
    told = 0
    running = CoachingCycle.objects.filter(
        ended_at__isnull=True, partnership__state__in=HOLDS_A_PLACE
    )
    cycles = list(running.select_related("partnership", "coach"))
    pauses = rests_of({each.partnership_id for each in cycles})
    for cycle in cycles:
        for alert in alerts_of(cycle, on, pauses.get(cycle.partnership_id, ())):
            occasion = f"{alert.kind.value}/{alert.since_on.isoformat()}"
            with transaction.atomic():
                drafts = telling.coaching_missed(cycle, because=alert.words, occasion=occasion)
                if letters.write(drafts, by=by, at=at, place=place):
                    told += 1
                    _record("tell_missed", cycle,
                            {"by": by, "organisation": "", "at": at, "place": place})  # fmt: skip
    return told


def _record(action: str, cycle: CoachingCycle, who: Any) -> None:
    audit.record(
        action=f"coaching.{action}", subject=queries.subject_of(cycle.partnership),
        details={"cycle": cycle.pk, "urn": cycle.partnership.partner_urn}, **who,
    )  # fmt: skip
