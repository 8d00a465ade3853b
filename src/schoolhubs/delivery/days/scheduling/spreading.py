"""How a partner's days are spread over its terms: by the weeks that are left in each."""

import datetime
import math
from collections.abc import Collection

from schoolhubs.delivery.days.ledger import HALF_DAYS_A_DAY
from schoolhubs.delivery.days.scheduling.given import Partner, week_of
from schoolhubs.vocabulary.calendar import term_starts_on

Bounds = dict[datetime.date, tuple[int, int]]


def spread(partner: Partner, open_days: Collection[datetime.date]) -> Bounds:
    """Give the least and most half-days of each term, by the term's first day.

    Each term's share is by the weeks in which a visit is possible at all; a day more or less than
    the share is within the rule.

    Parameters
    ----------
    open_days
        Days on which a visit is possible, whoever comes.
    """
    weeks: dict[datetime.date, set[datetime.date]] = {}
    for on in open_days:
        weeks.setdefault(term_starts_on(on), set()).add(week_of(on))
    n_weeks = sum(len(each) for each in weeks.values())
    found: Bounds = {}
    for term, held in weeks.items():
        share = partner.half_days * len(held) / n_weeks
        least = max(math.floor(share) - HALF_DAYS_A_DAY, 0)
        found[term] = (least, math.ceil(share) + HALF_DAYS_A_DAY)
    return found
