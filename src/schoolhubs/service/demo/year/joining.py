"""Schools that joined the hub of the demonstration lightly: they come to its open days."""

import datetime

from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.demo.partnerships import keep_pairs
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.queries import current_snapshot, schools_of

N_JOINED = 14


def join(programme_id: str, lead_urn: str, *, at: datetime.datetime) -> list[Partnership]:
    """Let schools of the lead's region and phase join it, where the programme has such a pathway.

    Returns
    -------
    list of Partnership
        In the order of their URNs; empty where nobody could join so.
    """
    snapshot = current_snapshot()
    rules = programmes.load(programme_id).as_at(timezone.localdate(at))
    light = next((one for one in rules.pathways if not one.lead_days_per_partner), None)
    lead = schools_of(snapshot).filter(urn=lead_urn).first() if snapshot else None
    if snapshot is None or light is None or lead is None:
        return []
    urns = free_near(programme_id, lead, snapshot)[:N_JOINED]
    return keep_pairs([(urn, lead_urn) for urn in urns], rules, light, snapshot, at=at)


def free_near(programme_id: str, lead: School, snapshot: RegisterSnapshot) -> list[str]:
    """Give the schools of a lead's region and phase that have no part in the programme so far."""
    named = ((Application, "urn"), (Partnership, "partner_urn"), (Hub, "lead_urn"))
    taken = {
        urn
        for kind, column in named
        for urn in kind._default_manager.filter(programme_id=programme_id).values_list(
            column, flat=True
        )
    }
    near = schools_of(snapshot).filter(
        is_open=True, is_state_funded=True, phase=lead.phase, facts__region=lead.facts["region"]
    )
    return list(near.exclude(urn__in=taken).order_by("urn").values_list("urn", flat=True))
