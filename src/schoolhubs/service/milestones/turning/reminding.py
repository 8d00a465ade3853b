"""Letters on what is due soon and what is overdue: each once, to the schools whose turn it is."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db import transaction
from django.urls import reverse

from schoolhubs import delivery
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.milestones.standing.shown import OF_LEADS
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.milestones.turning import keeping
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.telling import Names, names_of
from schoolhubs.service.web.pages import day

BY = "schoolhubs"
LEADING = ("lead_school", "lead_trust")
Due = delivery.milestones.Due


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
    drafts += _of_leads(found, names, on)
    with transaction.atomic():
        return letters.write(drafts, by=BY, at=at, place=place)


def _urns(partnership: Partnership) -> tuple[str, str]:
    return partnership.partner_urn, partnership.lead_urn


def _written_of(found: Together, on: datetime.date) -> Iterator[tuple[str, Due]]:
    """Give what is due soon and what is overdue, with the kind of letter; each is written once."""
    late = set(delivery.milestones.stuck(found.milestones, found.dues, on))
    for due in found.dues:
        if due.standing is delivery.milestones.Standing.SOON:
            yield "milestone_due", due
        elif due in late:
            yield "milestone_overdue", due


def _drafts(found: Together, names: Names, on: datetime.date) -> Iterator[Draft]:
    for kind, due in _written_of(found, on):
        if due.milestone.done_when not in OF_LEADS:
            yield from _letters(kind, found, due, names)


def _letters(kind: str, found: Together, due: Due, names: Names) -> Iterator[Draft]:
    one, roles = found.partnership, set(due.milestone.roles)
    is_of_lead, is_of_partner = bool(roles & {*LEADING}), bool(roles - {*LEADING})
    # A rest that moves the day gives another, of which is written anew; what was due before it not.
    is_moved = due.due_on != due.planned_on
    about = f"partnership:{one.pk}/{due.key}" + (f"/{due.due_on}" if is_moved else "")
    for side, is_asked in (("partner", is_of_partner), ("lead", is_of_lead)):
        if is_asked:
            yield Draft(
                kind=kind, about=about, organisation_key=_key(one, side),
                facts={
                    "school": names.side(one, side), "partner": names.side(one, "partner"),
                    "task": due.milestone.title, "due": day(due.due_on),
                },
                path=reverse("terms", kwargs={"partnership_id": one.pk}),
            )  # fmt: skip


def _of_leads(found: Iterable[Together], names: Names, on: datetime.date) -> Iterator[Draft]:
    """Draft one letter of what a lead holds for all its partners at once, however many they are.

    A lead that works as a school with some and as a trust with others gets one as each.
    """
    by_letter: dict[tuple[str, str, str], list[tuple[Partnership, Due]]] = defaultdict(list)
    for each in found:
        one = each.partnership
        for kind, due in _written_of(each, on):
            if due.milestone.done_when in OF_LEADS:
                about = f"lead:{one.programme_id}/{one.lead_urn}/{due.milestone.milestone}"
                by_letter[kind, f"{about}/{due.due_on}", _key(one, "lead")].append((one, due))
    for (kind, about, key), ours in by_letter.items():
        one, due = ours[0]
        partner = names.side(one, "partner") if len(ours) == 1 else f"{len(ours)} partners"
        yield Draft(
            kind=kind, about=about, organisation_key=key,
            facts={
                "school": names.side(one, "lead"), "partner": partner,
                "task": due.milestone.title, "due": day(due.due_on),
            },
            path=reverse("hub-events"),
        )  # fmt: skip


def _key(one: Partnership, side: str) -> str:
    """Give who is written to on a side: the school, or its trust where trusts work together."""
    trust_id = getattr(one, f"{side}_trust_id")
    return f"trust:{trust_id}" if trust_id else f"school:{getattr(one, f'{side}_urn')}"
