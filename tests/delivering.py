"""A partner and its lead who work together, with leaders and support days."""

import datetime
from typing import Any

from django.db.models import F

from invented import AT, PROGRAMME
from schoolhubs.delivery.days.ledger import Part
from schoolhubs.service import clock
from schoolhubs.service.delivery.doing import people, planning, recording
from schoolhubs.service.delivery.doing.planning import Date
from schoolhubs.service.delivery.doing.recording import Done
from schoolhubs.service.delivery.models import Leader, SupportDay
from schoolhubs.service.partnerships.models import Partnership

PARTNER, LEAD = "900001", "900010"
WHO: dict[str, Any] = {"by": "leader", "organisation": f"school:{LEAD}", "at": AT, "place": "tests"}


def together(
    partner: str = PARTNER, lead: str = LEAD, state: str = "running", **changes: Any
) -> Partnership:
    """Let two schools be as far as a state, for a year from three months ago."""
    today = clock.day()
    told = {
        "programme_id": PROGRAMME, "cohort_id": "2025-26-spring", "partner_urn": partner,
        "lead_urn": lead, "pathway": "enhanced", "starts_on": today - datetime.timedelta(days=90),
        "finishes_on": today + datetime.timedelta(days=275), "proposed_at": AT,
        "proposed_by": "officer", "partner_says": "accepts", "partner_at": AT, "partner_by": "head",
        "lead_says": "accepts", "lead_at": AT, "lead_by": "lead", "minutes": 35.0, **changes,
    }  # fmt: skip
    made = Partnership.objects.create(**told)
    steps = {"proposed": [], "agreed": ["agreed"], "running": ["agreed", "running"]}[state]
    for step in steps:
        Partnership.objects.filter(pk=made.pk).update(state=step, version=F("version") + 1)
    return Partnership.objects.get(pk=made.pk)


def leader(name: str = "Ada Ash", lead: str = LEAD, **changes: Any) -> Leader:
    """Name a leader of a lead."""
    return people.add(lead, name=name, **changes, **WHO)


def school_day(partnership: Partnership, after: int = 1) -> datetime.date:
    """Give a day on which both schools are open, some days from today."""
    schools = planning.calendars_of(partnership)
    on = clock.day() + datetime.timedelta(days=after)
    while not all(each.is_open(on) for each in schools):
        on += datetime.timedelta(days=1)
    return on


def planned(
    partnership: Partnership, *leaders: Leader, on: datetime.date | None = None,
    part: str = "day", **changes: Any,
) -> SupportDay:  # fmt: skip
    """Plan a day with some leaders."""
    wanted = Date(on=on or school_day(partnership), part=Part(part), leaders=leaders)
    return planning.plan(
        partnership, wanted, focus="Corridors", today=clock.day(),
        schools=planning.calendars_of(partnership), **{**WHO, **changes},
    )  # fmt: skip


def delivered(
    partnership: Partnership, *leaders: Leader, on: datetime.date | None = None,
    part: str = "day", evidence: str = "Six lessons, notes kept", **changes: Any,
) -> SupportDay:  # fmt: skip
    """Record a day that took place."""
    date = Date(on=on or clock.day(), part=Part(part), leaders=leaders)
    done = Done(date=date, focus="Corridors", evidence=evidence, **changes)
    return recording.record(partnership, done, today=clock.day(), **WHO)


def agreed(partnership: Partnership, *leaders: Leader, **changes: Any) -> SupportDay:
    """Record a day and let the partner agree it."""
    held = delivered(partnership, *leaders, **changes)
    return recording.answer(held, agrees=True, version=held.version, **WHO)
