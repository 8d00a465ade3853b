"""What a schema cannot say: that names meet, units fit values, and nothing is left unsourced."""

import functools
import operator
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.programmes.delivered.milestones import problems_of_milestones
from schoolhubs.programmes.delivered.money_sense import problems_of_money
from schoolhubs.programmes.delivered.support import problems_of_support
from schoolhubs.programmes.delivered.training import problems_of_training
from schoolhubs.programmes.reading import DefinitionText
from schoolhubs.programmes.settings import (
    UNITS,
    Path,
    Tree,
    entry_parts,
    is_date,
    is_number,
    leaves,
    shape_fault,
    walk,
)
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.phases import Phase
from schoolhubs.vocabulary.records.matching import Compatibility, FloorGroup
from schoolhubs.vocabulary.records.rules import GrantRule

CHOICES = {
    ("matching", "pathway_decided_by"): ("school", "office"),
    ("matching", "compatibility"): tuple(Compatibility),
    ("matching", "floor_group"): tuple(FloorGroup),
    ("money", "grant", "proportional_to"): tuple(GrantRule),
}
DAYS = {"on", "from_on", "read_on", "until_on"}
NUMBER_KINDS = {"at_least", "at_most", "answer_at_least", "trust_has"}


def problems_of_sense(text: DefinitionText) -> Iterator[Problem]:
    """Give every fault of a definition whose shape is right."""
    for path, node in walk(text.tree):
        yield from _of_setting(text, path, node)
    for path, key, name in _named_sources(text.tree):
        if name not in text.tree["sources"]:
            remedy = "Add it to sources.yaml, or name one that is there."
            yield text.problem(
                "unknown_source", (*path, key), f"no source is called {name!r}", remedy
            )
    yield from _of_days(text, text.tree)
    for name, one in text.texts.items():
        if name.startswith("cases/"):
            yield from _of_days(text, {name: one.values})
    yield from _of_rules(text)
    yield from _of_choices(text)
    yield from _of_matching(text)
    yield from _of_unknown(text)
    yield from _of_likeness(text)
    yield from _of_grant(text)
    yield from problems_of_training(text)
    yield from problems_of_milestones(text)
    yield from problems_of_money(text)
    yield from problems_of_support(text)


def _of_setting(text: DefinitionText, path: Path, node: Tree) -> Iterator[Problem]:
    if node["unit"] not in UNITS:
        remedy = f"Choose one of {', '.join(UNITS)}."
        yield text.problem("unknown_unit", (*path, "unit"), f"{node['unit']!r} is no unit", remedy)
        return
    fits, described = UNITS[node["unit"]]
    for day, given in node["values"].items():
        at = (*path, "values", day)
        value, about = entry_parts(node, given)
        if not is_date(day):
            yield text.problem("no_such_day", at, f"{day} is not in the calendar", "Mend the date.")
        for leaf in leaves(value):
            if not fits(leaf):
                remedy = f"Write {described}, or another unit."
                fault = f"{leaf!r} does not fit the unit {node['unit']}"
                yield text.problem("unit_does_not_fit", at, fault, remedy)
        if fault := shape_fault(path, node["unit"], value):
            yield text.problem("wrong_shape", at, f"{value!r} is not {fault}", f"Write {fault}.")
        if about["status"] == "assumed" and not about.get("why"):
            remedy = "Add why: one sentence on what is not known and why this value."
            yield text.problem("assumed_without_why", at, "it is assumed, but not why", remedy)
    newest = max(node["values"])
    if entry_parts(node, node["values"][newest])[1]["status"] == "superseded":
        remedy = "Add the value that replaced it, or call it published."
        fault = "the newest value is called superseded"
        yield text.problem("nothing_in_force", (*path, "values", newest), fault, remedy)


def _of_days(text: DefinitionText, node: Any, path: Path = ()) -> Iterator[Problem]:
    """Find days that are not in the calendar, wherever a definition or a case writes one."""
    for key, below in _children(node):
        if key in DAYS and not is_date(below):
            fault = f"{below} is not in the calendar"
            yield text.problem("no_such_day", (*path, key), fault, "Mend the date.")
        else:
            yield from _of_days(text, below, (*path, key))


