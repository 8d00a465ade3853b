"""Turns a definition into the rules of one date."""

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.programmes.delivered.events import event_rules
from schoolhubs.programmes.delivered.milestones import milestone_rules
from schoolhubs.programmes.delivered.support import support_rules
from schoolhubs.programmes.delivered.training import training_rules
from schoolhubs.programmes.settings import Path, Tree, build_source, said
from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup, MatchingRules
from schoolhubs.vocabulary.records.rules import (
    Budget,
    EligibilityRule,
    GrantRule,
    LeadSelection,
    NeedPart,
    NeedRules,
    PathwayRules,
    Question,
    QuestionKind,
    RuleKind,
    RulesAsAt,
    RuleTest,
)
from schoolhubs.vocabulary.records.settings import Setting
from schoolhubs.vocabulary.records.sourced import Assumption

TOUCHED_BY_A_ROUND = ("pathways", "eligibility", "matching", "money")
# Of a pathway, what plans stand on and no round does.
OF_A_PLAN = "audit_steps"
# Of the money, what awards stand on and no round does.
OF_AWARDS = {"awards", "lead_pay", "assurance"}
NO_STEP = "none"
Settings = Mapping[Path, Setting]


class Reading:
    """The definition's tree with its settings, read as at one day."""

    def __init__(self, tree: Tree, settings: Settings, on: datetime.date) -> None:
        self.tree, self.settings, self.on = tree, settings, on

    def at(self, *path: str) -> Any:
        """Give the value in force; before the first, the first."""
        return self.settings[path].at(self.on)


def rules_on(settings: Settings, on: datetime.date) -> tuple[datetime.date, bool]:
    """Give the day whose rules apply on ``on``, and whether that is a rehearsal.

    From the announcement until the start the rules as then announced apply; before the
    announcement, those the programme began with. Both are rehearsals.
    """
    announced = settings["programme", "announced_on"].entries[0].value
    began = settings["programme", "began_on"].entries[0].value
    return (began if on < announced else on), on < began


def rules_as_at(tree: Tree, settings: Settings, version: str, on: datetime.date) -> RulesAsAt:
    """Read a whole definition as at one day."""
    applies_on, is_rehearsal = rules_on(settings, on)
    reading = Reading(tree, settings, applies_on)
    eligibility = _eligibility(reading)
    named = settings["programme", "hub_counts"].entry_then(applies_on)
    planned = settings["programme", "planned_hub_counts"].entry_then(applies_on)
    return RulesAsAt(
        programme_id=tree["programme"]["programme_id"],
        definition_version=version,
        title=tree["programme"]["title"],
        on=on,
        rules_on=applies_on,
        is_rehearsal=is_rehearsal,
        finished_on=_told(settings, "finished_on"),
        cohorts=tuple(_told(settings, "cohorts") or ()),
        last_trust_intake_on=_told(settings, "last_trust_intake_on"),
        pathways=tuple(_pathway(reading, pathway) for pathway in tree["pathways"]),
        eligibility=eligibility,
        questions=_questions(tree),
        pathway_decided_by=reading.at("matching", "pathway_decided_by"),
        matching=_matching(reading),
        need=_need(reading),
        lead_selection=_lead_selection(reading),
        budget=_budget(reading),
        n_hubs=named.value if named else None,
        n_hubs_planned=planned.value if planned else None,
        hub_counts=tuple(
            (entry.from_on, entry.value) for entry in settings["programme", "hub_counts"].entries
        ),
        universal_offer=tuple(reading.at("programme", "universal_offer")),
        senior_leaders_named=reading.at("programme", "senior_leaders_named")
        if ("programme", "senior_leaders_named") in settings
        else None,
        commitments={
            role: tuple(reading.at("programme", "commitments", role))
            for role in tree["programme"]["commitments"]
        },
        assumptions=_assumptions(reading, eligibility),
        events=event_rules(tree.get("events", {}), reading.at),
        training=training_rules(reading),
        support=support_rules(reading),
        milestones=milestone_rules(reading),
    )


def _told(settings: Settings, name: str) -> Any:
    """Give what is known by now of a programme's course, such as its end; None if nothing is."""
    path = ("programme", name)
    return settings[path].entries[-1].value if path in settings else None


