"""Gathers what a lead looks at first: of each partner what is next, left and owed; places; pay."""

import dataclasses
import datetime

from django.db.models import Count, Q

from schoolhubs.delivery import training as training_of
from schoolhubs.service.delivery import queries as delivery
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.events.models import BookingState, Event, EventState
from schoolhubs.service.funding import queries as funding
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training import queries as training
from schoolhubs.service.training.models import TrainingSession

HALF_DAYS = 2
SOON = (EventState.OPEN, EventState.CLOSED)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """One partner: days in whole and half days, modules counted once for each leader."""

    partnership: Partnership
    next_on: datetime.date | None
    entitled_days: float
    done_days: float
    planned_days: float
    disputed_days: float
    n_training_owed: int
    n_training_overdue: int

    @property
    def undated_days(self) -> float:
        """Days that were promised and have no date yet."""
        spoken_for = self.done_days + self.disputed_days + self.planned_days
        return max(self.entitled_days - spoken_for, 0)

    @property
    def has_days(self) -> bool:
        """Days of the lead's leaders were promised to it, given or planned."""
        given = self.done_days + self.disputed_days + self.planned_days
        return bool(self.entitled_days or given)

    @property
    def in_order(self) -> tuple[object, ...]:
        """What is next comes first, then who waits for a date, then who owes most."""
        next_on = self.next_on or datetime.date.max
        return next_on, -self.undated_days, -self.n_training_overdue, -self.n_training_owed


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Pay:
    """What the lead itself earns: awarded, and of that paid or in a run, in pence."""

    awarded_pence: int
    sent_pence: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HubToday:
    """What the page shows; partners in the order in which they want something."""

    partners: tuple[Partner, ...]
    events: tuple[Event, ...]
    sessions: tuple[TrainingSession, ...]
    n_to_confirm: int
    pay: Pay

    @property
    def with_days(self) -> list[Partner]:
        """Partners with days of the lead's leaders."""
        return [each for each in self.partners if each.has_days]

    @property
    def light(self) -> list[Partner]:
        """Partners that come to open days and training alone: dozens, in some programmes."""
        return [each for each in self.partners if not each.has_days]


def today_of(lead_urn: str, *, on: datetime.date, at: datetime.datetime) -> HubToday:
    """Gather a hub as it stands; as many questions whether it has six partners or fifty."""
    partners = training.partners_of(lead_urn, on)
    held = delivery.days_with(partners)
    owed = training.tallies_of(partners, on=on)
    events = Event.objects.filter(hub__lead_urn=lead_urn, on__gte=on, state__in=SOON).annotate(
        n_waiting=Count("booking", filter=Q(booking__state=BookingState.WAITING))
    )
    sessions = training.with_counts(
        TrainingSession.objects.filter(training.planned_from(at), lead_urn=lead_urn)
    )
    return HubToday(
        partners=tuple(
            sorted(
                (_partner(each, held[each.pk], owed.get(each.pk), on) for each in partners),
                key=lambda one: one.in_order,
            )
        ),
        events=tuple(events.order_by("on", "starts_at", "pk")),
        sessions=tuple(sessions),
        n_to_confirm=len(training.declared_to([lead_urn])),
        pay=_pay(lead_urn, partners),
    )


def _partner(
    partnership: Partnership, days: list[SupportDay], owed: training_of.Tally | None,
    on: datetime.date,
) -> Partner:  # fmt: skip
    told = delivery.ledger_of(partnership, days)
    ahead = [each.on for each in days if each.state == "planned" and each.on >= on]
    return Partner(
        partnership=partnership, next_on=min(ahead, default=None),
        entitled_days=told.entitled / HALF_DAYS,
        done_days=told.delivered / HALF_DAYS,
        disputed_days=told.disputed / HALF_DAYS,
        planned_days=told.planned / HALF_DAYS,
        n_training_owed=owed.n_outstanding if owed else 0,
        n_training_overdue=owed.n_late if owed else 0,
    )  # fmt: skip


def _pay(lead_urn: str, partners: list[Partnership]) -> Pay:
    """Add up what the lead school is awarded for partners it has now; a trust’s is its own."""
    payee = f"school:{lead_urn}"
    ours = [each.pk for each in partners]
    awards = [each for each in funding.awards_of(ours) if each.payee == payee]
    sent = funding.sent(funding.live_payments(award__payee=payee, award__partnership__in=ours))
    return Pay(
        awarded_pence=sum(each.amount_pence for each in awards), sent_pence=sum(sent.values())
    )