def _children(node: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(node, Mapping):
        yield from node.items()
    elif isinstance(node, list):
        yield from ((str(index), below) for index, below in enumerate(node))


def _named_sources(node: Any, path: Path = ()) -> Iterator[tuple[Path, str, str]]:
    for key, below in _children(node):
        if key == "source" and isinstance(below, str):
            yield path, key, below
        else:
            yield from _named_sources(below, (*path, key))


def _of_rules(text: DefinitionText) -> Iterator[Problem]:
    eligibility = text.tree["eligibility"]
    began = _first_day(text.tree["programme"]["began_on"])
    for kind in ("questions", "rules"):
        for name, node in eligibility[kind].items():
            for pathway in node["pathways"]:
                if pathway not in text.tree["pathways"]:
                    at = ("eligibility", kind, name, "pathways")
                    remedy = f"Choose among {', '.join(text.tree['pathways'])}."
                    fault = f"there is no pathway {pathway!r}"
                    yield text.problem("unknown_pathway", at, fault, remedy)
    for name, node in eligibility["questions"].items():
        yield from _of_phases(text, ("eligibility", "questions", name), node)
    for name, node in eligibility["rules"].items():
        yield from _of_test(text, ("eligibility", "rules", name), node)
    for pathway in text.tree["pathways"]:
        in_force = [
            rule
            for rule in eligibility["rules"].values()
            if pathway in rule["pathways"] and _begins(rule) <= began
        ]
        if not in_force:
            fault = f"no rule is in force for {pathway} when the programme begins"
            remedy = f"Give it at least one rule dated {began} or earlier."
            yield text.problem("no_rule", ("eligibility", "rules"), fault, remedy)


def _of_test(text: DefinitionText, path: Path, node: Tree) -> Iterator[Problem]:
    kind = node["kind"]
    is_answer = kind.startswith("answer_")
    known = list(text.tree["eligibility"]["questions"] if is_answer else frames.SCHOOL_FACTS.schema)
    for key in ("reads", "compared_with"):
        if key in node and node[key] not in known:
            what = "question" if is_answer else "column of school_facts"
            remedy = (
                "docs/reference/frames.md lists the columns."
                if not is_answer
                else (f"Questions here: {', '.join(known)}.")
            )
            yield text.problem("unknown_value", (*path, key), f"{node[key]!r} is no {what}", remedy)
    yield from _of_phases(text, path, node)
    if is_answer:
        yield from _of_others(text, path, node)
    if "threshold" in node:
        for day, given in node["threshold"]["values"].items():
            value, _ = entry_parts(node["threshold"], given)
            if fault := _threshold_fault(kind, value):
                at = (*path, "threshold", "values", day)
                yield text.problem("threshold_does_not_fit", at, *fault)
    for below in ("parts", "frameworks"):
        for name, part in node.get(below, {}).items():
            yield from _of_test(text, (*path, below, name), part)


def _of_phases(text: DefinitionText, path: Path, node: Tree) -> Iterator[Problem]:
    for phase in node.get("phases", ()):
        if phase not in tuple(Phase):
            remedy = f"Phases: {', '.join(Phase)}."
            yield text.problem("unknown_value", (*path, "phases"), f"{phase!r} is no phase", remedy)


def _of_others(text: DefinitionText, path: Path, node: Tree) -> Iterator[Problem]:
    """Find tests that need an answer of schools that are never asked."""
    question = text.tree["eligibility"]["questions"].get(node.get("reads"), {})
    asked, judged = question.get("phases", ()), node.get("phases", tuple(Phase))
    if asked and not set(judged) <= set(asked):
        named = ", ".join(asked)
        yield text.problem(
            "never_asked", (*path, "reads"),
            f"{node['reads']} is asked of {named} alone, and this test is of other phases too",
            f"Make it a part with phases: [{named}], or ask every phase.",
        )  # fmt: skip


def _threshold_fault(kind: str, value: Any) -> tuple[str, str] | None:
    if kind == "one_of" and not (isinstance(value, list) and value):
        return f"a rule of kind one_of asks for a list, not {value!r}", "Write [one, another]."
    if kind in NUMBER_KINDS and not is_number(value):
        return f"a rule of kind {kind} asks for a number, not {value!r}", "Write a number."
    if kind == "answer_is" and not isinstance(value, bool):
        return f"a rule of kind answer_is asks for true or false, not {value!r}", "Write true."
    return None


def _begins(rule: Tree) -> str:
    """Give the first day a rule is in force, as text."""
    if "threshold" in rule:
        return str(min(rule["threshold"]["values"]))
    parts = [*rule.get("parts", {}).values(), *rule.get("frameworks", {}).values()]
    return min(map(_begins, parts))


def _first_day(node: Tree) -> str:
    value, _ = entry_parts(node, node["values"][min(node["values"])])
    return str(value)


def _of_choices(text: DefinitionText) -> Iterator[Problem]:
    for path, allowed in CHOICES.items():
        node = functools.reduce(operator.getitem, path, text.tree)
        for day, given in node["values"].items():
            value, _ = entry_parts(node, given)
            if value not in allowed:
                remedy = f"Choose one of {', '.join(allowed)}."
                at = (*path, "values", day)
                yield text.problem("unknown_choice", at, f"{value!r} is not taken here", remedy)


def _of_matching(text: DefinitionText) -> Iterator[Problem]:
    need = text.tree["matching"]["need"]["parts"]
    for name, part in need.items():
        for key in ("reads", "compared_with"):
            if part[key] not in frames.SCHOOL_FACTS.schema:
                at = ("matching", "need", "parts", name, key)
                remedy = "docs/reference/frames.md lists the columns."
                fault = f"{part[key]!r} is no column of school_facts"
                yield text.problem("unknown_value", at, fault, remedy)
    phases = text.tree["matching"]["lead_phases"]
    for day, given in phases["values"].items():
        value, _ = entry_parts(phases, given)
        for phase in value if isinstance(value, Mapping) else ("no mapping",):
            if phase not in set(Phase):
                at = ("matching", "lead_phases", "values", day, phase)
                remedy = f"Use {', '.join(Phase)}."
                yield text.problem("unknown_phase", at, f"{phase!r} is no phase", remedy)


def _of_unknown(text: DefinitionText) -> Iterator[Problem]:
    """What tells schools apart by need type and age must say what holds where neither is known."""
    matching = text.tree["matching"]
    taken = [entry_parts(matching["compatibility"], each)[0]
             for each in matching["compatibility"]["values"].values()]  # fmt: skip
    if Compatibility.NEED_TYPE_AND_AGE in taken and "may_match_unknown" not in matching:
        fault = "it does not say what holds where a need type or age range is not known"
        remedy = "Add may_match_unknown: true to match such schools and tell so, false to wait."
        yield text.problem("unknown_not_settled", ("matching", "compatibility"), fault, remedy)


def _of_likeness(text: DefinitionText) -> Iterator[Problem]:
    """Likeness is told by numbers that partners and leads both have."""
    both = set(frames.PARTNERS.schema.items()) & set(frames.LEAD_SCHOOLS.schema.items())
    numbers = sorted(name for name, kind in both if kind.is_numeric())
    alike_by = text.tree["matching"]["alike_by"]
    for day, given in alike_by["values"].items():
        value, _ = entry_parts(alike_by, given)
        for name in value if isinstance(value, list) else []:
            if name not in numbers:
                at = ("matching", "alike_by", "values", day)
                remedy = f"Choose among {', '.join(numbers)}."
                fault = f"{name!r} is no number held by partners and leads"
                yield text.problem("unknown_value", at, fault, remedy)


def _of_grant(text: DefinitionText) -> Iterator[Problem]:
    """A grant in proportion to days needs the days that earn the most."""
    grant = text.tree["money"]["grant"]
    rule = grant["proportional_to"]
    rules = [entry_parts(rule, given)[0] for given in rule["values"].values()]
    if GrantRule.DAYS_PER_PARTNER not in rules:
        return
    for day, given in grant["full_at_days"]["values"].items():
        value, _ = entry_parts(grant["full_at_days"], given)
        if is_number(value) and value <= 0:
            at = ("money", "grant", "full_at_days", "values", day)
            fault = f"{value:g} days cannot earn the largest grant"
            remedy = "Write more than 0, or none under proportional_to."
            yield text.problem("no_days_for_grant", at, fault, remedy)