def _pathway(reading: Reading, pathway: str) -> PathwayRules:
    days = reading.at("pathways", pathway, "days_per_partner")
    least, most = (days["minimum"], days["maximum"]) if isinstance(days, dict) else (days, days)
    return PathwayRules(
        pathway=pathway,
        name=reading.tree["pathways"][pathway]["name"],
        partner_kind=reading.tree["pathways"][pathway]["partner_kind"],
        places_per_lead=reading.at("pathways", pathway, "places_per_lead"),
        duration_terms=reading.at("pathways", pathway, "duration_terms"),
        optional_extra_terms=reading.at("pathways", pathway, "optional_extra_terms"),
        days_per_partner=(least, most),
        lead_days_per_partner=reading.at("pathways", pathway, "lead_days_per_partner"),
        audit_steps=_audit_steps(reading, pathway),
    )


def _audit_steps(reading: Reading, pathway: str) -> tuple[str, ...] | None:
    """Give what a plan waits for; None where the definition does not say."""
    path = ("pathways", pathway, "audit_steps")
    if path not in reading.settings:
        return None
    return tuple(step for step in reading.at(*path) if step != NO_STEP)


def _eligibility(reading: Reading) -> tuple[EligibilityRule, ...]:
    rules = []
    for rule, node in reading.tree["eligibility"]["rules"].items():
        until = node.get("until_on")
        if until and reading.on >= datetime.date.fromisoformat(until):
            continue
        if test := _test(reading, node, ("eligibility", "rules", rule)):
            pathways = tuple(node["pathways"])
            rules.append(
                EligibilityRule(rule=rule, asks=node["asks"], pathways=pathways, test=test)
            )
    return tuple(rules)


def _test(reading: Reading, node: Tree, path: Path, framework: str = "") -> RuleTest | None:
    """Build a test; None where its threshold, or all its parts, begin later."""
    kind = RuleKind(node["kind"])
    below = "frameworks" if kind is RuleKind.FRAMEWORK else "parts"
    built = [
        _test(reading, part, (*path, below, name), name if below == "frameworks" else "")
        for name, part in node.get(below, {}).items()
    ]
    parts = tuple(part for part in built if part)
    if "threshold" in node:
        setting = reading.settings[(*path, "threshold")]
        entry = setting.entry_then(reading.on)
        if entry is None:
            return None
        value, unit = entry.value, setting.unit
        is_assumed, source = entry.is_assumed, entry.source
    elif not parts:
        return None
    else:
        value, unit = None, ""
        is_assumed, source = any(part.is_assumed for part in parts), parts[0].source
    return RuleTest(
        path=".".join(path),
        kind=kind,
        threshold=value,
        unit=unit,
        is_assumed=is_assumed,
        source=source,
        reads=node.get("reads", ""),
        compared_with=node.get("compared_with", ""),
        framework=framework,
        in_words=node.get("in_words", ""),
        phases=tuple(node.get("phases", ())),
        parts=parts,
    )


def _questions(tree: Tree) -> tuple[Question, ...]:
    return tuple(
        Question(
            question=question,
            wording=node["wording"],
            kind=QuestionKind(node["kind"]),
            pathways=tuple(node["pathways"]),
            source=build_source(node["source"], tree["sources"]),
            is_assumed=node["status"] == "assumed",
            phases=tuple(node.get("phases", ())),
        )
        for question, node in tree["eligibility"]["questions"].items()
    )


def _matching(reading: Reading) -> MatchingRules:
    phases = reading.at("matching", "lead_phases")
    steps = reading.at("matching", "long_journey_steps")
    return MatchingRules(
        compatibility=Compatibility(reading.at("matching", "compatibility")),
        lead_phases={phase: frozenset(leads) for phase, leads in phases.items()},
        preferred_maximum_minutes=reading.at("matching", "preferred_maximum_minutes"),
        absolute_maximum_minutes=reading.at("matching", "absolute_maximum_minutes"),
        forbids_own_trust=reading.at("matching", "forbids_own_trust"),
        long_journey_steps=tuple((step["from_minutes"], step["extra_share"]) for step in steps),
        floor_group=FloorGroup(reading.at("matching", "floor_group")),
        floor_share=reading.at("matching", "floor_share"),
        alike_by=tuple(reading.at("matching", "alike_by")),
        may_match_unknown=("matching", "may_match_unknown") in reading.settings
        and reading.at("matching", "may_match_unknown"),
        duration_terms={
            pathway: reading.at("pathways", pathway, "duration_terms")
            for pathway in reading.tree["pathways"]
        },
    )


