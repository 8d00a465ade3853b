"""Sessions are planned, filled, cancelled and recorded; never more leaders than places."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.audit import actions as audit
from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.resting.queries import refuse_what_is_new
from schoolhubs.service.training import queries, telling
from schoolhubs.service.training.finishing import actions as finishing
from schoolhubs.service.training.models import SchoolLeader, SessionState, SignUp, TrainingSession
from schoolhubs.vocabulary.errors import Conflict

CHANGED = (
    "Somebody else changed this session while you had the page open. Nothing of yours was saved; "
    "look at what stands now."
)
NOT_PLANNED = "This session is cancelled, or was held. Nothing was changed."
BEGUN = "This session has begun, so nobody can sign up or withdraw any more. Nothing was changed."
APART = "This school is with no lead school now, so nobody can sign up. Nothing was changed."
NOT_BEGUN = "This session has not begun, so nobody can have come yet. Nothing was saved."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a session is planned to be; ``lead_urn`` is blank for one that the office teaches."""

    programme_id: str
    module: str
    lead_urn: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    is_online: bool
    where: str
    n_places: int | None


def plan(
    planned: Planned, *, by: str, organisation: str, at: datetime.datetime, place: str
) -> TrainingSession:
    """Plan a session; the same one sent twice is planned once."""
    with transaction.atomic():
        told = dataclasses.asdict(planned)
        same = TrainingSession.objects.filter(**told, made_by=by, state=SessionState.PLANNED)
        if found := same.first():
            return found
        made = TrainingSession.objects.create(**dataclasses.asdict(planned), made_at=at, made_by=by)
        _record("training.plan-session", made, by, organisation, at, place)
    return made


def cancel(
    session: TrainingSession,
    *,
    reason: str,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> TrainingSession:
    """Cancel a session; each school with a place is told.

    Raises
    ------
    Conflict
        If it is not planned any more, or was changed meanwhile.
    """
    with transaction.atomic():
        held = _held(session.pk)
        if held.version != version:
            raise Conflict(CHANGED)
        held.state, held.why_cancelled = SessionState.CANCELLED, reason
        held.version += 1
        held.save()
        letters.write(telling.cancelled(held), by=by, at=at, place=place)
        _record("training.cancel-session", held, by, organisation, at, place, reason=reason)
    return held


def sign_up(
    session: TrainingSession,
    urn: str,
    leaders: Collection[SchoolLeader],
    *,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> int:
    """Let these leaders of a school, and no others of it, have a place; all of them or none.

    Returns
    -------
    int
        How many of the school come.

    Raises
    ------
    Conflict
        If there are not places for all of them, the session has begun or is off, or the school's
        partnership rests or is over. Places can be given back all the same.
    """
    with transaction.atomic():
        held = _held(session.pk)
        if held.starts_at <= at:
            raise Conflict(BEGUN)
        live = SignUp.objects.filter(session=held, is_live=True).select_related("leader")
        wanted = {each.pk for each in leaders}
        out = [each for each in live if each.leader.urn == urn and each.leader_id not in wanted]
        SignUp.objects.filter(pk__in=[each.pk for each in out]).update(is_live=False)
        stays = [each for each in live if each not in out]
        taken = {each.seat for each in stays}
        there = {each.leader_id for each in stays}
        new = [each for each in leaders if each.pk not in there]
        if new:
            _refuse_while_apart(urn, held, at)
        _refuse_too_many(held, len(taken), len(new))
        for leader, seat in zip(new, _free(taken), strict=False):
            SignUp.objects.create(session=held, leader=leader, seat=seat, made_at=at, made_by=by)
        _record(
            "training.sign-up", held, by, organisation, at, place, urn=urn, n_came_in=len(new),
            n_went_out=len(out),
        )  # fmt: skip
    return len(wanted)


def record(
    session: TrainingSession,
    came: Collection[int],
    *,
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> int:
    """Record who came: each completes the module and gets a certificate; the others do not.

    Parameters
    ----------
    came
        Numbers of the sign-ups of those who came to the end.

    Returns
    -------
    int
        Completions that are new.

    Raises
    ------
    Conflict
        If it has not begun, is recorded already, or was changed meanwhile.
    """
    with transaction.atomic():
        held = _held(session.pk)
        if held.version != version:
            raise Conflict(CHANGED)
        if held.starts_at > at:
            raise Conflict(NOT_BEGUN)
        held.state = SessionState.HELD
        held.version += 1
        held.save()
        n = 0
        for each in queries.sign_ups_of(held):
            each.came = each.pk in came
            each.save()
            if each.came:
                n += finishing.taught(held, each.leader, by=by, at=at, place=place)
        _record("training.record-session", held, by, organisation, at, place, n_completed=n)
    return n


def _held(pk: int) -> TrainingSession:
    held = TrainingSession.objects.select_for_update().get(pk=pk)
    if held.state != SessionState.PLANNED:
        raise Conflict(NOT_PLANNED)
    return held


def _refuse_while_apart(urn: str, session: TrainingSession, at: datetime.datetime) -> None:
    partnership = queries.partnership_of(urn, timezone.localdate(at), session.programme_id)
    if partnership is not None:
        refuse_what_is_new(partnership.pk)
    elif Partnership.objects.filter(partner_urn=urn, state="ended").exists():
        raise Conflict(APART)


def _refuse_too_many(held: TrainingSession, n_taken: int, n_new: int) -> None:
    if held.n_places is None or n_taken + n_new <= held.n_places:
        return
    left = max(held.n_places - n_taken, 0)
    raise Conflict(
        f"This session has {held.n_places} places, of which {left} are left, and you ask for "
        f"{n_new} more. Nothing was changed: choose fewer leaders, or another session."
    )


def _free(taken: Collection[int]) -> Iterable[int]:
    """Give the seats that are free, from the first on."""
    seat = 0
    while True:
        seat += 1
        if seat not in taken:
            yield seat


def _record(
    action: str, session: TrainingSession, by: str, organisation: str, at: datetime.datetime,
    place: str, reason: str = "", **told: object,
) -> None:  # fmt: skip
    audit.record(
        by=by, organisation=organisation, at=at, action=action, place=place, reason=reason,
        subject=f"training-session:{session.pk}",
        details={"module": session.module, "lead": session.lead_urn, **told},
    )  # fmt: skip
