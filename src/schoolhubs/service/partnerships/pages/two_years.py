"""The track of a trust with a lead trust: its years and terms, what was agreed, what is next."""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from schoolhubs import programmes
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import OFFICE, OrganisationKind, Role
from schoolhubs.service.partnerships.doing.places import terms_of
from schoolhubs.service.partnerships.models import LIVE, Partnership, Side
from schoolhubs.service.partnerships.telling import Names, names_of, urns_in
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.calendar import Term
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt

READ_ALL = (*OFFICE, Role.AUDITOR)
TERMS_A_YEAR = 3
# What stands in place of how far a term is, where the track did not run to its end.
CUT = {
    "declined": "Did not take place",
    "superseded": "Did not take place",
    "lapsed": "Did not take place",
    "ended": "The track was ended early",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class TrackTerm:
    """One term of a track: in which of its years, its days, and how far it is."""

    year: int
    title: str
    first_on: datetime.date
    last_on: datetime.date
    reached: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One track in a line: the two trusts, and the rules it was begun by."""

    partnership: Partnership
    partner: str
    lead: str
    rules: RulesAsAt
    pathway: PathwayRules


def tracks_of(actor: Actor) -> QuerySet[Partnership]:
    """Give the tracks an actor may read, newest first: its trust's own; every one for the office.

    A lead trust reads what was declined or replaced no longer.
    """
    every = Partnership.objects.exclude(partner_trust_id="").order_by("-starts_on", "-pk")
    if actor.holds(*READ_ALL):
        return every
    organisation = actor.organisation
    own = Q(pk__in=[])
    if organisation and organisation.kind == OrganisationKind.TRUST and organisation.uid:
        if actor.holds(Role.PARTNER_TRUST):
            own |= Q(partner_trust_id=organisation.uid) & ~Q(state="superseded")
        if actor.holds(Role.LEAD_TRUST):
            stands = Q(state__in=(*LIVE, "finished", "ended", "lapsed"))
            own |= Q(lead_trust_id=organisation.uid) & stands
    return every.filter(own)


def tracks(found: Iterable[Partnership]) -> list[Track]:
    """Give some tracks with the names of their trusts, in one question for all of them."""
    ours = list(found)
    names = names_of(urns_in(ours))
    return [_track(each, names) for each in ours]


def _track(found: Partnership, names: Names) -> Track:
    rules = programmes.load(found.programme_id).as_at(found.starts_on)
    return Track(
        partnership=found,
        partner=names.side(found, "partner"),
        lead=names.side(found, "lead"),
        rules=rules,
        pathway=rules.pathway(found.pathway),
    )


def terms(found: Partnership, *, on: datetime.date) -> list[TrackTerm]:
    """Give the terms of a track in order, by year, and how far each is on a day."""
    told = []
    # A further year goes on where what it extends stopped, however many years that had.
    n_before = len(terms_of(_begun_on(found), found.starts_on))
    for n, (first, after) in enumerate(terms_of(found.starts_on, found.finishes_on)):
        reached = "Done" if after <= on else "Now" if first <= on else "Ahead"
        told.append(
            TrackTerm(
                year=1 + (n_before + n) // TERMS_A_YEAR,
                title=f"{Term.holding(first).value.capitalize()} term {first.year}",
                first_on=first,
                last_on=after - datetime.timedelta(days=1),
                reached=CUT.get(found.state, reached),
            )
        )
    return told


def _begun_on(found: Partnership) -> datetime.date:
    return _begun_on(found.extends) if found.extends else found.starts_on


def schools_in(found: Partnership) -> Sequence[School]:
    """Give the schools of the partner trust, by the current school register."""
    snapshot = current_snapshot()
    if snapshot is None:
        return []
    ours = schools_of(snapshot).filter(trust_id=found.partner_trust_id, is_open=True)
    return list(ours.defer("facts", "words").order_by("name"))


def next_step(found: Partnership, *, on: datetime.date) -> str:
    """Say what happens next on a track, in one sentence."""
    if found.state == "proposed":
        missing = [side for side in Side.values if not found.says_of(side)]
        if len(missing) == 1:
            return f"The {missing[0]} trust answers; it has not done so yet."
        both = "Both trusts answer: accept, or say that it does not work."
        return both if missing else "The programme office decides what was said against it."
    if found.state == "agreed":
        return f"The first term begins on {day(found.starts_on)}."
    if found.state == "running":
        ahead = next((each for each in terms(found, on=on) if each.first_on > on), None)
        begins = f"The {ahead.title.lower()} begins on {day(ahead.first_on)}." if ahead else ""
        return begins or f"This is the last term; the track ends on {day(found.last_on)}."
    return {
        "finished": f"Nothing more: its last day was {day(found.last_on)}.",
        "declined": "The programme office looks for another lead trust.",
        "lapsed": "Nothing, unless the programme office proposes it again.",
    }.get(found.state, "Nothing more: it did not go on.")
