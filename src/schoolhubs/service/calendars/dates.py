"""All dates of somebody's schools and hubs, as a calendar holds them.

A link can get lost, so a date says what, when and which schools: no name of a person, nothing that
anybody wrote in words of their own, no address of an online meeting. Its page says the rest.
"""

import dataclasses
import datetime
from collections.abc import Iterator

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from schoolhubs.delivery import invitations
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import own_urns
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.delivery import queries as delivery
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.pages.files import invitation_of
from schoolhubs.service.events.models import Booking, Event, EventState, Party
from schoolhubs.service.events.visiting.invited import invitation_to
from schoolhubs.service.history.queries import last_changed
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.telling import names_of as names_at
from schoolhubs.service.training.models import SessionState, SignUp, TrainingSession
from schoolhubs.service.training.sessions.views import titles_of
from schoolhubs.service.web.exports import calendars

PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """The schools whose dates are wanted, as partners and as leads, from a day on."""

    partners: tuple[str, ...]
    leads: tuple[str, ...]
    since: datetime.date


def whose(actor: Actor, *, since: datetime.date) -> Whose:
    """Say whose dates an actor follows."""
    return Whose(
        partners=tuple(own_urns(actor, *PARTNERS)), leads=tuple(own_urns(actor, *LEADS)),
        since=since,
    )  # fmt: skip


def dates_of(of: Whose) -> list[invitations.Invitation]:
    """Give all dates in order of time; those taken back say so for as long as they would stand."""
    found = [*_support_days(of), *_bookings(of), *_events(of), *_sessions(of)]
    bare = [dataclasses.replace(each, text="") for each in found]
    return sorted(bare, key=lambda each: (each.starts_at, each.uid))


def _support_days(of: Whose) -> Iterator[invitations.Invitation]:
    ours = Q(partnership__partner_urn__in=of.partners) | Q(partnership__lead_urn__in=of.leads)
    rows = SupportDay.objects.filter(ours, on__gte=of.since).select_related("partnership")
    held = list(rows.prefetch_related(delivery.HELD))
    names = names_of(
        {urn for e in held for urn in (e.partnership.partner_urn, e.partnership.lead_urn)}
    )
    changed = last_changed(held)
    for each in held:
        yield invitation_of(each, names, changed)


def _bookings(of: Whose) -> Iterator[invitations.Invitation]:
    parties = Party.objects.filter(booking=OuterRef("pk"))
    rows = Booking.objects.filter(
        Exists(parties.filter(urn__in=of.partners)), ~Exists(parties.exclude(urn__in=of.partners)),
        booked_at__isnull=False, event__on__gte=of.since,
    ).select_related("event__hub")  # fmt: skip
    held = list(rows)
    names = names_at({u for e in held for u in (e.event.hub.lead_urn, e.event.place_urn)})
    changed = last_changed(held)
    for each in held:
        told = invitation_to(each, names, changed)
        yield dataclasses.replace(told, place=names.school(each.event.place_urn))


def _events(of: Whose) -> Iterator[invitations.Invitation]:
    rows = Event.objects.filter(hub__lead_urn__in=of.leads, on__gte=of.since)
    held = list(rows.exclude(state=EventState.DRAFT).select_related("hub"))
    names = names_at({u for each in held for u in (each.hub.lead_urn, each.place_urn)})
    for each in held:
        yield invitations.Invitation(
            uid=calendars.named(f"event-{each.pk}"), sequence=each.version,
            title=f"{each.get_kind_display()} of your hub", starts_at=each.starts,
            finishes_at=each.finishes, changed_at=each.changed_at,
            place=names.school(each.place_urn),
            link=f"{calendars.service_address()}{reverse('event', kwargs={'event_id': each.pk})}",
            organiser=calendars.organiser(),
            is_cancelled=each.state == EventState.CANCELLED,
        )  # fmt: skip


def _sessions(of: Whose) -> Iterator[invitations.Invitation]:
    signed_up = SignUp.objects.filter(
        session=OuterRef("pk"), is_live=True, leader__urn__in=of.partners
    )
    rows = TrainingSession.objects.filter(
        Exists(signed_up) | Q(lead_urn__in=of.leads), starts_at__date__gte=of.since
    )
    held = list(rows)
    titles, changed = titles_of(held), last_changed(held)
    names = names_at({each.lead_urn for each in held if each.lead_urn})
    for each in held:
        at = names.school(each.lead_urn) if each.lead_urn else ""
        yield invitations.Invitation(
            uid=calendars.named(f"session-{each.pk}"), sequence=each.version,
            title=f"Training: {titles[each.pk]}", starts_at=each.starts_at,
            finishes_at=each.ends_at, changed_at=changed.get(each.pk, each.made_at),
            place="on screen" if each.is_online else at,
            link=calendars.service_address(), organiser=calendars.organiser(),
            is_cancelled=each.state == SessionState.CANCELLED,
        )  # fmt: skip
