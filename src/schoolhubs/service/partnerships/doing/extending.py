"""A further year: both schools ask, the office agrees, and the place is held for it."""

import datetime

from django.db import transaction
from django.utils import timezone

from schoolhubs import programmes
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships import telling
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.doing.answering import agree
from schoolhubs.service.partnerships.doing.pairs import after_terms
from schoolhubs.service.partnerships.models import ExtensionRequest, Partnership
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict

MAY_ASK = ("agreed", "running")


def extra_terms(partnership: Partnership) -> int:
    """Give the further terms a partnership may be given by its programme's definition."""
    if partnership.year > 1:
        return 0
    rules = programmes.load(partnership.programme_id).as_at(partnership.starts_on)
    return rules.pathway(partnership.pathway).optional_extra_terms


def ask_for_more(
    partnership: Partnership,
    *,
    side: str,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> ExtensionRequest:
    """Ask for a further year on behalf of one school; asking again changes its reason.

    Raises
    ------
    Conflict
        If the programme gives no further year, the partnership does not run, or it is decided.
    """
    with transaction.atomic():
        found = changing.held(partnership)
        if not extra_terms(found) or found.state not in MAY_ASK:
            raise Conflict("This partnership cannot be given a further year. Nothing was changed.")
        request, _ = ExtensionRequest.objects.get_or_create(partnership=found)
        if request.state != "asked":
            raise Conflict(
                f"The further year is decided already: {request.get_state_display().lower()}."
            )
        setattr(request, f"{side}_at", at)
        setattr(request, f"{side}_by", by)
        setattr(request, f"{side}_reason", reason)
        request.save()
        changing.record(
            found, "ask-for-more", by=by, organisation=organisation, at=at, place=place,
            reason=reason, side=side,
        )  # fmt: skip
    return request


def decide_more(
    request: ExtensionRequest,
    *,
    is_agreed: bool,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Partnership | None:
    """Agree a further year that both asked for, holding its place, or do not.

    Returns
    -------
    Partnership or None
        The further year.

    Raises
    ------
    Conflict
        If it is decided, not asked for by both, or the hub has no place then.
    """
    with transaction.atomic():
        found = changing.held(request.partnership)
        ours = ExtensionRequest.objects.select_for_update().get(pk=request.pk)
        if ours.state != "asked":
            raise Conflict("It is decided already. Nothing was changed.")
        if is_agreed and not ours.is_asked_by_both:
            raise Conflict("Only one of the two schools has asked so far. Nothing was changed.")
        if is_agreed and found.state not in MAY_ASK:
            raise Conflict(
                "The partnership is over, so it has no further year. Nothing was changed."
            )
        ours.state = "agreed" if is_agreed else "refused"
        ours.decided_at, ours.decided_by, ours.decided_reason = at, by, reason
        ours.save()
        further = _further(found, ours, by=by, at=at) if is_agreed else None
        letters.write(_told(found, further, reason), by=by, at=at, place=place)
        changing.record(
            found, f"more-{ours.state}", by=by, organisation=organisation, at=at, place=place,
            reason=reason,
        )  # fmt: skip
    return further


def _told(found: Partnership, further: Partnership | None, reason: str) -> list[Draft]:
    if further:
        return telling.to_each("second_year_agreed", further, ends=day(further.last_on))
    ends = day(found.last_on)
    return telling.to_each("second_year_not_agreed", found, ends=ends, reason=reason)


def _further(
    found: Partnership, request: ExtensionRequest, *, by: str, at: datetime.datetime
) -> Partnership:
    further = Partnership.objects.create(
        programme_id=found.programme_id, cohort_id=found.cohort_id,
        application=found.application, round=found.round,
        partner_urn=found.partner_urn, lead_urn=found.lead_urn,
        partner_trust_id=found.partner_trust_id, lead_trust_id=found.lead_trust_id,
        pathway=found.pathway, minutes=found.minutes,
        starts_on=found.finishes_on,
        finishes_on=after_terms(found.finishes_on, extra_terms(found)),
        year=found.year + 1, extends=found, proposed_at=at, proposed_by=by,
        partner_says="accepts", partner_at=request.partner_at, partner_by=request.partner_by,
        lead_says="accepts", lead_at=request.lead_at, lead_by=request.lead_by,
    )  # fmt: skip
    agree(further, on=timezone.localdate(at))
    changing.save(further)
    return further
