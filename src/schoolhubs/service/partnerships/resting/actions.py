"""Lets a partnership rest, takes it up again, or ends it before its last day."""

import datetime

from django.db import transaction
from django.utils import timezone

from schoolhubs.service.letters import actions as letters
from schoolhubs.service.partnerships import telling
from schoolhubs.service.partnerships.doing import changing
from schoolhubs.service.partnerships.doing.ending import end_one
from schoolhubs.service.partnerships.models import EndedBy, Partnership, Rest
from schoolhubs.vocabulary.errors import Conflict

NOT_RUNNING = "This partnership does not run, so it cannot rest. Nothing was changed."


def rest(
    partnership: Partnership, *, reason: str, by: str, organisation: str, at: datetime.datetime,
    place: str,
) -> Rest:  # fmt: skip
    """Let a running partnership rest from today; both schools are told.

    Raises
    ------
    Conflict
        If it does not run, or rests already.
    """
    with transaction.atomic():
        found = changing.held(partnership)
        if found.state != "running":
            raise Conflict(NOT_RUNNING)
        if found.rests.filter(until_on__isnull=True).exists():
            raise Conflict("This partnership rests already. Nothing was changed.")
        made = Rest.objects.create(
            partnership=found, from_on=timezone.localdate(at), reason=reason, begun_at=at,
            begun_by=by,
        )  # fmt: skip
        changing.save(found)
        _told(found, "partnership_rests", reason, by, at, place)
        changing.record(
            found, "rest", by=by, organisation=organisation, at=at, place=place, reason=reason
        )
    return made


def take_up(
    partnership: Partnership, *, reason: str, by: str, organisation: str, at: datetime.datetime,
    place: str,
) -> Rest:  # fmt: skip
    """Take up a partnership that rests, from today; both schools are told.

    Raises
    ------
    Conflict
        If it does not rest.
    """
    with transaction.atomic():
        found = changing.held(partnership)
        held = Rest.objects.filter(partnership=found, until_on__isnull=True).first()
        if held is None:
            raise Conflict("This partnership does not rest. Nothing was changed.")
        held.until_on, held.ended_at = timezone.localdate(at), at
        held.ended_by, held.ended_reason = by, reason
        held.save()
        changing.save(found)
        _told(found, "partnership_goes_on", reason, by, at, place)
        changing.record(
            found, "take-up", by=by, organisation=organisation, at=at, place=place, reason=reason
        )
    return held


def end(
    partnership: Partnership, *, reason: str, by: str, organisation: str, at: datetime.datetime,
    place: str,
) -> None:  # fmt: skip
    """End a partnership before its last day, by the office; both schools are told.

    Raises
    ------
    Conflict
        If it is over already.
    """
    with transaction.atomic():
        found = changing.held(partnership)
        if not found.is_live:
            raise Conflict("This partnership is over already. Nothing was changed.")
        Rest.objects.filter(partnership=found, until_on__isnull=True).update(
            until_on=timezone.localdate(at), ended_at=at, ended_by=by, ended_reason=reason
        )
        words = f"The programme office ended it. {reason}"
        end_one(found, words, maker="office", side=EndedBy.OFFICE, by=by, at=at)
        changing.move_applications([found], "eligible", only_from=("matched", "agreed", "running"))
        because = "The programme office ended it, and says why on the page of the partnership."
        drafts = telling.to_each("partnership_ended", found, because=because)
        letters.write(drafts, by=by, at=at, place=place)
        changing.record(
            found, "end", by=by, organisation=organisation, at=at, place=place, reason=reason
        )


def _told(
    found: Partnership, kind: str, reason: str, by: str, at: datetime.datetime, place: str
) -> None:
    letters.write(telling.to_each(kind, found, reason=reason), by=by, at=at, place=place)
