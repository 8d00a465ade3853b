"""Of which partnerships nothing is asked: the one place where that is decided.

A partnership that rests, or that was ended before its last day, is planned no days, booked no
places, signed up for no sessions and reminded of nothing; it raises no concerns and declares
nothing while it rests. Whatever would ask something of it calls one of these first.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Q

from schoolhubs import delivery
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership, Rest
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery.milestones import Paused

RESTS = (
    "This partnership rests, so nothing can be planned, booked or sent in for it. Nothing was "
    "saved. The programme office can take it up again."
)
ENDED = (
    "This partnership was ended before its last day, so nothing more can be planned or booked for "
    "it. Nothing was saved."
)
BARRED = {RESTS: "its partnership rests", ENDED: "its partnership was ended"}


def rests_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[Paused, ...]]:
    """Give the rests of some partnerships, in one question; no entry for one that never did."""
    found: dict[int, list[Paused]] = defaultdict(list)
    for each in Rest.objects.filter(partnership_id__in=partnership_ids):
        pause = Paused(from_on=each.from_on, until_on=each.until_on)
        found[each.partnership_id].append(pause)
    return {key: tuple(pauses) for key, pauses in found.items()}


def is_resting(partnership_id: int) -> bool:
    """Tell whether a partnership rests."""
    return bool(resting_among([partnership_id]))


def resting_among(partnership_ids: Collection[int]) -> frozenset[int]:
    """Give which of some partnerships rest, in one question; one that is over rests no more."""
    ours = Rest.objects.filter(
        partnership_id__in=list(partnership_ids), until_on__isnull=True,
        partnership__state__in=HOLDS_A_PLACE,
    )  # fmt: skip
    return frozenset(ours.values_list("partnership_id", flat=True))


def resting_schools(urns: Collection[str]) -> frozenset[str]:
    """Give which of some partner schools rest: what they are in now does, and no other."""
    ours = Rest.objects.filter(
        partnership__partner_urn__in=list(urns), until_on__isnull=True,
        partnership__partner_trust_id="", partnership__state__in=HOLDS_A_PLACE,
    )  # fmt: skip
    return frozenset(ours.values_list("partnership__partner_urn", flat=True))


def asked_nothing(partnership_ids: Collection[int]) -> Mapping[int, str]:
    """Give why nothing new is asked of some of these partnerships; the others have no entry."""
    rests = Q(rests__until_on__isnull=True, rests__isnull=False, state__in=HOLDS_A_PLACE)
    rows = Partnership.objects.filter(rests | Q(state="ended"), pk__in=list(partnership_ids))
    found = rows.order_by("pk").values_list("pk", "state")
    return {pk: ENDED if state == "ended" else RESTS for pk, state in found}


def refuse_what_is_new(partnership_id: int) -> None:
    """Refuse to plan, book or sign up for a partnership that rests or was ended.

    Call it inside the action's transaction.

    Raises
    ------
    Conflict
        If it rests, or was ended before its last day.
    """
    why = asked_nothing([partnership_id]).get(partnership_id)
    if why:
        raise Conflict(why)


def refuse_while_resting(partnership_id: int) -> None:
    """Refuse what closes the books of a partnership, which one that was ended still does.

    Raises
    ------
    Conflict
        If it rests.
    """
    if is_resting(partnership_id):
        raise Conflict(RESTS)


def put_off(
    day: datetime.date, pauses: Collection[Paused], *, on: datetime.date
) -> datetime.date:  # fmt: skip
    """Give a day on which something was to be, moved on by the rests since: the rule of every date.

    Examples
    --------
    >>> first = datetime.date(2026, 10, 1)
    >>> rest = Paused(from_on=first, until_on=first + datetime.timedelta(days=10))
    >>> put_off(datetime.date(2026, 10, 5), [rest], on=datetime.date(2026, 12, 1))
    datetime.date(2026, 10, 15)
    """
    return delivery.milestones.terms.moved(day, tuple(pauses), on)
