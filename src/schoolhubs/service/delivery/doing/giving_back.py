"""Days planned with a partner whose partnership was ended are taken back; its leaders are free."""

import datetime

from schoolhubs.service.delivery.doing import planning
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.vocabulary.errors import Conflict

WHY = "The partnership was ended before this day."


def give_back(*, on: datetime.date, by: str, at: datetime.datetime, place: str) -> int:
    """Cancel every planned day, from today on, of a partnership that was ended; both are told.

    Returns
    -------
    int
        How many days were taken back; done already, none.
    """
    ahead = SupportDay.objects.filter(state="planned", on__gte=on, partnership__state="ended")
    found = list(ahead.select_related("partnership").order_by("on", "pk"))
    n = 0
    for each in found:
        try:
            planning.cancel(
                each, side="lead", reason=WHY, version=each.version, by=by, organisation="",
                at=at, place=place,
            )  # fmt: skip
        except Conflict:
            continue  # somebody changed it at this moment; the next hour looks again
        n += 1
    return n
