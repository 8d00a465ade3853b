"""How far a school has come in each programme, for those with a right to know."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping

from schoolhubs.service.accounts import reach
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.eligibility import states
from schoolhubs.service.eligibility.queries import shut_out
from schoolhubs.service.matching.models import Outcome, Placement
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.service.schools.page.ahead import next_date
from schoolhubs.service.schools.page.journey import Milestone, journey
from schoolhubs.service.schools.page.known import Known, hub_name, known_of
from schoolhubs.service.schools.page.tasks import OWN, Task, tasks_of, would_apply
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.records.rules import RulesAsAt


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a school stands in one programme: the same shape for every role."""

    programme: str
    words: str
    next_on: datetime.date | None
    next_words: str
    tasks: tuple[Task, ...]
    journey: tuple[Milestone, ...]


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
    return stages_of(actor, snapshot, [school.urn], on=on)[school.urn]


def stages_of(
    actor: Actor, snapshot: RegisterSnapshot, urns: Collection[str], *, on: datetime.date
) -> dict[str, tuple[Stage, ...]]:
    """Give the stages of some schools, each as ``stages`` does, by URN."""
    if actor.organisation is None:
        return dict.fromkeys(urns, ())
    found = {
        urn: tuple(_may_know(actor, urn, known))
        for urn, known in known_of(snapshot, urns, on=on).items()
    }
    # Of a single school alone: a list of a trust's schools has no questions to spare for it.
    shut = _shut_out(actor, snapshot, found, on) if len(found) == 1 else set()
    return {
        urn: tuple(
            _stage(actor, urn, each, on=on, is_own=reach.is_own_school(actor, urn, *OWN),
                   is_shut_out=(each.rules.programme_id, urn) in shut)
            for each in known
        )
        for urn, known in found.items()
    }  # fmt: skip


def _shut_out(
    actor: Actor,
    snapshot: RegisterSnapshot,
    found: Mapping[str, Iterable[Known]],
    on: datetime.date,
) -> set[tuple[str, str]]:
    """Give programme and URN of the actor's schools that would apply where every pathway says no.

    The rules are asked for nobody else.
    """
    asking: dict[str, tuple[RulesAsAt, list[str]]] = {}
    for urn, known in found.items():
        for each in known if reach.is_own_school(actor, urn, *OWN) else ():
            if would_apply(actor, each, on=on):
                _, urns = asking.setdefault(each.rules.programme_id, (each.rules, []))
                urns.append(urn)
    return shut_out(snapshot, list(asking.values()))


def _may_know(actor: Actor, urn: str, known: Iterable[Known]) -> Iterator[Known]:
    """Give what an actor may know of each programme: a former hub, what was in its own time."""
    for each in known:
        if may_see_stage(actor, urn, each.lead_urn):
            yield each
        elif each.before and may_see_stage(actor, urn, each.before.lead_urn):
            yield each.before


def _stage(
    actor: Actor, urn: str, known: Known, *, on: datetime.date, is_own: bool, is_shut_out: bool
) -> Stage:
    ahead = next_date(known, on=on, shows_draft=is_own)
    return Stage(
        programme=known.rules.title,
        words=_words(known, is_own=is_own),
        next_on=ahead.on,
        next_words=ahead.words,
        tasks=tuple(tasks_of(actor, urn, known, on=on, is_own=is_own, is_shut_out=is_shut_out)),
        journey=_journey(known, on=on, is_own=is_own),
    )


def _journey(known: Known, *, on: datetime.date, is_own: bool) -> tuple[Milestone, ...]:
    application = known.application
    # What is not sent yet is the school's own affair.
    if application and application.state == "draft" and not is_own:
        return ()
    return journey(application, known.partnership, on=on)


def _words(known: Known, *, is_own: bool) -> str:
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
        f"With the hub of {hub_name(found)}, from {day(found.starts_on)} to "
        f"{day(found.last_on)}: {meaning[0].lower()}{meaning[1:]}."
    )


def _outcome(place: Placement, rules: RulesAsAt) -> str:
    if place.outcome == Outcome.MATCHED:
        names = {each.pathway: each.name for each in rules.pathways}
        pathway = names.get(place.pathway, place.pathway)
        return (
            f"Published round: matched with the hub of {hub_name(place)} on the {pathway} "
            f"pathway, about {place.minutes:.0f} minutes by car one way."
        )
    return f"Published round: {Outcome(place.outcome).label.lower()}."