def _need(reading: Reading) -> NeedRules:
    parts = reading.tree["matching"]["need"]["parts"]
    return NeedRules(
        base_points=reading.at("matching", "need", "base_points"),
        maximum_points=reading.at("matching", "need", "maximum_points"),
        roll=reading.at("matching", "need", "roll"),
        parts=tuple(
            NeedPart(
                part=name,
                reads=node["reads"],
                compared_with=node["compared_with"],
                points_per_pupil=reading.at("matching", "need", "parts", name, "points_per_pupil"),
            )
            for name, node in parts.items()
        ),
    )


def _lead_selection(reading: Reading) -> LeadSelection:
    at = ("matching", "lead_selection")
    return LeadSelection(
        overall_grades=frozenset(reading.at(*at, "overall_grades")),
        maximum_points_over_phase=reading.at(*at, "maximum_points_over_phase"),
        minimum_pupils=reading.at(*at, "minimum_pupils"),
        phase_shares=reading.at(*at, "phase_shares"),
        counted_as=reading.at(*at, "counted_as"),
        nearness_counts_to_km=reading.at(*at, "nearness_counts_to_km"),
    )


def _budget(reading: Reading) -> Budget:
    total = reading.settings["money", "budget", "total_pence"].entry(reading.on)
    rate = reading.settings["money", "budget", "day_rate_pence"].entry(reading.on)
    most = reading.settings["money", "grant", "maximum_grant_pence"].entry(reading.on)
    rule = reading.settings["money", "grant", "proportional_to"].entry(reading.on)
    full = reading.settings["money", "grant", "full_at_days"].entry(reading.on)
    return Budget(
        total_pence=total.value,
        day_rate_pence=rate.value,
        maximum_grant_pence=most.value,
        total_is_assumed=total.is_assumed,
        day_rate_is_assumed=rate.is_assumed,
        total_source=total.source,
        day_rate_source=rate.source,
        grant_source=most.source,
        grant_is_assumed=most.is_assumed,
        grant_proportional_to=GrantRule(rule.value),
        grant_full_at_days=full.value,
        grant_share_source=full.source,
        grant_share_is_assumed=rule.is_assumed or full.is_assumed,
    )


def _assumptions(reading: Reading, rules: tuple[EligibilityRule, ...]) -> tuple[Assumption, ...]:
    """List every assumed value in force that a round stands on."""
    in_force = {path for rule in rules for path in _paths(rule.test)}
    return tuple(
        Assumption(
            where=setting.path,
            value=shown(entry.value),
            unit=setting.unit,
            description=_described(reading.tree, path, setting),
            said=said(entry.value, setting.unit),
            why=entry.why,
        )
        for path, setting in reading.settings.items()
        if path[0] in TOUCHED_BY_A_ROUND
        and path[-1] != OF_A_PLAN
        and (path[0] != "money" or path[1] not in OF_AWARDS)
        and (path[:2] != ("eligibility", "rules") or path[:-1] in in_force)
        and (entry := setting.entry(reading.on)).is_assumed
    )


def _described(tree: Tree, path: Path, setting: Setting) -> str:
    """Say what a setting is, after the rule or the pathway that it belongs to."""
    if path[:2] == ("eligibility", "rules"):
        return f"{tree['eligibility']['rules'][path[2]]['asks']}: {setting.description}"
    if path[0] == "pathways":
        return f"{tree['pathways'][path[1]]['name']}: {setting.description}"
    return setting.description


def _paths(test: RuleTest) -> Iterator[Path]:
    yield tuple(test.path.split("."))
    for part in test.parts:
        yield from _paths(part)


def shown(value: Any) -> str:
    """Give a value as plain text, its unit apart."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {shown(below)}" for key, below in value.items())
    if isinstance(value, list):
        return ", ".join(shown(each) for each in value)
    return str(value)
