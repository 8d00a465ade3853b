"""A cohort that begins with the next term, and who can sign in there: a year to walk through.

It is of a programme that pays partners and may give a second year, and nothing of its year is told
beforehand: whoever puts the clock forward lives it.
"""

import datetime
from collections.abc import Iterable, Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.further.choosing import Extra
from schoolhubs.service.demo.partnerships import keep_pairs
from schoolhubs.service.demo.year.joining import free_near
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.queries import schools_of
from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.records.rules import PathwayRules

LEAD, FIRST, SECOND, LIGHT = "lead", "first", "second", "light"
BY = "demonstration, a cohort that starts"
EXTRAS = (
    Extra(
        subject="demo-starting-lead-school", name="Wilhelmina Garrowby", role=Role.LEAD_SCHOOL,
        at=LEAD, title="Lead school, with partners that start next term",
        may="Plan and record support days, hold open days, confirm training, be paid for days.",
    ),
    Extra(
        subject="demo-starting-partner-school-head", name="Kwame Silverdale",
        role=Role.PARTNER_SCHOOL_HEAD, at=FIRST, title="Headteacher, paired support",
        may="Agree support days, finish training, declare time, be paid, ask for a second year.",
    ),
    Extra(
        subject="demo-starting-partner-school-head-second", name="Beatrix Holmfirth",
        role=Role.PARTNER_SCHOOL_HEAD, at=SECOND, title="Headteacher, paired support too",
        may="The same, at another school of the hub: one may leave before the end.",
    ),
    Extra(
        subject="demo-starting-partner-school-head-light", name="Rohan Elderkin",
        role=Role.PARTNER_SCHOOL_HEAD, at=LIGHT, title="Headteacher, open days alone",
        may="Book an open day each term, wait for a place, say what it was like.",
    ),
)  # fmt: skip


def keep_cohort(
    programme_ids: Sequence[str], snapshot: RegisterSnapshot, *, at: datetime.datetime
) -> Mapping[str, str]:
    """Store the cohort once, at the hub with most schools around it that have no part yet.

    Returns
    -------
    Mapping
        The URN of the school of each of ``EXTRAS``, by what it is at; empty where no programme pays
        partners and gives a second year, or no hub has enough schools near.
    """
    kept = Partnership.objects.filter(proposed_by=BY).order_by("pk")
    if not kept:
        with transaction.atomic():
            _keep(programme_ids, snapshot, at=at)
    found = list(kept.all())
    if not found:
        return {}
    urns = [each.partner_urn for each in found]
    return dict(zip((LEAD, FIRST, SECOND, LIGHT), (found[0].lead_urn, *urns), strict=True))


def _keep(
    programme_ids: Sequence[str], snapshot: RegisterSnapshot, *, at: datetime.datetime
) -> None:
    begins_on = term_finishes_on(timezone.localdate(at))
    for programme_id in programme_ids:
        programme = programmes.load(programme_id)
        rules, money = programme.as_at(begins_on), programme.money(begins_on)
        paired, light = _pathways(rules.pathways)
        if not money.pays_partners or paired is None or light is None:
            continue
        hub_urns = Hub.objects.filter(programme_id=programme_id).values("lead_urn")
        leads = schools_of(snapshot).filter(urn__in=hub_urns, is_open=True).order_by("urn")
        near = {each.urn: free_near(programme_id, each, snapshot) for each in leads}
        lead_urn = max(near, key=lambda urn: len(near[urn]), default="")
        if not lead_urn or len(near[lead_urn]) < len((FIRST, SECOND, LIGHT)):
            continue
        first, second, third = ((urn, lead_urn) for urn in near[lead_urn][:3])
        for pathway, pairs in ((paired, [first, second]), (light, [third])):
            keep_pairs(pairs, rules, pathway, snapshot, at=at, begins_on=begins_on, by=BY)
        return


def _pathways(
    all_: Iterable[PathwayRules],
) -> tuple[PathwayRules | None, PathwayRules | None]:
    """Give a pathway with days of the lead's leaders, and one without; both with a second year."""
    longer = [each for each in all_ if each.optional_extra_terms and each.partner_kind == "school"]
    paired = next((each for each in longer if each.lead_days_per_partner), None)
    return paired, next((each for each in longer if not each.lead_days_per_partner), None)
