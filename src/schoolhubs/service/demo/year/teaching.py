"""Training of the demonstration: leaders are named, a session was held, another lies ahead."""

import datetime
from collections.abc import Sequence

from django.utils import timezone

from schoolhubs.service.demo.year.told import DAY, lead, partner, story
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training import queries
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.training.leading import actions as leading
from schoolhubs.service.training.models import SchoolLeader, TrainingSession
from schoolhubs.service.training.sessions import actions as sessions

STARTS, FINISHES = datetime.time(13, 30), datetime.time(16, 0)
AGO, AHEAD = 30 * DAY, 16 * DAY
NAMED_FROM = 6 * DAY  # after the first day of the partnership


def tell(partnerships: Sequence[Partnership], *, on: datetime.date) -> None:
    """Tell of the training at the hub of one lead.

    Every other school named its leaders; of those most came to the session that was held, and one
    school says that a leader did the module by itself.
    """
    if not partnerships:
        return
    first = partnerships[0]
    rules = queries.rules_of(first.programme_id, first.starts_on)
    if rules is None:
        return
    modules = [each.module for each in rules.modules if first.pathway in each.pathways]
    named = {each.pk: _name(each) for each in partnerships[::2]}
    held_on = max(on - AGO, first.starts_on + NAMED_FROM + DAY)
    if held_on < on:
        _held(partnerships, named, modules[0], held_on)
    last = next(each for each in reversed(partnerships) if each.pk in named)
    finishing.declare(
        last, named[last.pk][0], modules[0], completed_on=on - DAY, **partner(last, on).said
    )
    ahead = _plan(first, modules[1], on + AHEAD, planned_on=on - 2 * DAY)
    for each in (one for one in partnerships if one.pk in named):
        sessions.sign_up(ahead, each.partner_urn, named[each.pk][:1], **partner(each, on).said)


def _name(one: Partnership) -> list[SchoolLeader]:
    doing = partner(one, one.starts_on + NAMED_FROM)
    return [
        leading.name(
            one.partner_urn, called=called, post=post, duties=duties, succeeds=None, on=doing.on,
            **doing.said,
        )
        for called, post, duties in story()["training"]["leaders"]
    ]  # fmt: skip


def _held(
    partnerships: Sequence[Partnership], named: dict[int, list[SchoolLeader]], module: str,
    day: datetime.date,
) -> None:  # fmt: skip
    # A school that was told of training by itself is not among those who came.
    come = [each for each in partnerships if each.pk in named][:-1]
    session = _plan(partnerships[0], module, day, planned_on=day - 14 * DAY)
    for each in come:
        before = partner(each, day - 7 * DAY).said
        sessions.sign_up(session, each.partner_urn, named[each.pk], **before)
    session.refresh_from_db()
    signed = queries.sign_ups_of(session)
    came = [each.pk for n, each in enumerate(signed) if n % 5 != 4]
    after = lead(partnerships[0], day + DAY).said
    sessions.record(session, came, version=session.version, **after)


def _plan(
    first: Partnership, module: str, day: datetime.date, *, planned_on: datetime.date
) -> TrainingSession:
    zone = timezone.get_current_timezone()
    planned = sessions.Planned(
        programme_id=first.programme_id, module=module, lead_urn=first.lead_urn,
        starts_at=datetime.datetime.combine(day, STARTS, zone),
        ends_at=datetime.datetime.combine(day, FINISHES, zone), is_online=False,
        where="The hall of the lead school", n_places=40,
    )  # fmt: skip
    return sessions.plan(planned, **lead(first, planned_on).said)
