"""Which pairs of a round stand no longer: parted since, at no hub or a full one, or agreed."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from schoolhubs import programmes
from schoolhubs.service.cohorts.proposing import term_to_begin
from schoolhubs.service.cohorts.queries import intake_of
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Outcome, Placement, Round
from schoolhubs.service.network.models import Hub
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.partnerships.doing.places import Days, terms_of, too_full
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.queries import bars
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.calendar import term_finishes_on, term_starts_on
from schoolhubs.vocabulary.errors import Conflict

CAN_BE_PROPOSED = ("eligible", "waiting", "matched")
NAMED = 5  # pairs named in a sentence before the rest are counted


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """One pair of a round that cannot be proposed any more, its schools named, and why."""

    partner: str
    lead: str
    why: str

    @property
    def words(self) -> str:
        """Say it as part of a sentence."""
        return f"{self.partner} with {self.lead}, because {self.why}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Now:
    """What stands now of all that a round's pairs depend on.

    ``able`` are the schools that can be proposed a hub; ``hubs`` the leads of hubs that stand on
    the day ``on``; ``apart`` the pairs that objections part; ``held`` the partnerships that hold a
    place while one of the cohort lasts, or are of the cohort itself, by school; ``full`` says of
    hubs, by lead and pathway, why what the round gives them does not fit.
    """

    cohort_id: str
    on: datetime.date
    able: frozenset[str]
    hubs: frozenset[str]
    apart: frozenset[tuple[str, str]]
    held: Mapping[str, Sequence[Partnership]]
    full: Mapping[tuple[str, str], str]

    def why_not(self, place: Placement) -> tuple[str, str]:
        """Say why a pair stands no longer, and name a third school in it; blank where it stands."""
        ours = [each for each in self.held.get(place.urn, ()) if each.cohort_id == self.cohort_id]
        if any((each.lead_urn, each.pathway) == (place.lead_urn, place.pathway) for each in ours):
            return "", ""  # the two have agreed just this: nothing is proposed
        is_able = place.urn in self.able
        if others := ours or (is_able and self.held.get(place.urn)):
            other = others[0]
            is_same = other.lead_urn == place.lead_urn and other.pathway != place.pathway
            on = " on another pathway" if is_same else ""
            return f"the school has agreed with {{}}{on} already", other.lead_urn
        if is_able and place.lead_urn not in self.hubs:
            return f"the lead school leads no hub on {day(self.on)}", ""
        if is_able and (place.urn, place.lead_urn) in self.apart:
            return "an objection that was upheld keeps the two apart", ""
        return (self.full.get((place.lead_urn, place.pathway), "") if is_able else ""), ""


def broken_pairs(round_: Round, *, on: datetime.date) -> tuple[Broken, ...]:
    """Give the pairs of a round that cannot be proposed as the database stands now.

    Schools that have withdrawn, or been told otherwise, are proposed nothing and so break nothing.

    Parameters
    ----------
    on
        The day it is asked on: a hub has to stand from then, or from the intake's start if later.
    """
    matched = Placement.objects.filter(round=round_, outcome=Outcome.MATCHED).defer("record")
    now = _now(round_, on)
    found = [(each, *now.why_not(each)) for each in matched.order_by("urn")]
    found = [(place, why, other) for place, why, other in found if why]
    if not found:
        return ()
    urns = {urn for place, _, other in found for urn in (place.urn, place.lead_urn, other)}
    names = names_of(urns, register_id=round_.snapshot_id)

    def named(urn: str) -> str:
        return f"{names.school(urn)} (URN {urn})" if urn in names.of_school else names.school(urn)

    return tuple(
        Broken(partner=named(place.urn), lead=named(place.lead_urn), why=why.format(named(other)))
        for place, why, other in found
    )


def refuse_broken(round_: Round, *, on: datetime.date) -> None:
    """Refuse a round of which pairs stand no longer; call it with what they depend on locked.

    Raises
    ------
    Conflict
        Naming the pairs.
    """
    if broken := broken_pairs(round_, on=on):
        listed = "; ".join(each.words for each in broken[:NAMED])
        more = f"; and {len(broken) - NAMED:,} more" if len(broken) > NAMED else ""
        raise Conflict(
            f"What round {round_.pk} matched stands no longer: {listed}{more}. Nothing was "
            "published. Work out a re-match or run the round again, and publish that."
        )


def _now(round_: Round, on: datetime.date) -> _Now:
    programme_id, cohort_id = round_.programme_id, round_.cohort_id
    starts_on, ends = days_of(round_, on=on)
    last = max(ends.values(), default=starts_on)
    stands_on = max(starts_on, on)
    able = Application.objects.filter(
        programme_id=programme_id, cohort_id=cohort_id, state__in=CAN_BE_PROPOSED
    )
    rows = Partnership.objects.filter(
        programme_id=programme_id, state__in=HOLDS_A_PLACE, partner_trust_id=""
    ).order_by("year", "pk")
    held: dict[str, list[Partnership]] = defaultdict(list)
    for each in rows:
        meets = each.starts_on < last and each.finishes_on > max(starts_on, round_.on)
        if meets or each.cohort_id == cohort_id:
            held[each.partner_urn].append(each)
    apart = set()
    for row in bars(programme_id, cohort_id).iter_rows(named=True):
        pair = row["partner_urn"], row["lead_urn"]
        apart |= {pair, pair[::-1]} if row["kind"] == "conflict" else {pair}
    urns = frozenset(able.values_list("urn", flat=True))
    hubs = {each.lead_urn: each for each in hubs_on(programme_id, stands_on)}
    settled = {each.partner_urn for each in rows if each.cohort_id == cohort_id}
    wanted = _wanted(round_, urns - settled, on)
    return _Now(
        cohort_id=cohort_id,
        on=stands_on,
        able=urns,
        hubs=frozenset(hubs),
        apart=frozenset(apart),
        held=held,
        full=_full(round_, hubs, wanted, rows),
    )


Slot = tuple[str, str]  # a hub by its lead, and a pathway


def _wanted(round_: Round, urns: Collection[str], on: datetime.date) -> dict[Slot, list[Days]]:
    """Give the days of what a round proposes to some schools, by hub and pathway.

    What is proposed already, and repeated, keeps its days.
    """
    starts_on, ends = days_of(round_, on=on)
    proposed = Partnership.objects.filter(
        programme_id=round_.programme_id, cohort_id=round_.cohort_id, state="proposed"
    )
    standing = {
        (each.partner_urn, each.lead_urn, each.pathway): (each.starts_on, each.finishes_on)
        for each in proposed
    }
    matched = Placement.objects.filter(round=round_, outcome=Outcome.MATCHED)
    found: dict[Slot, list[Days]] = defaultdict(list)
    for urn, lead_urn, pathway in matched.values_list("urn", "lead_urn", "pathway"):
        if urn in urns:
            days = standing.get((urn, lead_urn, pathway), (starts_on, ends[pathway]))
            found[lead_urn, pathway].append(days)
    return found


def _full(
    round_: Round,
    hubs: Mapping[str, Hub],
    wanted: Mapping[Slot, Sequence[Days]],
    rows: Iterable[Partnership],
) -> dict[Slot, str]:
    """Say of the hubs that what a round wants does not fit in, beside what holds a place, why."""
    taken: dict[Slot, list[Days]] = defaultdict(list)
    for each in rows:
        taken[each.lead_urn, each.pathway].append((each.starts_on, each.finishes_on))
    pathways = {each.pathway: each for each in matching.rules_of(round_).pathways}
    found = {}
    for (lead_urn, name), days in wanted.items():
        hub, pathway = hubs.get(lead_urn), pathways[name]
        if hub and (term := too_full(hub, pathway, days, taken[lead_urn, name])):
            found[lead_urn, name] = (
                f"{term.n_held:,} of {term.n_places:,} {pathway.name} places at the hub in the "
                f"{term.title.lower()} are taken, and the round gives away {len(days):,}"
            )
    return found


def days_of(round_: Round, *, on: datetime.date) -> tuple[datetime.date, dict[str, datetime.date]]:
    """Give :func:`first_day` of a round, and by pathway the day after the last."""
    starts_on = first_day(round_.programme_id, round_.cohort_id, round_.on, on=on)
    rules = programmes.load(round_.programme_id).as_at(round_.on)
    ends = {each.pathway: after_terms(starts_on, each.duration_terms) for each in rules.pathways}
    return starts_on, ends


def late_start(round_: Round, *, on: datetime.date) -> datetime.date | None:
    """Give the first day of what a round proposes on a day, if it is too late for the intake's."""
    starts_on, _ = days_of(round_, on=on)
    intake_on = _intake_day(round_.programme_id, round_.cohort_id, round_.on)
    return starts_on if starts_on > intake_on else None


