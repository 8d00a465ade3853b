"""Schools that train: a partnership that runs, leaders, a session, and what was done."""

import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from invented import PROGRAMME
from schoolhubs.service import clock
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.training.models import SchoolLeader, TrainingSession

DAYS = datetime.timedelta(days=1)
MODULE = "registers_and_codes"  # for whoever sees to attendance
FOR_ALL = "attendance_and_belonging"


def running(partner: str, lead: str, **changes: Any) -> Partnership:
    """Let two schools work together since a month ago, for a year."""
    today = clock.day()
    told = {
        "programme_id": PROGRAMME, "cohort_id": "2026-27-autumn", "partner_urn": partner,
        "lead_urn": lead, "pathway": "enhanced", "starts_on": today - 30 * DAYS,
        "finishes_on": today + 335 * DAYS, "proposed_at": clock.now(), "proposed_by": "officer",
        "partner_says": "accepts", "partner_at": clock.now(), "partner_by": "head",
        "lead_says": "accepts", "lead_at": clock.now(), "lead_by": "lead", "minutes": 30.0,
        **changes,
    }  # fmt: skip
    made = Partnership.objects.create(**told)
    for state in ("agreed", "running"):
        Partnership.objects.filter(pk=made.pk).update(state=state, version=F("version") + 1)
    made.refresh_from_db()
    return made


def leader(urn: str, name: str = "Ada Vexley", *duties: str, **changes: Any) -> SchoolLeader:
    """Let a school have named a leader a month ago, who sees to some duties."""
    told = {
        "urn": urn, "name": name, "post": "Deputy head", "duties": list(duties or ("attendance",)),
        "named_on": clock.day() - 30 * DAYS, "made_at": clock.now(), "made_by": "head", **changes,
    }  # fmt: skip
    return SchoolLeader.objects.create(**told)


def session(lead_urn: str = "", *, days: float = 10, **changes: Any) -> TrainingSession:
    """Plan a session of a module some days from now, perhaps before."""
    starts = timezone.now() + days * DAYS
    told = {
        "programme_id": PROGRAMME, "module": MODULE, "lead_urn": lead_urn, "starts_at": starts,
        "ends_at": starts + datetime.timedelta(hours=2), "is_online": False, "where": "Hall",
        "n_places": 3, "made_at": clock.now(), "made_by": "lead", **changes,
    }  # fmt: skip
    return TrainingSession.objects.create(**told)
