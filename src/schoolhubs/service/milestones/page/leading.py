"""Where a milestone is done, for those who may go there."""

from collections.abc import Mapping
from typing import Any

from django.urls import NoReverseMatch, resolve, reverse

from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import required
from schoolhubs.service.accounts.roles import PARTNER_SCHOOL, Role
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.delivery.milestones import DoneWhen

# The pages of a school, by what shows a milestone done there.
OF_SCHOOLS: Mapping[DoneWhen, str] = {
    DoneWhen.AGREEMENT: "sharing",
    DoneWhen.SELF_ASSESSMENT: "self-assessments",
    DoneWhen.PUPIL_SURVEY: "surveys",
    DoneWhen.STAFF_SURVEY: "surveys",
    DoneWhen.DIAGNOSTIC_DAY: "diagnostic-day",
    DoneWhen.PLAN: "school-plan",
    DoneWhen.TRAINING: "school-training",
    # Where a plan is in force it leads on to its reviews; they are nowhere before.
    DoneWhen.FINAL_REVIEW: "school-plan",
}
# Pages of one's own, and pages of a partnership.
OWN: Mapping[DoneWhen, str] = {
    DoneWhen.OPEN_DAY_BOOKED: "events",
    DoneWhen.OPEN_DAY: "events",
    DoneWhen.OPEN_DAY_HELD: "hub-events",
    DoneWhen.DECLARATION: "own-money",
}
OF_PARTNERSHIPS: Mapping[DoneWhen, str] = {DoneWhen.SUPPORT_DAYS: "support-days"}
# A lead reaches these of its partner; the others it reads by an agreement, from the school's page.
OPEN_TO_LEADS = {DoneWhen.AGREEMENT, DoneWhen.DIAGNOSTIC_DAY, DoneWhen.TRAINING}


def address_of(actor: Actor, partnership: Partnership, kind: DoneWhen) -> str:
    """Give where a milestone is done; blank where the actor may not go, or it has no page."""
    if kind in OF_SCHOOLS:
        is_ours = is_own_school(actor, partnership.partner_urn, *PARTNER_SCHOOL, Role.PARTNER_TRUST)
        if not is_ours and kind not in OPEN_TO_LEADS:
            return ""
        return _reached(actor, OF_SCHOOLS[kind], {"urn": partnership.partner_urn})
    if kind in OF_PARTNERSHIPS:
        return _reached(actor, OF_PARTNERSHIPS[kind], {"partnership_id": partnership.pk})
    return _reached(actor, OWN[kind], {}) if kind in OWN else ""


def _reached(actor: Actor, name: str, named: dict[str, Any]) -> str:
    try:
        address = reverse(name, kwargs=named)
    except NoReverseMatch:
        return ""
    right = required(resolve(address).func)
    return address if right is not None and right.permit(actor) else ""
