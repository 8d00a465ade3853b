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
from schoolhubs.service.partnerships.telling import Names, names_of
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
    running = Partnership.objects.filter(state="running")
    looked_to = keeping.last_entry()
    found = together(running.select_related("extends").order_by("pk"), on=on)
    urns = {urn for each in found for urn in _urns(each.partnership)}
    names = names_of(urns)
    keeping.keep_tasks(found, looked_to=looked_to)
    drafts = [draft for each in found for draft in _drafts(each, names, on)]
    with transaction.atomic():
        return letters.write(drafts, by=BY, at=at, place=place)


def _urns(partnership: Partnership) -> tuple[str, str]:
    return partnership.partner_urn, partnership.lead_urn


def _drafts(found: Together, names: Names, on: datetime.date) -> Iterator[Draft]:
    late = set(delivery.milestones.stuck(found.milestones, found.dues, on))
    for due in found.dues:
        if due.standing is delivery.milestones.Standing.SOON:
            yield from _letters("milestone_due", found, due, names)
        elif due in late and on - due.due_on <= LATEST:
            yield from _letters("milestone_overdue", found, due, names)


def _letters(
    kind: str, found: Together, due: delivery.milestones.Due, names: Names
) -> Iterator[Draft]:
    one, roles = found.partnership, set(due.milestone.roles)
    is_of_lead, is_of_partner = bool(roles & {*LEADING}), bool(roles - {*LEADING})
    for side, is_asked in (("partner", is_of_partner), ("lead", is_of_lead)):
        if is_asked:
            yield Draft(
                kind=kind, about=f"partnership:{one.pk}/{due.key}",
                organisation_key=_key(one, side),
                facts={
                    "school": names.side(one, side), "partner": names.side(one, "partner"),
                    "task": due.milestone.title, "due": day(due.due_on),
                },
                path=reverse("terms", kwargs={"partnership_id": one.pk}),
            )  # fmt: skip


def _key(one: Partnership, side: str) -> str:
    """Give who is written to on a side: the school, or its trust where trusts work together."""
    trust_id = getattr(one, f"{side}_trust_id")
    return f"trust:{trust_id}" if trust_id else f"school:{getattr(one, f'{side}_urn')}"
