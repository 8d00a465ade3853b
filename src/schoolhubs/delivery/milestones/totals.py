"""What a term's milestones take a role, against the days that its stream asks of its side."""

import dataclasses
from collections.abc import Iterator, Sequence

from schoolhubs.delivery.milestones.standing import Due
from schoolhubs.delivery.milestones.terms import TermOf
from schoolhubs.vocabulary.records.delivery.milestones import MilestoneRules
from schoolhubs.vocabulary.records.rules import PathwayRules

LEADING = ("lead_school", "lead_trust")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TermTotal:
    """A term's minutes for a role, in days too, beside the days a term that its stream asks.

    Parameters
    ----------
    minutes
        Expected minutes of the role's milestones of the term, travel apart.
    days
        The same in days of a leader.
    low_days, high_days
        A term's share of the days that the stream asks of the role's side.
    """

    term: TermOf
    minutes: int
    days: float
    low_days: float
    high_days: float

    @property
    def is_over(self) -> bool:
        """The tasks alone take more than the stream asks at most."""
        return self.days > self.high_days


def term_totals(
    rules: MilestoneRules, pathway: PathwayRules, dues: Sequence[Due], role: str
) -> tuple[TermTotal, ...]:
    """Give the total of each term for a role, also of terms in which it has no task."""
    terms = sorted({each.term for each in dues}, key=lambda term: term.number)
    return tuple(_totals(rules, pathway, dues, role, terms))


def _totals(
    rules: MilestoneRules, pathway: PathwayRules, dues: Sequence[Due], role: str,
    terms: Sequence[TermOf],
) -> Iterator[TermTotal]:  # fmt: skip
    lead = pathway.lead_days_per_partner
    low, high = (lead, lead) if role in LEADING else pathway.days_per_partner
    for term in terms:
        minutes = sum(
            each.milestone.expected_minutes
            for each in dues
            if each.term == term and role in each.milestone.roles
        )
        yield TermTotal(
            term=term, minutes=minutes, days=round(minutes / rules.minutes_in_a_day, 1),
            low_days=round(low / len(terms), 1), high_days=round(high / len(terms), 1),
        )  # fmt: skip
