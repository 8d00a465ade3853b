"""A hub with an open day and partner schools that may come to it."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from invented import PROGRAMME, facts, register
from schoolhubs.service.events.doing import booking, preparing
from schoolhubs.service.events.models import Booking, Event
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership

LEAD, OTHER_LEAD = "900010", "900011"
AT = datetime.datetime(2026, 10, 5, 9, 0, tzinfo=datetime.UTC)
DAY = datetime.date(2026, 11, 20)
WHO: dict[str, Any] = {"by": "ada", "organisation": "school:900001", "at": AT, "place": "tests"}


def urn_of(number: int) -> str:
    """Give the URN of a partner by its number."""
    return f"91{number:04}"


def hub_of(n_partners: int = 6, **changes: Any) -> Hub:
    """Store a hub with so many partners, all together with it for the school year."""
    urns = [urn_of(number) for number in range(1, n_partners + 1)]
    register(
        *(facts(urn, trust_id="9001", **changes) for urn in (*urns, LEAD, OTHER_LEAD)),
        leads=(LEAD, OTHER_LEAD),
    )
    for urn in urns:
        partner(urn)
    return Hub.objects.get(programme_id=PROGRAMME, lead_urn=LEAD)


def partner(urn: str, lead: str = LEAD, **changes: Any) -> Partnership:
    """Store a partnership that both schools agreed on."""
    told = {
        "programme_id": PROGRAMME, "cohort_id": "2026-27-autumn", "partner_urn": urn,
        "lead_urn": lead, "pathway": "regional", "minutes": 25.0,
        "starts_on": datetime.date(2026, 9, 1), "finishes_on": datetime.date(2027, 9, 1),
        "proposed_at": AT, "proposed_by": "officer", "partner_says": "accepts",
        "lead_says": "accepts", "partner_at": AT, "lead_at": AT, "partner_by": "head",
        "lead_by": "lead", **changes,
    }  # fmt: skip
    made = Partnership.objects.create(**told)
    # A partnership begins as a proposal.
    Partnership.objects.filter(pk=made.pk).update(state="agreed", version=2)
    made.refresh_from_db()
    return made


def told(n_places: int = 4, on: datetime.date = DAY, **changes: Any) -> preparing.Told:
    """Give what a lead says of an event."""
    return preparing.Told(**{
        "place_urn": LEAD, "on": on, "starts_at": datetime.time(9, 30),
        "finishes_at": datetime.time(15, 0), "closes_on": on - datetime.timedelta(days=3),
        "n_places": n_places, "about": "Lesson starts and the lunch hall", **changes,
    })  # fmt: skip


def open_day(hub: Hub, n_places: int = 4, on: datetime.date = DAY, **changes: Any) -> Event:
    """Prepare an open day that can be booked."""
    kind = changes.pop("kind", "open_day")
    return preparing.prepare(hub, kind, told(n_places, on, **changes), opens=True, **WHO)


def wanted(*numbers: int, n: int | Sequence[int] = 1) -> booking.Wanted:
    """Give a party of some partners, so many people each."""
    each = [n] * len(numbers) if isinstance(n, int) else n
    return booking.Wanted(
        coming=[
            booking.Coming(partnership=Partnership.objects.get(partner_urn=urn_of(one)), n_people=m)
            for one, m in zip(numbers, each, strict=True)
        ],
        roles="A head of year",
    )


def hold(event: Event, *numbers: int, n: int | Sequence[int] = 1, **changes: Any) -> Booking:
    """Hold places for a party."""
    told = {"key": uuid.uuid4(), **WHO, **changes}
    return booking.hold(event, wanted(*numbers, n=n), **told)


def booked(event: Event, *numbers: int, n: int | Sequence[int] = 1, **changes: Any) -> Booking:
    """Hold and book places for a party."""
    return booking.book(hold(event, *numbers, n=n, **changes), **WHO)


def waits(event: Event, *numbers: int, n: int | Sequence[int] = 1, **changes: Any) -> Booking:
    """Put a party on the waiting list, if it does not fit."""
    return hold(event, *numbers, n=n, waits=True, **changes)


def state_of(one: Booking) -> str:
    """Give the state of a booking now."""
    return str(Booking.objects.values_list("state", flat=True).get(pk=one.pk))


def taken(event: Event) -> int:
    """Give the places that are taken now."""
    return int(Event.objects.values_list("n_taken", flat=True).get(pk=event.pk))
