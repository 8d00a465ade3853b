"""A school challenges, or withdraws; an officer decides, and has the target worked out again."""

import datetime

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.targets import queries
from schoolhubs.service.targets.challenges import telling
from schoolhubs.service.targets.challenges.disputable import Thing
from schoolhubs.service.targets.models import Challenge, ChallengeState, SchoolTarget
from schoolhubs.vocabulary.errors import Conflict

WITHDRAWN = "The school withdrew it."
TWICE = (
    "Your school has challenged this already, and the office has not decided yet. Nothing was "
    "saved; withdraw the other challenge first if you want to word it anew."
)
UPHELD_ALREADY = (
    "The office agreed with your school about this already, and the target is still to be worked "
    "out again with it. Nothing was saved; look again once the page shows the new version."
)
OWN = "You made this challenge yourself, so somebody else has to decide it. Nothing was saved."
DECIDED_BEFORE = (
    "You decided an earlier challenge of the same thing against this school, so a person who did "
    "not has to decide this one. Nothing was saved."
)


def challenge(
    target: SchoolTarget,
    thing: Thing,
    *,
    after: float | None,
    words: str,
    evidence: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Challenge:
    """Put what a school disputes before the office.

    Parameters
    ----------
    thing
        What is disputed, with the value that stands there.
    after
        What it should be; None where the school does not know, or for a comparator.

    Raises
    ------
    Conflict
        If the school has an open challenge of the same thing, or one upheld that the target was
        not worked out again with yet.
    """
    if queries.waits_to_amend(target.urn, thing.kind, thing.name):
        raise Conflict(UPHELD_ALREADY)
    try:
        with transaction.atomic():
            made = Challenge.objects.create(
                target=target, urn=target.urn, kind=thing.kind, name=thing.name,
                before=thing.value, after=after, words=words, evidence=evidence, made_at=at,
                made_by=by, organisation=organisation,
            )  # fmt: skip
            letters.write(telling.received(made), by=by, at=at, place=place)
            audit.record(
                by=by, organisation=organisation, at=at, action="target.challenge",
                subject=f"target:{target.urn}", place=place,
                details={"challenge": made.pk, "kind": thing.kind, "name": thing.name},
            )  # fmt: skip
    except IntegrityError as error:
        raise Conflict(TWICE) from error
    return made


def withdraw(
    made: Challenge,
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Challenge:
    """Take a challenge back before it is decided.

    Raises
    ------
    Conflict
        If it is decided, or somebody changed it meanwhile.
    """
    with transaction.atomic():
        held = _held(made, version)
        _settle(held, ChallengeState.WITHDRAWN, WITHDRAWN, by=by, at=at)
        audit.record(
            by=by, organisation=organisation, at=at, action="target.withdraw",
            subject=f"target:{held.urn}", place=place, details={"challenge": held.pk},
        )  # fmt: skip
    return held


def decide(
    made: Challenge,
    *,
    is_upheld: bool,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Challenge:
    """Uphold a challenge, which has the target worked out again, or do not.

    Raises
    ------
    Conflict
        If another officer decided it, or the school withdrew it, meanwhile; if it is the officer's
        own, or one of the same thing was refused by the same officer before.
    """
    with transaction.atomic():
        held = _held(made, version)
        _refuse_judge_of_own(held, by)
        if is_upheld:
            _settle(held, ChallengeState.UPHELD, reason, by=by, at=at)
            ask(
                queries.AMEND, {"challenge": held.pk}, by=by, organisation=organisation, at=at,
                place=place,
            )  # fmt: skip
        else:
            _settle(held, ChallengeState.REFUSED, reason, by=by, at=at)
            letters.write(telling.refused(held), by=by, at=at, place=place)
        audit.record(
            by=by, organisation=organisation, at=at,
            action="target.uphold" if is_upheld else "target.refuse",
            subject=f"target:{held.urn}", place=place, reason=reason,
            details={"challenge": held.pk, "kind": held.kind, "name": held.name},
        )  # fmt: skip
    return held


def _held(made: Challenge, version: int) -> Challenge:
    held = Challenge.objects.select_for_update(of=("self",)).get(pk=made.pk)
    if held.state != ChallengeState.OPEN:
        raise Conflict(
            f"This challenge is settled already: {held.get_state_display()}. Nothing of yours was "
            "saved."
        )
    if held.version != version:
        raise Conflict(
            "Somebody changed this challenge while you had it open. Nothing of yours was saved; "
            "look at what stands now."
        )
    return held


def _refuse_judge_of_own(held: Challenge, by: str) -> None:
    """Keep whoever made a challenge, or refused the same thing before, from deciding it."""
    if held.made_by == by:
        raise Conflict(OWN)
    same = Challenge.objects.filter(urn=held.urn, kind=held.kind, name=held.name)
    if same.filter(state=ChallengeState.REFUSED, decided_by=by).exists():
        raise Conflict(DECIDED_BEFORE)


def _settle(
    held: Challenge, state: ChallengeState, reason: str, *, by: str, at: datetime.datetime
) -> None:
    held.state, held.decided_at, held.decided_by, held.decided_reason = state, at, by, reason
    held.version += 1
    held.save()
