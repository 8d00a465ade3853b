"""The places of a hub: how many it has, how many are held in each term, and the lock on them.

Agreed and running partnerships hold a place in every term they touch. Whoever wants one locks the
hub's row first, so that of any number who want the last place exactly one gets it.
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from schoolhubs import programmes
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.network.models import Hub
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.vocabulary.calendar import Term, term_finishes_on, term_starts_on
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt

Days = tuple[datetime.date, datetime.date]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TermPlaces:
    """One term of one pathway at one hub: places in all, and how many are held."""

    starts_on: datetime.date
    n_places: int
    n_held: int

    @property
    def title(self) -> str:
        """Name the term.

        >>> TermPlaces(starts_on=datetime.date(2027, 1, 1), n_places=6, n_held=2).title
        'Spring term 2027'
        """
        return f"{Term.holding(self.starts_on).value.capitalize()} term {self.starts_on.year}"

    @property
    def n_left(self) -> int:
        """Places left; none, not fewer, where more are held than there are."""
        return max(self.n_places - self.n_held, 0)


def terms_of(first: datetime.date, after: datetime.date) -> list[Days]:
    """Give the terms that the days from ``first`` until before ``after`` touch.

    >>> terms = terms_of(datetime.date(2027, 1, 1), datetime.date(2027, 9, 1))
    >>> [str(start) for start, _ in terms]
    ['2027-01-01', '2027-04-01']
    """
    start, terms = term_starts_on(first), []
    while start < after:
        terms.append((start, term_finishes_on(start)))
        start = term_finishes_on(start)
    return terms


def held_by_term(held: Iterable[Days], terms: Sequence[Days]) -> list[int]:
    """Count in each term the partnerships of which a day falls in it."""
    days = list(held)
    return [
        sum(first < finish and start < after for first, after in days) for start, finish in terms
    ]


def n_places(hub: Hub, pathway: PathwayRules) -> int:
    """Give the places of a hub on a pathway: as its own list says, else the definition."""
    return int(hub.places.get(pathway.pathway, pathway.places_per_lead))


def rules_for(partnership: Partnership) -> RulesAsAt:
    """Give the rules that say how many places a hub has for a partnership.

    Those its round was worked out by, with what was changed of them; for a further year, and where
    there was no round, those in force on its first day.
    """
    if partnership.round_id and partnership.year == 1:
        return matching.rules_of(matching.round_kept(partnership.round_id))
    return programmes.load(partnership.programme_id).as_at(partnership.starts_on)


def lock_hub(programme_id: str, lead_urn: str) -> Hub | None:
    """Give a hub with its row locked until the transaction ends; None if it leads no more."""
    hubs = Hub.objects.select_for_update()
    return hubs.filter(programme_id=programme_id, lead_urn=lead_urn).first()


def too_full(
    hub: Hub, pathway: PathwayRules, wanted: Sequence[Days], held: Iterable[Days]
) -> TermPlaces | None:
    """Give the first term in which what is wanted does not fit a hub beside what is held.

    Returns
    -------
    TermPlaces or None
        None where it fits in every term.
    """
    first, after = min(start for start, _ in wanted), max(finish for _, finish in wanted)
    terms, places = terms_of(first, after), n_places(hub, pathway)
    counts = zip(terms, held_by_term(held, terms), held_by_term(wanted, terms), strict=True)
    for (start, _), n_held, n_wanted in counts:
        if n_wanted and n_held + n_wanted > places:
            return TermPlaces(starts_on=start, n_places=places, n_held=n_held)
    return None


def take_place(wanted: Partnership, *, on: datetime.date) -> None:
    """Make sure that a partnership can have a place in every term of it, and hold the hub's row.

    Parameters
    ----------
    on
        The day it is agreed on: a hub has to stand from then, or from the first day if later.

    Raises
    ------
    Conflict
        If a term is full, or the school leads no hub any more.
    """
    hub = lock_hub(wanted.programme_id, wanted.lead_urn)
    stands_on = max(wanted.starts_on, on)
    if hub is None or (hub.finished_on is not None and hub.finished_on <= stands_on):
        raise Conflict(
            "The lead school does not lead a hub any more, so this cannot be agreed. The "
            "programme office will propose another hub."
        )
    pathway = rules_for(wanted).pathway(wanted.pathway)
    days = [(wanted.starts_on, wanted.finishes_on)]
    if term := too_full(hub, pathway, days, taken(wanted)):
        raise Conflict(
            f"The hub’s last {pathway.name} place in the {term.title.lower()} has gone to "
            f"another school: {term.n_held} of {term.n_places} are taken. Nothing was changed, and "
            "the match stays proposed; the programme office will look for another way."
        )


def taken(wanted: Partnership) -> list[Days]:
    """Give first days and days after the last of what holds a place beside ``wanted``."""
    beside = Partnership.objects.filter(
        programme_id=wanted.programme_id, pathway=wanted.pathway, state__in=HOLDS_A_PLACE
    ).exclude(pk=wanted.pk)
    if wanted.is_of_trusts:
        beside = beside.filter(lead_trust_id=wanted.lead_trust_id)
    else:
        beside = beside.filter(lead_urn=wanted.lead_urn)
    return list(beside.values_list("starts_on", "finishes_on"))


def most_held(programme_id: str, *, on: datetime.date) -> dict[tuple[str, str], int]:
    """Give, by lead and pathway, the most places held in any one term that is not over on a day."""
    found: dict[tuple[str, str], list[Days]] = defaultdict(list)
    held = Partnership.objects.filter(
        programme_id=programme_id, state__in=HOLDS_A_PLACE, partner_trust_id="", finishes_on__gt=on
    )
    rows = held.values_list("lead_urn", "pathway", "starts_on", "finishes_on")
    for lead_urn, pathway, first, after in rows:
        found[lead_urn, pathway].append((max(first, on), after))
    return {
        slot: max(held_by_term(days, [term for each in days for term in terms_of(*each)]))
        for slot, days in found.items()
    }


def by_term(
    hub: Hub, pathway: PathwayRules, terms: Sequence[Days], live: Iterable[Partnership]
) -> tuple[TermPlaces, ...]:
    """Give a hub's places on a pathway, term by term, from its live partnerships.

    A term has the places that its newest proposal can be accepted by; without one, those of its
    newest partnership, or else of ``pathway``.
    """
    ours = [each for each in live if each.pathway == pathway.pathway]
    ours.sort(key=lambda each: (each.state == "proposed", each.pk))
    days = [(each.starts_on, each.finishes_on) for each in ours if each.state in HOLDS_A_PLACE]
    found = []
    for (start, after), n in zip(terms, held_by_term(days, terms), strict=True):
        there = [each for each in ours if each.starts_on < after and start < each.finishes_on]
        by = rules_for(there[-1]).pathway(pathway.pathway) if there else pathway
        found.append(TermPlaces(starts_on=start, n_places=n_places(hub, by), n_held=n))
    return tuple(found)
