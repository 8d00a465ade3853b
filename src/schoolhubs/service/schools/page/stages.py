"""How far a school has come in each programme, for those with a right to know."""

import dataclasses
import datetime
from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse

from schoolhubs import programmes
from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.roles import LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.matching import queries as matching
from schoolhubs.service.matching.models import Outcome, Placement
from schoolhubs.service.partnerships.models import LIVE, Partnership
from schoolhubs.service.partnerships.pages.seen import waits_for
from schoolhubs.service.partnerships.queries import lead_now
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page.journey import Milestone, journey
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.calendar import term_finishes_on
from schoolhubs.vocabulary.records.rules import RulesAsAt

OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
WRITERS = (Role.PARTNER_SCHOOL_HEAD, Role.PARTNER_SCHOOL_ATTENDANCE, Role.PARTNER_TRUST)
DECIDERS = (Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR)
TO_DECIDE = {"submitted", "undecided"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something the actor can do or read next."""

    words: str
    href: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a school stands in one programme: the same shape for every role."""

    programme: str
    words: str
    next_on: datetime.date | None
    next_words: str
    tasks: tuple[Task, ...]
    journey: tuple[Milestone, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is kept of a school in one programme."""

    rules: RulesAsAt
    application: Application | None
    place: Placement | None
    partnership: Partnership | None
    lead_urn: str


def may_see_stage(actor: Actor, urn: str, lead_urn: str = "") -> bool:
    """Tell whether an actor may know how far a school has come.

    The office may, the school and its trust may, and the lead school (or its trust) that
    ``lead_urn`` names, once the school is matched with it. Nobody who is not signed in may.
    """
    return reach.is_of_match(actor, urn, lead_urn)


def stages(
    actor: Actor, snapshot: RegisterSnapshot, school: School, *, on: datetime.date
) -> tuple[Stage, ...]:
    """Give a school's stage in every programme in which the actor may know it."""
    if actor.organisation is None:
        return ()
    is_own = reach.is_own_school(actor, school.urn, *OWN)
    return tuple(
        _stage(actor, school.urn, known, on=on, is_own=is_own)
        for known in _known(snapshot, school.urn)
        if may_see_stage(actor, school.urn, known.lead_urn)
    )


def _known(snapshot: RegisterSnapshot, urn: str) -> Iterator[_Known]:
    found = sorted(matching.placements_of(urn), key=lambda place: place.round.on)
    places = {place.round.programme_id: place for place in found}
    sent = Application.objects.filter(urn=urn).order_by("pk")
    applications = {each.programme_id: each for each in sent}
    went_on = Partnership.objects.filter(partner_urn=urn, state__in=(*LIVE, "finished"))
    partnerships = {each.programme_id: each for each in went_on.order_by("pk")}
    for programme_id in settings.ENVIRONMENT.programme_ids:
        place = places.get(programme_id)
        proposed = place.hub_urn if place else ""
        yield _Known(
            rules=programmes.load(programme_id).as_at(snapshot.on),
            application=applications.get(programme_id),
            place=place,
            partnership=partnerships.get(programme_id),
            lead_urn=lead_now(programme_id, urn, proposed=proposed),
        )


def _stage(actor: Actor, urn: str, known: _Known, *, on: datetime.date, is_own: bool) -> Stage:
    next_on = None if known.rules.is_over else term_finishes_on(on)
    return Stage(
        programme=known.rules.title,
        words=_words(known, is_own=is_own),
        next_on=next_on,
        next_words="the next term starts, and with it the next intake"
        if next_on
        else "the programme is over",
        tasks=tuple(_tasks(actor, urn, known, is_own=is_own)),
        journey=_journey(known, on=on, is_own=is_own),
    )


def _journey(known: _Known, *, on: datetime.date, is_own: bool) -> tuple[Milestone, ...]:
    application = known.application
    # What is not sent yet is the school's own affair.
    if application and application.state == "draft" and not is_own:
        return ()
    return journey(application, known.partnership, on=on)


def _words(known: _Known, *, is_own: bool) -> str:
    told = []
    application = known.application
    # What is not sent yet is the school's own affair.
    if application and (is_own or application.state != "draft"):
        told.append(f"Application {application.reference}: {states.meanings()[application.state]}.")
    if known.partnership:
        told.append(_partnership(known.partnership))
    # What a round gave and a school then declined, or left, no longer stands.
    if known.place and known.place.lead_urn in {"", known.lead_urn}:
        told.append(_outcome(known.place, known.rules))
    return " ".join(told) or "No application for this intake."


def _partnership(found: Partnership) -> str:
    meaning = states.meanings(states.PARTNERSHIP)[found.state]
    return (
        f"With the hub of URN {found.lead_urn}, from {day(found.starts_on)} to "
        f"{day(found.last_on)}: {meaning[0].lower()}{meaning[1:]}."
    )


def _outcome(place: Placement, rules: RulesAsAt) -> str:
    if place.outcome == Outcome.MATCHED:
        names = {each.pathway: each.name for each in rules.pathways}
        pathway = names.get(place.pathway, place.pathway)
        return (
            f"Published round: matched with the hub of URN {place.lead_urn} on the {pathway} "
            f"pathway, about {place.minutes:.0f} minutes by car one way."
        )
    return f"Published round: {Outcome(place.outcome).label.lower()}."


def _tasks(actor: Actor, urn: str, known: _Known, *, is_own: bool) -> Iterator[Task]:
    programme_id, application = known.rules.programme_id, known.application
    ours = {"programme_id": programme_id, "urn": urn}
    if is_own and actor.holds(*WRITERS) and (application is None or application.state == "draft"):
        words = "Apply" if application is None else "Finish the application"
        yield Task(words=words, href=reverse("application", kwargs=ours))
    elif is_own and application:
        yield Task(words="Look at the application", href=reverse("application", kwargs=ours))
    if application and application.state in TO_DECIDE and actor.holds(*DECIDERS):
        case = reverse("case", kwargs={"reference": application.reference})
        yield Task(words="Decide the application", href=case)
    if known.place and (is_own or actor.holds(*reach.SEE_EVERY_SCHOOL, *LEADS)):
        yield Task(words="See how the match was worked out", href=reverse("match", kwargs=ours))
    if known.place and known.partnership and waits_for(actor, known.partnership):
        words = "Accept the match, or say that it does not work"
        yield Task(words=words, href=reverse("match", kwargs=ours))
