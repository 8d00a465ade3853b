"""A school names a leader, changes what one sees to, and says that one left."""

import datetime
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.training.models import (
    STANDS,
    ModuleCompletion,
    SchoolLeader,
    SessionState,
    SignUp,
    initials,
)
from schoolhubs.vocabulary.errors import Conflict

CHANGED = (
    "Somebody else changed this leader while you had the page open. Nothing of yours was saved; "
    "look at what stands now."
)
TAKEN = "Somebody else has taken this leader’s place already. Nothing was saved."
SOMEBODY_ELSE = (
    "This leader has done modules, and the other name begins with another letter, so it is taken "
    "as somebody else’s. Say that this leader leaves, and name who takes the place. Nothing was "
    "changed."
)
LEFT = "This leader has left already. Nothing was changed."


def name(
    urn: str,
    *,
    called: str,
    post: str,
    duties: Sequence[str],
    succeeds: SchoolLeader | None,
    on: datetime.date,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SchoolLeader:
    """Name a leader of a school from a day on, perhaps in the place of one who left.

    Sent twice, it names one.

    Raises
    ------
    Conflict
        If somebody else succeeded the same leader meanwhile.
    """
    try:
        with transaction.atomic():
            same = SchoolLeader.objects.filter(
                urn=urn, name=called, post=post, named_on=on, left_on__isnull=True, made_by=by
            ).first()
            if same is not None:
                return same
            made = SchoolLeader.objects.create(
                urn=urn, name=called, post=post, duties=list(duties), named_on=on,
                succeeds=succeeds, made_at=at, made_by=by,
            )  # fmt: skip
            _record("training.name-leader", made, by, organisation, at, place)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    return made


def change(
    leader: SchoolLeader,
    *,
    called: str,
    post: str,
    duties: Sequence[str],
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SchoolLeader:
    """Change a leader's name, post or what they see to; what they owe follows.

    A name is mended, or changes with a marriage; a name with other initials is somebody else once
    this leader has done a module.

    Raises
    ------
    Conflict
        If somebody else changed it meanwhile, the leader has left, or it would be somebody else.
    """
    with transaction.atomic():
        held = _held(leader, version)
        if initials(held.name)[:1] != initials(called)[:1] and _has_done(held):
            raise Conflict(SOMEBODY_ELSE)
        held.name, held.post, held.duties = called, post, list(duties)
        held.version += 1
        held.save()
        _record("training.change-leader", held, by, organisation, at, place)
    return held


def leave(
    leader: SchoolLeader,
    *,
    left_on: datetime.date,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> SchoolLeader:
    """Say from which day somebody is no leader any more; places at later sessions come free.

    What they did stays with the school.

    Raises
    ------
    Conflict
        If somebody else changed it meanwhile, or the leader has left.
    """
    with transaction.atomic():
        held = _held(leader, version)
        held.left_on = left_on
        held.version += 1
        held.save()
        later = SignUp.objects.filter(
            leader=held, is_live=True, session__state=SessionState.PLANNED,
            session__starts_at__gt=at, session__starts_at__date__gte=left_on,
        )  # fmt: skip
        n = later.update(is_live=False)
        _record("training.leader-left", held, by, organisation, at, place, n_freed=n)
    return held


def _has_done(leader: SchoolLeader) -> bool:
    return ModuleCompletion.objects.filter(leader=leader, state__in=STANDS).exists()


def _held(leader: SchoolLeader, version: int) -> SchoolLeader:
    held = SchoolLeader.objects.select_for_update().get(pk=leader.pk)
    if held.version != version:
        raise Conflict(CHANGED)
    if held.left_on is not None:
        raise Conflict(LEFT)
    return held


def _record(
    action: str, leader: SchoolLeader, by: str, organisation: str, at: datetime.datetime,
    place: str, **told: int,
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place,
        subject=f"leader:{leader.pk}",
        details={"urn": leader.urn, "duties": list(leader.duties), **told},
    )  # fmt: skip
