"""Letters on what is due soon and what is overdue: each once, to the schools whose turn it is."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.urls import reverse

from schoolhubs import delivery
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.milestones.turning import keeping
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.web.pages import day

BY = "schoolhubs"
# What has been overdue for longer is on the stuck list, and nobody is written to of it any more.
LATEST = datetime.timedelta(days=14)
LEADING = ("lead_school", "lead_trust")


def remind(*, on: datetime.date, at: datetime.datetime, place: str) -> int:
    """Write of what is due soon, and once more of what was not done; however often it runs.

    A partnership that rests is not written to.

    Returns
    -------
    int
        How many letters were written.
    """
    running = Partnership.objects.filter(state="running", partner_trust_id="")
    found = together(running.select_related("extends").order_by("pk"), on=on)
    urns = {urn for each in found for urn in _urns(each.partnership)}
    names = names_of(urns)
    keeping.keep_tasks(found)
    drafts = [draft for each in found for draft in _drafts(each, names, on)]
    with transaction.atomic():
        return letters.write(drafts, by=BY, at=at, place=place)


def _urns(partnership: Partnership) -> tuple[str, str]:
    return partnership.partner_urn, partnership.lead_urn


def _drafts(found: Together, names: dict[str, str], on: datetime.date) -> Iterator[Draft]:
    late = set(delivery.milestones.stuck(found.milestones, found.dues, on))
    for due in found.dues:
        if due.standing is delivery.milestones.Standing.SOON:
            yield from _letters("milestone_due", found, due, names)
        elif due in late and on - due.due_on <= LATEST:
            yield from _letters("milestone_overdue", found, due, names)


def _letters(
    kind: str, found: Together, due: delivery.milestones.Due, names: dict[str, str]
) -> Iterator[Draft]:
    one, roles = found.partnership, set(due.milestone.roles)
    is_of_lead, is_of_partner = bool(roles & {*LEADING}), bool(roles - {*LEADING})
    for urn, is_asked in ((one.partner_urn, is_of_partner), (one.lead_urn, is_of_lead)):
        if is_asked:
            yield Draft(
                kind=kind, about=f"partnership:{one.pk}/{due.key}",
                organisation_key=f"school:{urn}",
                facts={
                    "school": names.get(urn, f"URN {urn}"),
                    "partner": names.get(one.partner_urn, f"URN {one.partner_urn}"),
                    "task": due.milestone.title, "due": day(due.due_on),
                },
                path=reverse("terms", kwargs={"partnership_id": one.pk}),
            )  # fmt: skip
