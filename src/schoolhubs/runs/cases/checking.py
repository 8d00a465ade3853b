"""Tries a definition on its own worked cases, with the engine that decides real schools."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schoolhubs import eligibility, programmes
from schoolhubs.runs.cases.coverage import JUST, thresholds, untried
from schoolhubs.runs.cases.money import failing_budgets, failing_money, untried_money
from schoolhubs.vocabulary import frames
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.rules import RulesAsAt

_NO = ("is_placed_at_successor", "is_context_later", "is_inspection_of_predecessor")
NEEDED = {"school_name": "A school", **dict.fromkeys(_NO, False)}


def check_programme(folder: Path) -> tuple[Problem, ...]:
    """List every fault of a definition: in its text, in its cases, and thresholds never tried."""
    if problems := programmes.check(folder):
        return problems
    programme = programmes.load(folder)
    return (
        *failing(programme),
        *untried(programme),
        *failing_money(programme),
        *failing_budgets(programme),
        *untried_money(programme),
    )


def failing(programme: programmes.Programme) -> Iterator[Problem]:
    """Give a problem for each case whose outcome is not the one expected."""
    for one in programme.cases:
        rows = {case["name"]: row for case, row in zip(one["cases"], one["rows"], strict=True)}
        for day in dict.fromkeys(case["on"] for case in one["cases"]):
            rules = programme.as_at(datetime.date.fromisoformat(day))
            of_day = [case for case in one["cases"] if case["on"] == day]
            for case, fault in faults(programme, rules, one["base"], of_day):
                yield Problem(
                    code="case_fails",
                    file=one["file"],
                    row=rows[case["name"]],
                    fault=f"case {case['name']!r}: {fault}",
                    remedy="Mend the case or the rule, whichever is wrong.",
                )


def faults(
    programme: programmes.Programme,
    rules: RulesAsAt,
    base: Mapping[str, Any],
    cases: Sequence[Mapping[str, Any]],
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """Say how the outcomes of one day's cases differ from what they expect."""
    unknown = [(case, fault) for case in cases for fault in _unknown_columns(base, case)]
    if unknown:
        yield from unknown
        return
    try:
        every = decide(rules, base, cases)
    except (DataProblem, pl.exceptions.PolarsError, ValueError, TypeError) as error:
        yield cases[0], f"or another of {cases[0]['on']} holds a value that does not fit ({error})"
        return
    for case, decided in zip(cases, every, strict=True):
        for pathway, expected in case["expect"].items():
            row = decided.get(pathway)
            if row is None:
                yield case, f"there is no pathway {pathway!r}"
            elif row["verdict"] != expected:
                yield case, f"{pathway} is {row['verdict']}, expected {expected}. {row['reason']}"
            elif "because" in case and expected != "yes" and row["binding_rule"] != case["because"]:
                yield case, f"{pathway} is {expected} because of {row['binding_rule']}"
        if "about" in case:
            for fault in _wrong_side(programme, rules, base, case, decided):
                yield case, fault


def decide(
    rules: RulesAsAt, base: Mapping[str, Any], cases: Sequence[Mapping[str, Any]]
) -> list[dict[str, dict[str, Any]]]:
    """Decide the schools of cases together; gives for each case the row of each pathway."""
    rows, applications, leads = [], [], []
    for place, case in enumerate(cases):
        first = 100_000 + 100 * place
        school = {**base["school"], **case.get("school", {}), "urn": str(first)}
        if school.get("trust_id") is not None:
            school["trust_id"] = str(place + 1)  # so that the cases' trusts stay apart
        rows.append(_typed(school))
        rows += [
            _typed({**base["school"], "trust_id": school.get("trust_id"), **other, "urn": str(urn)})
            for urn, other in enumerate(case.get("trust", ()), start=first + 1)
        ]
        answers = {**base["answers"], **case.get("answers", {})}
        said = {key: None if each is None else str(each) for key, each in answers.items()}
        applications.append({"urn": str(first), **said})
        leads += [str(first)] if case.get("is_lead") else []
    facts = frames.SCHOOL_FACTS.fill(pl.DataFrame(rows, infer_schema_length=None))
    applied = pl.DataFrame(applications, infer_schema_length=None)
    decided: list[dict[str, dict[str, Any]]] = [{} for _ in cases]
    for row in eligibility.assess(facts, applied, rules, lead_urns=leads).iter_rows(named=True):
        decided[(int(row["urn"]) - 100_000) // 100][row["pathway"]] = row
    return decided


def _unknown_columns(base: Mapping[str, Any], case: Mapping[str, Any]) -> Iterator[str]:
    described = (base["school"], case.get("school", {}), *case.get("trust", ()))
    for name in sorted({name for one in described for name in one}):
        if name not in frames.SCHOOL_FACTS.schema:
            yield f"school_facts has no column {name!r}; docs/reference/frames.md lists them"


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: datetime.date.fromisoformat(str(value))
        if frames.SCHOOL_FACTS.schema[name] == pl.Date and value is not None
        else value
        for name, value in {**dict.fromkeys(frames.SCHOOL_FACTS.schema), **NEEDED, **row}.items()
    }


def _wrong_side(
    programme: programmes.Programme,
    rules: RulesAsAt,
    base: Mapping[str, Any],
    case: Mapping[str, Any],
    decided: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    """Say whether a case lies where it claims to: just below, at or just above."""
    path = tuple(case["about"].split("."))
    node = dict(thresholds(programme.tree["eligibility"]["rules"])).get(path)
    if node is None:
        yield f"there is no threshold {case['about']!r}"
        return
    setting = programme.settings["eligibility", "rules", *path, "threshold"]
    if case["side"] not in ("below", "at", "above"):
        return
    school = {**base["school"], **case.get("school", {})}
    answers = {**base["answers"], **case.get("answers", {})}
    if node["kind"] == "trust_has":
        said = next(row[f"rule_{path[0]}"] for row in decided.values() if row[f"rule_{path[0]}"])
        value = float(re.match(r"\d+", said["value"]).group())  # type: ignore[union-attr]
    else:
        read = answers if node["kind"].startswith("answer_") else school
        value = float(read[node["reads"]]) - float(school.get(node.get("compared_with", ""), 0))
    beside = round(value - float(setting.at(rules.rules_on)), 6)
    just = JUST.get(setting.unit, 1)
    lies = {"below": -just <= beside < 0, "at": beside == 0, "above": 0 < beside <= just}
    if not lies[case["side"]]:
        yield f"it says {case['side']} but lies {beside:+g} from the threshold (just is {just:g})"
