"""Days planned with a partner whose partnership was ended are taken back; its leaders are free."""

import datetime

from schoolhubs.service.delivery.doing import planning
from schoolhubs.service.delivery.models import SupportDay

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
    for each in found:
        planning.cancel(
            each, side="lead", reason=WHY, version=each.version, by=by, organisation="", at=at,
            place=place,
        )  # fmt: skip
    return len(found)