def first_day(
    programme_id: str, cohort_id: str, round_on: datetime.date, *, on: datetime.date
) -> datetime.date:
    """Give the first day of what a round of a cohort proposes on a day.

    That of the intake, or of the round's term where none was made; once it is too late to begin
    then, that of the first term that can be.
    """
    return max(_intake_day(programme_id, cohort_id, round_on), term_to_begin(on))


def _intake_day(programme_id: str, cohort_id: str, round_on: datetime.date) -> datetime.date:
    intake = intake_of(programme_id, cohort_id)
    return intake.starts_on if intake else term_starts_on(round_on)


def days_if_agreed(found: Partnership, *, on: datetime.date) -> Days:
    """Give the first day of a proposal if it is agreed on a day, and the day after its last.

    Once its term is too far on to begin in, it starts with the first term that can be begun, for
    as many terms as before.
    """
    starts_on = max(found.starts_on, term_to_begin(on))
    if starts_on == found.starts_on:
        return found.starts_on, found.finishes_on
    n_terms = len(terms_of(found.starts_on, found.finishes_on))
    return starts_on, after_terms(starts_on, n_terms)


def after_terms(starts_on: datetime.date, n_terms: int) -> datetime.date:
    """Give the first day after so many terms, the one of ``starts_on`` the first.

    >>> after_terms(datetime.date(2027, 1, 1), 3)
    datetime.date(2028, 1, 1)
    """
    for _ in range(n_terms):
        starts_on = term_finishes_on(starts_on)
    return starts_on
