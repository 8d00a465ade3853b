"""A partnership ends early: the school withdraws or waits for later, or the hub steps down."""

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.eligibility import actions as applications
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import telling
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.doing.places import lock_hub
from schoolhubs.service.partnerships.models import LIVE, EndedBy, Partnership
from schoolhubs.vocabulary.errors import Conflict


def leave(
    application: Application,
    to: str,
    *,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    cohort_id: str = "",
) -> Application:
    """Withdraw an application, or put it off to a later intake, and end what it led to.

    Parameters
    ----------
    to, cohort_id
        ``withdrawn``; or ``deferred``, with the intake it is put off to.

    Raises
    ------
    Conflict
        If somebody changed it meanwhile, a round published meanwhile proposed another hub, or the
        table of states does not allow it.
    """
    with transaction.atomic():
        # Partnerships are always locked before applications, so that nobody waits in a ring.
        why = "The school withdrew." if to == "withdrawn" else "The school chose a later intake."
        live = Partnership.objects.filter(application=application, state__in=LIVE)
        ended = list(live.select_for_update().order_by("pk"))
        for each in ended:
            words = f"{why} {reason}".strip()
            end_one(each, words, maker="school", side=EndedBy.PARTNER, by=by, at=at)
        # A further year is another partnership with the same hub: it is written to once.
        for each in {each.lead_urn: each for each in reversed(ended)}.values():
            drafts = telling.to_each("partnership_ended", each, sides=("lead",), because=why)
            letters.write(drafts, by=by, at=at, place=place)
        moved = applications.move(
            application, to, maker="school", version=version, reason=reason, by=by,
            organisation=organisation, at=at, place=place, cohort_id=cohort_id,
        )  # fmt: skip
        refuse_more(live)
    return moved


def refuse_more(live: QuerySet[Partnership]) -> None:
    """Refuse to end less than all: what still lives was made while others' rows were waited for.

    A publication, or a further year, held those rows; the query that waited for them does not see
    what was made since. Call it with the application or the hub of ``live`` locked, so that no
    more come.

    Raises
    ------
    Conflict
        If anything lives still.
    """
    if live.exists():
        raise Conflict(
            "Another match was made at the same moment. Nothing was changed; look at what stands "
            "now, and try again."
        )


def end_one(
    found: Partnership, why: str, *, maker: str, side: EndedBy, by: str, at: datetime.datetime
) -> None:
    """End one locked partnership, with its objections; ``side`` is who ended it."""
    changing.move(found, "ended", by=maker)
    found.why_ended, found.ended_on, found.ended_side = why, timezone.localdate(at), side
    changing.close_objections(found, why=why, by=by, at=at)
    changing.save(found)


def step_down(
    hub: Hub,
    *,
    on: datetime.date,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> int:
    """End a hub on a day: its partnerships end, and its schools wait for another hub.

    One that was to begin on that day or later is gone; its history and the audit log keep it.

    Returns
    -------
    int
        Schools that need another hub.

    Raises
    ------
    Conflict
        If it has ended already, or a round published meanwhile proposed it to more schools.
    """
    with transaction.atomic():
        live = Partnership.objects.filter(
            programme_id=hub.programme_id, lead_urn=hub.lead_urn, state__in=LIVE
        )
        ended = list(live.select_for_update().order_by("pk"))
        ours = lock_hub(hub.programme_id, hub.lead_urn)
        if ours is None or (ours.finished_on is not None and ours.finished_on <= on):
            raise Conflict("This school does not lead a hub any more. Nothing was changed.")
        if ours.started_on is not None and on <= ours.started_on:
            ours.delete()  # it never began, so there is no day on which it could have finished
        else:
            ours.finished_on = on
            ours.save(update_fields=["finished_on"])
        for each in ended:
            words = f"The hub stepped down. {reason}"
            end_one(each, words, maker="office", side=EndedBy.LEAD, by=by, at=at)
        refuse_more(live)
        changing.move_applications(ended, "eligible", only_from=("matched", "agreed", "running"))
        because = "The hub has stepped down. The office looks for another for the school."
        schools = {each.partner_urn: each for each in reversed(ended)}
        for _, each in sorted(schools.items()):
            drafts = telling.to_each("partnership_ended", each, sides=("partner",), because=because)
            letters.write(drafts, by=by, at=at, place=place)
        audit.record(
            by=by, organisation=organisation, at=at, action="hub.step-down",
            subject=f"hub:{hub.programme_id}:{hub.lead_urn}", place=place, reason=reason,
            details={"on": on.isoformat(), "schools": str(len(schools))},
        )  # fmt: skip
    return len(schools)
