"""One intake round: school register → decisions → matches → pack, in that order and no more."""

import dataclasses
import datetime
from collections.abc import Callable, Mapping

import polars as pl

from schoolhubs import matching, schools, selection
from schoolhubs.runs.budget import round_budget
from schoolhubs.runs.parts import decisions, leads, lists, partners, told, warned
from schoolhubs.runs.parts.journeys import journeys
from schoolhubs.runs.parts.register import followed
from schoolhubs.runs.stopwatch import Stopwatch
from schoolhubs.runs.workings import Workings
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.ids import is_reserved
from schoolhubs.vocabulary.progress import Progress, quiet
from schoolhubs.vocabulary.records.round import InputFile, Round
from schoolhubs.vocabulary.records.rules import RulesAsAt


@dataclasses.dataclass(frozen=True, kw_only=True)
class Order:
    """What a round is asked to do.

    Parameters
    ----------
    rules, register
        The programme as at the day, and the school register.
    leads, partnerships, overrides
        Frames of those names, of any programme; no rows for none. Converted schools are followed.
    applications
        frames.APPLICATIONS of any programme; None makes every open state school an applicant
        whose answers are taken as given, and the round says so.
    rulings
        frames.RULINGS: what people decided; it counts, whatever the rules say.
    starts_on
        First day of what is matched, where it is after the day of the rules; places are counted
        over the terms from then. None for the day of the rules.
    top_up_to
        Leads wanted in all; None for the list as it is.
    sources, command, versions
        What was read, how to repeat it, and with what.
    notes
        Sentences the round opens its notes with, such as whose definition it was run by.
    """

    rules: RulesAsAt
    register: schools.SchoolRegister
    leads: pl.DataFrame
    applications: pl.DataFrame | None = None
    partnerships: pl.DataFrame = dataclasses.field(default_factory=frames.PARTNERSHIPS.empty)
    overrides: pl.DataFrame = dataclasses.field(default_factory=frames.OVERRIDES.empty)
    rulings: pl.DataFrame = dataclasses.field(default_factory=frames.RULINGS.empty)
    starts_on: datetime.date | None = None
    top_up_to: int | None = None
    seed: int = 0
    sources: tuple[InputFile, ...] = ()
    command: str = ""
    versions: Mapping[str, str] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()


def run_intake(
    order: Order, *, clock: Callable[[], float], progress: Progress = quiet
) -> tuple[Round, Workings]:
    """Run one round, and check its hard rules before anybody sees it.

    Parameters
    ----------
    clock
        Gives seconds, for the timings.

    Returns
    -------
    Round, Workings
        What the pack shows, and what explains and repeats it.

    Raises
    ------
    DataProblem
        If an input contradicts itself or another.
    SchoolhubsError
        If the finished match breaks a hard rule: a fault of ours, and nothing is handed over.
    """
    rules, watch = order.rules, Stopwatch(clock, progress)
    warned.check_lists(order.leads, order.partnerships, rules, order.sources)
    decisions.check_rulings(order.rulings, rules, order.sources)
    with watch.stage("facts"):
        facts = schools.facts(schools.as_seen(order.register, on=rules.on), on=rules.on)
        ours = leads.of_programme(order.leads, rules.programme_id)
        given = followed(facts, ours, order.partnerships, order.overrides)
        led = leads.settle(given.leads, facts, rules, order.top_up_to, given.partnerships)
        warned.check_leads_remain(order.leads, led, rules, order.sources)
    with watch.stage("eligibility"):
        applicants = decisions.applicants(order.applications, facts, rules, order.sources)
        decided = decisions.decide(
            applicants, facts, rules, led.schools["urn"].to_list(),
            answers_assumed=told.holds_no_answers(order.applications, rules),
            register_on=order.register.on, stand_in_urns=led.stand_ins, rulings=order.rulings,
        )  # fmt: skip
        need = selection.need_points(facts, rules.need)
        placed = partners.partners(decided, facts, need, rules, led)
    with watch.stage("travel"):
        minutes = journeys(placed, led.schools, facts)
    workings = Workings(
        partners=placed,
        leads=led.schools,
        capacity=led.capacity,
        partnerships=given.partnerships,
        overrides=given.overrides,
        journeys=minutes,
        rules=rules.matching,
        on=rules.on,
        programme=rules,
        starts_on=order.starts_on,
    )
    as_read = {"overrides": order.overrides, "partnerships": order.partnerships}
    with watch.stage("matching"), lists.located(given, led.set_aside, order.sources, as_read):
        solved = workings.solve(clock=clock, progress=progress)
    with watch.stage("alternatives"):
        alternatives = matching.alternatives(solved)
    with watch.stage("checking"):
        workings.check(solved)
    held = Round(
        programme_id=rules.programme_id,
        programme_title=rules.title,
        definition_version=rules.definition_version,
        cohort_id=rules.cohort_id,
        on=rules.on,
        register_on=order.register.on,
        rules_on=rules.rules_on,
        is_synthetic=any(is_reserved(urn) for urn in facts["urn"].to_list()),
        is_rehearsal=rules.is_rehearsal,
        is_over=rules.is_over,
        n_later_applications=told.n_later(order.applications, rules),
        trust_pathways=frozenset(partners.of_trusts(rules)),
        decisions=decided,
        result=solved.result,
        alternatives=alternatives,
        schools=facts,
        leads=led.listed,
        rules=rules.matching,
        changes=rules.changes,
        names={each.pathway: each.name for each in rules.pathways}
        | {each.rule: each.asks for each in rules.eligibility}
        | {decisions.RULING: decisions.RULING_ASKS},
        budget=round_budget(rules, solved.result.hubs),
        assumptions=(*rules.assumptions, *told.assumed(order.applications, rules)),
        sources=order.sources,
        travel_source=minutes.source,
        travel_band_share=minutes.band_share,
        seed=order.seed,
        command=order.command,
        versions=order.versions,
        timings=watch.seconds,
        notes=(
            *order.notes,
            *told.starts_later(order.starts_on, rules),
            *told.turned(rules),
            *told.ruled(decided),
            *order.register.said_of_day(rules.on),
            *told.out_of_time(rules),
            *told.left_aside(order.applications, rules),
            *told.of_others(order.leads, rules, "listed lead is", "listed leads are"),
            *given.notes,
            *leads.notes(led, applicants["urn"].to_list()),
            *warned.unknown_partners(given.partnerships, facts),
            *decisions.idle_rulings(order.rulings, decided),
            *warned.slips(decided, given.overrides, led.schools["urn"].to_list(), solved.result),
            *partners.notes(decided, placed, need, rules),
        ),
    )
    return held, workings
