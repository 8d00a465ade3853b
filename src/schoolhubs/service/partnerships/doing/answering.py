"""A school answers a proposal; the office decides on objections."""

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships import telling
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.doing.places import take_place
from schoolhubs.service.partnerships.lapsing.moving import move_start
from schoolhubs.service.partnerships.lapsing.rules import answer_by, last_day
from schoolhubs.service.partnerships.lapsing.telling import moved
from schoolhubs.service.partnerships.models import Objection, Partnership, Says, Side
from schoolhubs.service.partnerships.reasons import of_side
from schoolhubs.vocabulary.errors import Conflict, DataProblem, Problem

LONGEST_WORDS = 2_000


def answer(
    partnership: Partnership,
    *,
    side: str,
    says: str,
    reason: str = "",
    version: int,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
    reasons: Sequence[str] = (),
) -> Partnership:
    """Record what one school says of a proposal; once both accept, it is agreed and holds a place.

    Accepting twice is accepting once. A school may change its answer while it is proposed. What is
    accepted after its term is too far on to begin in starts with the first that can be begun.

    Parameters
    ----------
    side, says
        ``partner`` or ``lead``; ``accepts`` or ``objects``.
    reason, reasons
        Words, and codes of reasons.yaml: for an objection.

    Raises
    ------
    Conflict
        If it changed meanwhile, is not proposed any more, or the hub's last place is gone; then
        nothing of the answer is kept.
    DataProblem
        If an objection gives no reason.
    """
    if says == Says.OBJECTS:
        _check_reasons(side, reasons, reason)
    with transaction.atomic():
        found = changing.held(partnership)
        if says == Says.ACCEPTS and found.is_live and found.says_of(side) == says:
            return found
        found = changing.held(partnership, version)
        if found.state != "proposed":
            raise Conflict(
                f"This match is no longer open to an answer: {found.get_state_display()}. Nothing "
                "was changed."
            )
        is_moved = says == Says.ACCEPTS and move_start(found, on=timezone.localdate(at))
        setattr(found, f"{side}_says", Says(says))
        setattr(found, f"{side}_at", at)
        setattr(found, f"{side}_by", by)
        _keep_objection(found, side, says, reasons, reason, by=by, at=at)
        if found.partner_says == found.lead_says == Says.ACCEPTS:
            agree(found, on=timezone.localdate(at))
        changing.save(found)
        drafts = [*(moved([found]) if is_moved else ()), *telling.answered(found, side)]
        letters.write(drafts, by=by, at=at, place=place)
        changing.record(
            found, says, by=by, organisation=organisation, at=at, place=place, reason=reason,
            side=side, **({"starts_on": found.starts_on.isoformat()} if is_moved else {}),
        )  # fmt: skip
    return found


def agree(found: Partnership, *, on: datetime.date) -> None:
    """Make a locked proposal that both accept agreed, if the hub has a place; the caller saves."""
    take_place(found, on=on)
    changing.move(found, "agreed", by="school")
    changing.move_applications([found], "agreed", only_from=("matched",))


def _check_reasons(side: str, reasons: Sequence[str], words: str) -> None:
    known = {each.code for each in of_side(side)}
    faults = []
    if not reasons or not set(reasons) <= known:
        faults.append("Select why it does not work")
    if "other" in reasons and not words.strip():
        faults.append("Say what the other reason is")
    if len(words) > LONGEST_WORDS:
        faults.append(f"Write {LONGEST_WORDS:,} characters or fewer")
    if faults:
        raise DataProblem(
            Problem(code="no_reason", fault=fault, remedy="Choose from the list, or write it.")
            for fault in faults
        )


def _keep_objection(
    found: Partnership,
    side: str,
    says: str,
    reasons: Sequence[str],
    words: str,
    *,
    by: str,
    at: datetime.datetime,
) -> None:
    """Put an objection before the office; whatever the side said before falls."""
    open_ones = Objection.objects.filter(partnership=found, side=side, state="open")
    open_ones.update(
        state="withdrawn", decided_at=at, decided_by=by,
        decided_reason="The school has answered anew.",
    )  # fmt: skip
    if says == Says.OBJECTS:
        found.reminded_at = None  # while the office decides nobody is waited for, nor after at once
        Objection.objects.create(
            partnership=found, side=Side(side), reasons=list(reasons), words=words.strip(),
            made_at=at, made_by=by,
        )  # fmt: skip


def decide(
    objection: Objection,
    *,
    is_upheld: bool,
    reason: str,
    by: str,
    organisation: str,
    at: datetime.datetime,
    place: str,
) -> Objection:
    """Uphold an objection, which parts the pair and asks for another hub, or do not.

    Raises
    ------
    Conflict
        If somebody decided it already, or the proposal stands no longer.
    """
    with transaction.atomic():
        found = changing.held(objection.partnership)
        ours = Objection.objects.select_for_update().get(pk=objection.pk)
        if ours.state != "open":
            raise Conflict(
                f"This objection is decided already: {ours.get_state_display()}. Nothing was "
                "changed."
            )
        ours.state = "upheld" if is_upheld else "not_upheld"
        ours.decided_at, ours.decided_by, ours.decided_reason = at, by, reason
        ours.save()
        if is_upheld:
            changing.move(found, "declined", by="office")
            changing.close_objections(
                found, why="The other school’s objection was upheld.", by=by, at=at
            )
            changing.move_applications([found], "eligible", only_from=("matched",))
        else:
            # The school is asked again: it may accept, withdraw, or put its application off.
            setattr(found, f"{ours.side}_says", "")
            setattr(found, f"{ours.side}_at", None)
            setattr(found, f"{ours.side}_by", "")
            found.answer_by = max(answer_by(found), last_day(timezone.localdate(at)))
        changing.save(found)
        drafts = telling.to_each(f"objection_{ours.state}", found, reason=reason)
        letters.write(drafts, by=by, at=at, place=place)
        changing.record(
            found, ours.state, by=by, organisation=organisation, at=at, place=place, reason=reason,
            side=ours.side,
        )  # fmt: skip
    return ours
