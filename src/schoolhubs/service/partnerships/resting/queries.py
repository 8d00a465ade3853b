"""Which partnerships rest, and what is refused while they do."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from schoolhubs.service.partnerships.models import Rest
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.delivery.milestones import Paused

RESTS = (
    "This partnership rests, so nothing can be planned, booked or sent in for it. Nothing was "
    "saved. The programme office can take it up again."
)


def rests_of(partnership_ids: Collection[int]) -> Mapping[int, tuple[Paused, ...]]:
    """Give the rests of some partnerships, in one question; no entry for one that never did."""
    found: dict[int, list[Paused]] = defaultdict(list)
    for each in Rest.objects.filter(partnership_id__in=partnership_ids):
        pause = Paused(from_on=each.from_on, until_on=each.until_on)
        found[each.partnership_id].append(pause)
    return {key: tuple(pauses) for key, pauses in found.items()}


def is_resting(partnership_id: int) -> bool:
    """Tell whether a partnership rests."""
    return Rest.objects.filter(partnership_id=partnership_id, until_on__isnull=True).exists()


def refuse_while_resting(partnership_id: int) -> None:
    """Refuse an action for a partnership that rests; called inside the action's transaction.

    Raises
    ------
    Conflict
        If it rests.
    """
    if is_resting(partnership_id):
        raise Conflict(RESTS)
