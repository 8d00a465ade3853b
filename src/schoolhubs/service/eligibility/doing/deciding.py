"""What the office decides of an application, and any move that needs no more than a reason."""

import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from schoolhubs.service.cohorts import queries as windows
from schoolhubs.service.eligibility.doing import changing, telling
from schoolhubs.service.eligibility.doing.assessing import state_after
from schoolhubs.service.eligibility.models import (
    DECIDABLE,
    OUT,
    Application,
    Decision,
    HumanDecision,
)
from schoolhubs.service.letters import actions as letters
from schoolhubs.vocabulary.errors import Conflict


def decide(
    application: Application,
    *,
    pathway: str,
    verdict: str,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> HumanDecision:
    """Record a person's decision; one against the rules waits for a second person.

    Raises
    ------
    Conflict
        If anybody changed the application or decided on it since the person saw it, or if the
        rules were never asked about that pathway.
    """
    with transaction.atomic():
        held = changing.held(application, version)
        said = Decision.objects.filter(application=held, pathway=pathway).order_by("-pk").first()
        if said is None:
            raise Conflict("The rules were not asked about that pathway yet. Nothing was changed.")
        made = HumanDecision.objects.create(
            application=held, pathway=pathway, rules_said=said.verdict, verdict=verdict,
            reason=reason, decided_at=at, decided_by=by,
        )  # fmt: skip
        if made.counts:
            _settle(held)
        changing.be_newer(held, version)
        if made.counts:
            _tell(held, made, by=by, at=at, place=place)
        changing.record(
            held,
            "application.decide",
            by,
            organisation,
            at,
            place,
            reason,
            pathway=pathway,
            verdict=verdict,
        )
    return made


def agree(
    decision: HumanDecision,
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> HumanDecision:
    """Agree another person's decision against the rules, so that it counts.

    Raises
    ------
    Conflict
        If the same person decided it, somebody has agreed already, anybody changed the application
        or decided on it since the person saw it, or it was decided for an earlier intake.
    """
    with transaction.atomic():
        application = Application.objects.select_for_update().get(pk=decision.application_id)
        held = HumanDecision.objects.select_for_update().get(pk=decision.pk)
        if held.agreed_by:
            raise Conflict("It was agreed already. Nothing was changed.")
        if held.decided_by == by:
            raise Conflict("A second person must agree it. Nothing was changed.")
        changing.refuse_unseen(application, version)
        if not HumanDecision.objects.that_stand().filter(pk=held.pk).exists():
            raise Conflict(
                "It was decided for an earlier intake, and the rules were asked anew since, so it "
                "counts no more. Decide again. Nothing was changed."
            )
        held.agreed_at, held.agreed_by = at, by
        held.save(update_fields=["agreed_at", "agreed_by"])
        _settle(application)
        changing.be_newer(application, version)
        _tell(application, held, by=by, at=at, place=place)
        changing.record(
            application, "application.agree", by, organisation, at, place, pathway=held.pathway
        )
    return held


def move(
    application: Application,
    to: str,
    *,
    maker: str,
    version: int,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    cohort_id: str = "",
) -> Application:
    """Withdraw, defer, put on the waiting list: any move of the table that needs no more.

    Schools leave by ``partnerships.actions.leave``, which ends what the application led to first.
    ``cohort_id`` is the later intake that a deferred application waits for.
    """
    with transaction.atomic():
        held, on = changing.held(application, version), timezone.localdate(at)
        intake_to = windows.later(held, cohort_id, on=on) if to == "deferred" else None
        if intake_to:
            held.deferred_to = intake_to.cohort_id
        changing.move(held, to, by=maker)
        intake = {"intake": intake_to.title.lower()} if intake_to else {}
        letters.write(telling.moved(held, to, on=on, **intake), by=by, at=at, place=place)
        changing.record(held, f"application.{to}", by, organisation, at, place, reason)
    return held


def _settle(held: Application) -> None:
    """Move an application to where the rules and the decisions that count put it.

    Raises
    ------
    Conflict
        If a hub was proposed already, or it is out: what follows is not decided by a verdict. And
        if a refusal would become a yes beside another application of the school.
    """
    if held.state not in DECIDABLE:
        raise Conflict(
            f"The application is {held.state} by now, so a decision on joining changes nothing in "
            "it. Nothing was changed."
        )
    verdicts = {each.pathway: each.verdict for each in Decision.objects.filter(application=held)}
    for each in HumanDecision.objects.that_stand().filter(application=held):
        if each.counts:
            verdicts[each.pathway] = each.verdict
    wished = [verdict for pathway, verdict in verdicts.items() if pathway in held.pathways]
    to = state_after(wished or list(verdicts.values()))
    if held.state in OUT and to not in OUT:
        _bring_back(held, to)
    else:
        changing.move(held, to, by="office")


def _bring_back(held: Application, to: str) -> None:
    """Move an application that was out, unless the school has begun another, even just now."""
    _refuse_beside_another(held)
    try:
        with transaction.atomic():
            changing.move(held, to, by="office")
    except IntegrityError:  # begun beside this, in the same moment: now it can be seen
        _refuse_beside_another(held)
        raise


def _refuse_beside_another(held: Application) -> None:
    """Refuse to bring an application back where the school has begun another since."""
    ours = Application.objects.filter(programme_id=held.programme_id, urn=held.urn)
    if beside := ours.exclude(pk=held.pk).exclude(state__in=OUT).first():
        raise Conflict(
            f"The school has another application under way, {beside.reference}, so this one cannot "
            "be changed to a yes. Decide on that one. Nothing was changed."
        )


def _tell(
    held: Application, made: HumanDecision, *, by: str, at: datetime.datetime, place: str
) -> None:
    """Write to the school what a person's decision that counts has led to."""
    drafts = telling.decided(held, occasion=f"decision {made.pk}", on=timezone.localdate(at))
    letters.write(drafts, by=by, at=at, place=place)
