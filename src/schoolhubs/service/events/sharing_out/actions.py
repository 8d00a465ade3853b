"""A term with too few places is shared out: schools rank its days, and the best way is sought."""

import datetime
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from schoolhubs import delivery
from schoolhubs.service.audit import actions as audit
from schoolhubs.service.events.doing import settling, steps
from schoolhubs.service.events.models import Event, EventState, Party, Ranking, SharedOut
from schoolhubs.service.events.rules import rules_for
from schoolhubs.service.events.travelling import minutes_to
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import asked_nothing, refuse_what_is_new
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.calendar import term_starts_on
from schoolhubs.vocabulary.errors import Conflict

CHANGED = (
    "Days, their places or what schools asked for changed while it was worked out. Nothing was "
    "kept; have it worked out again."
)


def rank(
    partnerships: Sequence[Partnership],
    event: Event,
    choices: Sequence[int],
    *,
    n_people: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> None:
    """Keep which days of a term some schools accept, the best first, and how many would come.

    Raises
    ------
    Conflict
        If a day is not one of the term's, stands twice or is for schools of other phases, too many
        people would come, or a school's partnership rests.
    """
    days = days_of(event.hub, event.kind, event.term_starts_on)
    there = {each.pk for each in days}
    if not choices or len(set(choices)) != len(choices) or not set(choices) <= there:
        raise Conflict("The days of the term changed meanwhile. Nothing was saved; look again.")
    most = rules_for(event).largest_party
    if not 1 <= n_people <= most:
        raise Conflict(f"From 1 to {most} people of a school come. Nothing was saved.")
    theirs = _for_each(partnerships, days, choices)
    with transaction.atomic():
        _said(partnerships, event).delete()
        for each, fitting in theirs:
            refuse_what_is_new(each.pk)
            Ranking.objects.create(
                partnership=each, kind=event.kind, term_starts_on=event.term_starts_on,
                choices=fitting, n_people=n_people, made_at=at, made_by=by,
            )  # fmt: skip
        audit.record(
            by=by, organisation=organisation, at=at, action="event.rank", place=place,
            subject=f"event:{event.pk}", details={"schools": len(theirs)},
        )  # fmt: skip


def _for_each(
    partnerships: Sequence[Partnership], days: Sequence[Event], choices: Sequence[int]
) -> list[tuple[Partnership, list[int]]]:
    """Give each school those of the days that are for its phase; refuse a day that is for none."""
    urns = {each.partner_urn for each in partnerships}
    may = {each.pk: settling.of_phases(each, urns) for each in days}
    for each in days:
        if each.pk in choices and not may[each.pk]:
            phases = " and ".join(each.phases).replace("_", " ")
            raise Conflict(
                f"The day of {day(each.on)} is for {phases} schools, and none of yours is one. "
                "Leave it empty. Nothing was saved."
            )
    fitting = [(one, [pk for pk in choices if one.partner_urn in may[pk]]) for one in partnerships]
    return [(one, ours) for one, ours in fitting if ours]


def _said(partnerships: Sequence[Partnership], event: Event) -> QuerySet[Ranking]:
    return Ranking.objects.filter(
        partnership__in=[each.pk for each in partnerships], kind=event.kind,
        term_starts_on=event.term_starts_on,
    )  # fmt: skip


def unrank(
    partnerships: Sequence[Partnership],
    event: Event,
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> None:
    """Take back which days of a term some schools accept: nothing is shared out to them.

    Raises
    ------
    Conflict
        If they named none.
    """
    with transaction.atomic():
        n, _ = _said(partnerships, event).delete()
        if not n:
            raise Conflict("Your schools named no days of this term. Nothing was changed.")
        audit.record(
            by=by, organisation=organisation, at=at, action="event.unrank", place=place,
            subject=f"event:{event.pk}", details={"schools": n},
        )  # fmt: skip


def days_of(hub: Hub, kind: str, term: datetime.date) -> list[Event]:
    """Give the days of a hub's term that can be booked."""
    rows = Event.objects.filter(hub=hub, kind=kind, term_starts_on=term, state=EventState.OPEN)
    return list(rows.select_related("hub").order_by("on", "pk"))


def rankings_of(hub: Hub, kind: str, term: datetime.date) -> list[Ranking]:
    """Give what a hub's partners said of a term."""
    rows = Ranking.objects.filter(
        kind=kind, term_starts_on=term, partnership__programme_id=hub.programme_id,
        partnership__lead_urn=hub.lead_urn,
    )  # fmt: skip
    return list(rows.select_related("partnership").order_by("partnership_id"))


def latest(hub: Hub, kind: str, term: datetime.date) -> SharedOut | None:
    """Give how a term was shared out last."""
    return SharedOut.objects.filter(hub=hub, kind=kind, term_starts_on=term).last()


def share_out(hub: Hub, kind: str, term: datetime.date, **who: Any) -> SharedOut:
    """Work out the best way to share the free places of a term, and keep it.

    Raises
    ------
    Conflict
        If there is nothing to share, or nobody to share it among.
    """
    return keep(hub, kind, term, worked_out(hub, kind, term), **who)


def sharing(hub: Hub, kind: str, term: datetime.date) -> tuple[list[Event], list[Ranking]]:
    """Give the days of a term, and those that ranked them and have none yet.

    Raises
    ------
    Conflict
        If there is nothing to share, or nobody to share it among.
    """
    days = days_of(hub, kind, term)
    asked = _may_come(rankings_of(hub, kind, term), days)
    if not days or not asked:
        raise Conflict("There is no day to share out, or no school without one that asked.")
    return days, asked


def worked_out(hub: Hub, kind: str, term: datetime.date) -> dict[str, Any]:
    """Work out the best way to share the free places of a term among those that ranked its days.

    The lottery's seed follows from hub, kind and term: nobody draws until it pleases.

    Raises
    ------
    Conflict
        If there is nothing to share, or nobody to share it among.
    """
    days, asked = sharing(hub, kind, term)
    given_days = [
        delivery.events.Day(day=each.pk, n_free=each.n_free, phases=frozenset(each.phases))
        for each in days
    ]
    asks = _asks(hub, kind, term, asked, days)
    found = delivery.events.allocate(given_days, asks, seed=_seed(hub, kind, term))
    return {
        **_stands_on(days, asks),
        "given": dict(found.given), "left_out": list(found.left_out), "cost": found.by_aim(),
        "lots": dict(found.lots), "why": {key: dict(one) for key, one in found.why.items() if one},
    }  # fmt: skip


def _stands_on(days: Sequence[Event], asks: Sequence[Any]) -> dict[str, Any]:
    return {
        "days": [
            {"day": each.pk, "n_free": each.n_free, "phases": sorted(each.phases)} for each in days
        ],
        "asks": [
            {"school": each.school, "n_people": each.n_people, "choices": list(each.choices),
             "minutes": dict(each.minutes), "was_left_out": each.was_left_out} for each in asks
        ],
    }  # fmt: skip


def _refuse_what_changed(
    hub: Hub, kind: str, term: datetime.date, found: Mapping[str, Any]
) -> None:
    """Refuse what no longer stands, such as once the one before it was booked meanwhile."""
    days = days_of(hub, kind, term)
    asked = _may_come(rankings_of(hub, kind, term), days)
    now = _stands_on(days, _asks(hub, kind, term, asked, days))
    if any(found[name] != told for name, told in now.items()):
        raise Conflict(CHANGED)


def _seed(hub: Hub, kind: str, term: datetime.date) -> int:
    return zlib.crc32(f"{hub.programme_id}/{hub.lead_urn}/{kind}/{term}".encode())


def keep(
    hub: Hub,
    kind: str,
    term: datetime.date,
    found: dict[str, Any],
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SharedOut:
    """Keep how a term was shared out; nothing is booked yet.

    Raises
    ------
    Conflict
        If what it was worked out from has changed meanwhile.
    """
    with transaction.atomic():
        steps.lock_hub(hub.pk)
        _refuse_what_changed(hub, kind, term, found)
        made = SharedOut.objects.create(
            hub=hub, kind=kind, term_starts_on=term, seed=_seed(hub, kind, term), record=found,
            made_at=at, made_by=by,
        )  # fmt: skip
        record("event.share-out", made, by, organisation, at, place)
    return made


def _may_come(rankings: Sequence[Ranking], days: Sequence[Event]) -> list[Ranking]:
    """Give those schools that can still come on a day that they ranked, with those days alone."""
    schools_ = [each.partnership for each in rankings]
    nothing = asked_nothing([each.pk for each in schools_])
    standing = set(
        Party.objects.filter(event__in=days, stands__in=("takes", "waits"))
        .values_list("partnership_id", flat=True)
    )  # fmt: skip
    had = settling.of_term(days[0], settling.taking(days[0].kind, schools_)) if days else {}
    there, found = {each.pk: each for each in days}, []
    for one in rankings:
        if one.partnership_id in nothing or one.partnership_id in standing:
            continue
        one.choices = [
            pk for pk in one.choices
            if pk in there and not settling.barred(
                there[pk], one.partnership, rules_for(there[pk]), had.get(one.partnership_id, ())
            )
        ]  # fmt: skip
        if one.choices:
            found.append(one)
    return found


def _asks(
    hub: Hub, kind: str, term: datetime.date, asked: Sequence[Ranking], days: Sequence[Event]
) -> list[Any]:
    """Give what each school asks for, with its way, its phase and whether it was left out last."""
    left_out = left_out_of(hub, kind, term_starts_on(term - datetime.timedelta(days=1)))
    ways = minutes_to(days, [each.partnership for each in asked])
    phases = _phases({each.partnership.partner_urn for each in asked})
    return [
        delivery.events.Asks(
            school=each.partnership_id, n_people=each.n_people,
            choices=tuple(each.choices),
            minutes=ways.get(each.partnership_id, {}),
            phase=phases.get(each.partnership.partner_urn, ""),
            was_left_out=each.partnership_id in left_out,
        )
        for each in asked
    ]  # fmt: skip


def left_out_of(hub: Hub, kind: str, term: datetime.date) -> set[int]:
    """Give the partnerships that got no day of a term, however often it was shared out.

    Whoever was booked afterwards, from the waiting list or otherwise, was not left out.
    """
    published = SharedOut.objects.filter(
        hub=hub, kind=kind, term_starts_on=term, published_at__isnull=False
    )
    left_out = {pk for each in published for pk in each.record["left_out"]}
    had = Party.objects.filter(
        partnership__in=left_out, kind=kind, term_starts_on=term, booking__booked_at__isnull=False
    ).exclude(event__state=EventState.CANCELLED)  # fmt: skip
    return left_out - set(had.values_list("partnership_id", flat=True))


def _phases(urns: set[str]) -> dict[str, str]:
    snapshot = schools.current_snapshot()
    if snapshot is None:
        return {}
    return dict(schools.schools_of(snapshot).filter(urn__in=urns).values_list("urn", "phase"))


def record(
    action: str, one: SharedOut, by: str, organisation: str, at: datetime.datetime, place: str
) -> None:
    """Put what was done with a term's places into the audit; the last step of an action."""
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place,
        subject=f"event:{one.record['days'][0]['day']}",
        details={"given": len(one.record["given"]), "left_out": len(one.record["left_out"])},
    )  # fmt: skip
