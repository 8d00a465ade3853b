"""A proposal whose term is too far on to begin in starts with the first that can be begun."""

import datetime

from schoolhubs.service.partnerships.doing.pairs import days_if_agreed
from schoolhubs.service.partnerships.models import Partnership


def is_late(found: Partnership, on: datetime.date) -> bool:
    """Tell whether a proposal's term can be begun no longer on a day."""
    return days_if_agreed(found, on=on)[0] != found.starts_on


def move_start(found: Partnership, *, on: datetime.date) -> bool:
    """Move the days of a locked proposal that is late, and tell whether; the caller saves."""
    is_moved = is_late(found, on)
    found.starts_on, found.finishes_on = days_if_agreed(found, on=on)
    return is_moved
