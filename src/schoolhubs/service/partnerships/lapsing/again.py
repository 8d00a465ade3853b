"""The office proposes a lapsed pair again, as far as it could be proposed today."""

import datetime

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.letters import actions as letters
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships import telling
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.doing.pairs import CAN_BE_PROPOSED, days_if_agreed
from schoolhubs.service.partnerships.doing.places import lock_hub, rules_for, taken, too_full
from schoolhubs.service.partnerships.lapsing.rules import last_day
from schoolhubs.service.partnerships.models import LIVE, Partnership
from schoolhubs.service.partnerships.queries import bars
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict

OTHERWISE = "Nothing was changed. Work out a re-match of the intake to find another hub."


def propose_again(
    lapsed: Partnership,
    *,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Partnership:
    """Propose to both sides what lapsed, from the first term that can be begun; both are asked.

    Raises
    ------
    Conflict
        If it did not lapse, or the two could not be proposed to each other today.
    """
    on = timezone.localdate(at)
    with transaction.atomic():
        old = changing.held(lapsed)
        if old.state != "lapsed":
            raise Conflict(f"It has not lapsed: {old.get_state_display()}. Nothing was changed.")
        hub = lock_hub(old.programme_id, old.lead_urn)
        new = _anew(old, on=on, by=by, at=at)
        _refuse(new, hub, on=on)
        new.save(force_insert=True)
        changing.move_applications([new], "matched", only_from=("eligible", "waiting"))
        letters.write(telling.proposed_again(new), by=by, at=at, place=place)
        changing.record(
            new, "propose-again", by=by, organisation=organisation, at=at, place=place,
            reason=reason, lapsed=str(old.pk),
        )  # fmt: skip
    return new


def _anew(old: Partnership, *, on: datetime.date, by: str, at: datetime.datetime) -> Partnership:
    starts_on, finishes_on = days_if_agreed(old, on=on)
    return Partnership(
        programme_id=old.programme_id, cohort_id=old.cohort_id, application=old.application,
        round=old.round, partner_urn=old.partner_urn, lead_urn=old.lead_urn,
        partner_trust_id=old.partner_trust_id, lead_trust_id=old.lead_trust_id,
        pathway=old.pathway, minutes=old.minutes, starts_on=starts_on, finishes_on=finishes_on,
        proposed_at=at, proposed_by=by, answer_by=last_day(on),
    )  # fmt: skip


def _refuse(new: Partnership, hub: Hub | None, *, on: datetime.date) -> None:
    """Refuse what could not be agreed as things stand; call it with the hub locked."""
    ours = Partnership.objects.filter(
        programme_id=new.programme_id, partner_urn=new.partner_urn,
        partner_trust_id=new.partner_trust_id, state__in=LIVE, finishes_on__gt=new.starts_on,
    )  # fmt: skip
    if ours.exists():
        raise Conflict("A hub is proposed to it by now, or agreed with. Nothing was changed.")
    beside = changing.applications_beside([new])
    if new.application is not None and beside[0].state not in CAN_BE_PROPOSED:
        raise Conflict(
            f"The school’s application stands at “{beside[0].get_state_display()}”, so no hub can "
            "be proposed to it. Nothing was changed."
        )
    stands_on = max(new.starts_on, on)
    if hub is None or (hub.finished_on is not None and hub.finished_on <= stands_on):
        raise Conflict(f"The lead school leads no hub on {day(stands_on)}. {OTHERWISE}")
    if _is_apart(new):
        raise Conflict(f"An objection that was upheld keeps the two apart. {OTHERWISE}")
    pathway = rules_for(new).pathway(new.pathway)
    if term := too_full(hub, pathway, [(new.starts_on, new.finishes_on)], taken(new)):
        raise Conflict(
            f"{term.n_held} of {term.n_places} {pathway.name} places at the hub in the "
            f"{term.title.lower()} are taken. {OTHERWISE}"
        )


def _is_apart(new: Partnership) -> bool:
    pair = new.partner_urn, new.lead_urn
    rows = bars(new.programme_id, new.cohort_id).iter_rows(named=True)
    return any(
        pair == (row["partner_urn"], row["lead_urn"])
        or (row["kind"] == "conflict" and pair == (row["lead_urn"], row["partner_urn"]))
        for row in rows
    )
