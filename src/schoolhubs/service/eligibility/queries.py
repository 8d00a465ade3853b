"""One school's answer on every pathway of every programme the service runs."""

import dataclasses
import functools
import operator
from collections.abc import Collection, Sequence

import polars as pl
from django.conf import settings
from django.db.models import Q

from schoolhubs import eligibility, programmes, runs
from schoolhubs.service.network.queries import hubs_on
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import RegisterSnapshot, School
from schoolhubs.vocabulary.records.eligibility import EligibilityDecision, Verdict
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt
from schoolhubs.vocabulary.records.travel import NearHub


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PathwayAnswer:
    """What one pathway says of one school."""

    pathway: PathwayRules
    decision: EligibilityDecision


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammeAnswer:
    """What one programme says of one school, and the hubs it would most likely go to."""

    rules: RulesAsAt
    pathways: tuple[PathwayAnswer, ...]
    hubs: tuple[NearHub, ...]

    @property
    def may_join(self) -> bool:
        """At least one pathway says yes."""
        return any(each.decision.verdict is Verdict.YES for each in self.pathways)

    @property
    def may_turn_out_to_join(self) -> bool:
        """No pathway says yes, and at least one cannot tell yet."""
        verdicts = [each.decision.verdict for each in self.pathways]
        return not self.may_join and Verdict.CANNOT_TELL in verdicts

    @property
    def likely_hubs(self) -> tuple[NearHub, ...]:
        """The hubs nearest to the school, where it may join or that cannot be told yet."""
        return self.hubs if self.may_join or self.may_turn_out_to_join else ()


def answers(snapshot: RegisterSnapshot, school: School) -> tuple[ProgrammeAnswer, ...]:
    """Ask every programme the service runs, by its rules on the day of the school register."""
    return tuple(
        _answer(programmes.load(programme_id).as_at(snapshot.on), snapshot, school)
        for programme_id in settings.ENVIRONMENT.programme_ids
    )


def is_shut_out(rules: RulesAsAt, snapshot: RegisterSnapshot, school: School) -> bool:
    """Tell whether every pathway of a programme says no to a school, whatever it would answer."""
    decided = _decided(rules, schools.facts_around(school), school, _leads_of(rules, snapshot))
    return all(each.verdict is Verdict.NO for each in decided)


def shut_out(
    snapshot: RegisterSnapshot, asking: Sequence[tuple[RulesAsAt, Collection[str]]]
) -> set[tuple[str, str]]:
    """Give programme and URN of schools to which every pathway says no, whatever they answer.

    The database is asked the same two questions, however many the programmes and schools are.
    """
    if not asking:
        return set()
    ours, urns = schools.schools_of(snapshot), {urn for _, few in asking for urn in few}
    trusts = ours.filter(urn__in=urns).exclude(trust_id="").values("trust_id")
    near = schools.facts_of(ours.filter(Q(urn__in=urns) | Q(trust_id__in=trusts)).order_by("urn"))
    hubs = functools.reduce(
        operator.or_, (hubs_on(rules.programme_id, snapshot.on) for rules, _ in asking)
    )
    leads = list(hubs.values_list("programme_id", "lead_urn"))
    found = set()
    for rules, few in asking:
        lead_urns = [urn for programme_id, urn in leads if programme_id == rules.programme_id]
        judged = eligibility.assess(near, None, rules, answers_assumed=True, lead_urns=lead_urns)
        may = set(judged.filter(pl.col("verdict") != Verdict.NO.value)["urn"])
        found |= {(rules.programme_id, urn) for urn in set(few) - may}
    return found


def _leads_of(rules: RulesAsAt, snapshot: RegisterSnapshot) -> list[str]:
    return list(hubs_on(rules.programme_id, snapshot.on).values_list("lead_urn", flat=True))


def _decided(
    rules: RulesAsAt, facts: pl.DataFrame, school: School, lead_urns: list[str]
) -> tuple[EligibilityDecision, ...]:
    return eligibility.explain(
        facts, None, rules, urn=school.urn, answers_assumed=True, lead_urns=lead_urns
    )


def _answer(rules: RulesAsAt, snapshot: RegisterSnapshot, school: School) -> ProgrammeAnswer:
    lead_urns = _leads_of(rules, snapshot)
    facts = schools.facts_around(school)
    decided = _decided(rules, facts, school, lead_urns)
    named = {each.pathway: each for each in rules.pathways}
    leads = schools.facts_of(schools.schools_of(snapshot).filter(urn__in=lead_urns))
    return ProgrammeAnswer(
        rules=rules,
        pathways=tuple(
            PathwayAnswer(pathway=named[each.pathway], decision=each) for each in decided
        ),
        hubs=runs.near_hubs(facts, leads, rules, urn=school.urn),
    )
