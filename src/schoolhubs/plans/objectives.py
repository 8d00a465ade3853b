"""Whether a plan's objectives rest on something, are whole, and promise no more than is known."""

import itertools
import math
from collections.abc import Iterator, Mapping
from typing import Any

from schoolhubs.plans.actions import library, strengths
from schoolhubs.plans.linting import lint
from schoolhubs.plans.stored import stored
from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, Objective, PlannedAction
from schoolhubs.vocabulary.root_causes import root_causes, settings

MUST_BE_WRITTEN = (
    "title", "root_cause", "finding_id", "measure", "baseline", "expected_size", "target", "owner",
    "started_on", "review_on", "cost_pence", "evidence_strength", "evidence",
)  # fmt: skip
ACTION_MUST_SAY = ("title", "first_steps", "staff_hours", "cost_pence", "for_whom")
DAYS_A_YEAR = 365.25


def unsound(plan: ActionPlan, findings: Mapping[str, str]) -> Iterator[Problem]:
    """Give the problems of objectives and actions; ``findings`` are root causes by finding id."""
    if not plan.objectives:
        yield Problem(
            code="no_objective", column="objectives", fault="the plan has no objective",
            remedy="Write one for a finding of the diagnosis.",
        )  # fmt: skip
    if plan.setting not in settings():
        yield _problem(
            "unknown_word", "setting", f"{plan.setting!r} is no kind of school",
            f"Take one of {', '.join(settings())}.",
        )  # fmt: skip
    for objective in plan.objectives:
        yield from _unwritten(f"objectives.{objective.objective_id}", objective, MUST_BE_WRITTEN)
        yield from _orphan(plan, objective, findings)
        yield from _figures(objective)
        yield from _oversold(plan, objective)
        yield from _dates(objective)
        for each in lint(objective.title):
            if each.verdict == "stop":
                where = f"objectives.{objective.objective_id}.title"
                yield _problem(
                    f"lint_{each.rule}", where, f"{each.title}: {each.said!r}", each.remedy
                )
    known = {objective.objective_id for objective in plan.objectives}
    for action in plan.actions:
        yield from _of_action(action, known)


def _problem(code: str, where: str, fault: str, remedy: str) -> Problem:
    return Problem(code=code, column=where, fault=fault, remedy=remedy)


def _unwritten(where: str, record: Any, names: tuple[str, ...]) -> Iterator[Problem]:
    for name in names:
        value = getattr(record, name)
        if value is None or value == () or (isinstance(value, str) and not value.strip()):
            words = name.removesuffix("_pence").replace("_", " ")
            yield _problem("not_written", f"{where}.{name}", f"no {words} is written", "Write it.")


def _orphan(
    plan: ActionPlan, objective: Objective, findings: Mapping[str, str]
) -> Iterator[Problem]:
    """Hold an objective without a finding of its root cause, without an action, or not ours."""
    where = f"objectives.{objective.objective_id}"
    known = root_causes()
    cause = known.get(objective.root_cause)
    if cause is None and objective.root_cause:
        yield _problem(
            "unknown_word", f"{where}.root_cause", f"{objective.root_cause!r} is no root cause",
            "Take one of vocabulary/root_causes/root_causes.yaml.",
        )  # fmt: skip
    if cause is not None and cause.side == "outside":
        yield _problem(
            "not_the_schools", f"{where}.root_cause",
            f"{cause.title} lies outside what the school can change",
            f"Refer it: {cause.body} answers for it. Leave it out of the objectives.",
        )  # fmt: skip
    if cause is not None and plan.setting not in cause.settings:
        yield _problem(
            "not_this_setting", f"{where}.root_cause",
            f"{cause.title} is not a finding of a school of this kind",
            f"It is for {', '.join(cause.settings)}.",
        )  # fmt: skip
    if objective.finding_id not in findings:
        yield _problem(
            "orphan_objective", f"{where}.finding_id",
            "it rests on no finding of the diagnosis",
            "Name the finding, or leave the objective out.",
        )  # fmt: skip
    elif findings[objective.finding_id] != objective.root_cause:
        yield _problem(
            "orphan_objective", f"{where}.root_cause",
            f"it is about “{_cause(objective.root_cause)}”, its finding about "
            f"“{_cause(findings[objective.finding_id])}”",
            "Let both say the same.",
        )  # fmt: skip
    if all(action.objective_id != objective.objective_id for action in plan.actions):
        yield _problem(
            "no_action", where, "nothing is done for it", "Add an action, or leave it out."
        )


def _cause(name: str) -> str:
    """Give the title of a root cause; its name where there is none of that name."""
    known = root_causes().get(name)
    return known.title if known else name


def _figures(objective: Objective) -> Iterator[Problem]:
    where, measures = f"objectives.{objective.objective_id}", stored("measures.yaml")["measures"]
    baseline, size, target = objective.baseline, objective.expected_size, objective.target
    if objective.cost_pence is not None and objective.cost_pence < 0:
        yield _problem("wrong_figure", f"{where}.cost_pence", "the cost is below 0", "Mend it.")
    if objective.measure and objective.measure not in measures:
        yield _problem(
            "unknown_word", f"{where}.measure", f"{objective.measure!r} is no measure",
            f"Take one of {', '.join(measures)}.",
        )  # fmt: skip
        return
    if baseline is not None and not _has_noise(baseline.low, baseline.value, baseline.high):
        yield _problem(
            "no_noise", f"{where}.baseline", "the baseline has no 90 % interval around its value",
            "Give low and high; without them nobody can tell progress from chance.",
        )  # fmt: skip
    if size is not None and size <= 0:
        yield _problem(
            "wrong_figure", f"{where}.expected_size", "the expected size is not above 0",
            "Say by how much it is to get better.",
        )  # fmt: skip
    if not objective.measure or baseline is None or size is None or target is None:
        return
    sign = -1 if measures[objective.measure]["better"] == "lower" else 1
    wanted = baseline.value + sign * size
    if not math.isclose(target, wanted, abs_tol=1e-6):
        yield _problem(
            "wrong_figure", f"{where}.target",
            f"the target is {target:g}; the baseline bettered by the expected size is {wanted:g}",
            "Let the three agree.",
        )  # fmt: skip


def _has_noise(low: float | None, value: float, high: float | None) -> bool:
    return low is not None and high is not None and low <= value <= high and low < high


def _oversold(plan: ActionPlan, objective: Objective) -> Iterator[Problem]:
    """Hold an objective that promises more than is known of what is done for it."""
    where, order = f"objectives.{objective.objective_id}", strengths()
    said = objective.evidence_strength
    if said and said not in order:
        yield _problem(
            "unknown_word", f"{where}.evidence_strength", f"{said!r} is no strength of evidence",
            f"Take one of {', '.join(order)}; nothing in the library is stronger.",
        )  # fmt: skip
        return
    shelf = library()
    mine = [each for each in plan.actions if each.objective_id == objective.objective_id]
    known = [
        shelf[each.library_id].strength if each.library_id in shelf else order[-1] for each in mine
    ]
    best = min((order.index(each) for each in known), default=len(order) - 1)
    if said and mine and order.index(said) < best:
        yield _problem(
            "oversold", f"{where}.evidence_strength",
            f"“{said}” is more than is known of its actions: “{order[best]}” at most",
            "Say what is known.",
        )  # fmt: skip
    measure = stored("measures.yaml")["measures"].get(objective.measure)
    if measure is None or objective.expected_size is None or not objective.review_on:
        return
    days = (objective.review_on[-1] - (objective.started_on or objective.review_on[-1])).days
    most = measure["largest_a_year"] * max(days / DAYS_A_YEAR, 1)
    if objective.expected_size > most:
        yield _problem(
            "oversold", f"{where}.expected_size",
            f"{objective.expected_size:g} {measure['unit']} is more than the {most:g} that may be"
            " expected in the time",
            "Effects are small where any were found; expect less.",
        )  # fmt: skip


def _dates(objective: Objective) -> Iterator[Problem]:
    where = f"objectives.{objective.objective_id}.review_on"
    days = [*([objective.started_on] if objective.started_on else []), *objective.review_on]
    if any(later <= earlier for earlier, later in itertools.pairwise(days)):
        yield _problem(
            "wrong_order", where, "the start and the reviews do not follow one another",
            "Write the start, then each review, earliest first.",
        )  # fmt: skip


def _of_action(action: PlannedAction, objectives: set[str]) -> Iterator[Problem]:
    where = f"actions.{action.action_id}"
    yield from _unwritten(where, action, ACTION_MUST_SAY)
    kinds = stored("gate/questions.yaml")["kinds"]
    if action.kind not in kinds:
        yield _problem(
            "unknown_word", f"{where}.kind", f"{action.kind!r} is no kind of action",
            f"Take one of {', '.join(kinds)}.",
        )  # fmt: skip
    if action.kind in {"reward", "sanction", "timetable"} and action.conditions is None:
        yield _problem(
            "not_written", f"{where}.conditions", f"a {action.kind} does not say what it turns on",
            "Write its conditions.",
        )  # fmt: skip
    if action.objective_id not in objectives:
        yield _problem(
            "orphan_action", f"{where}.objective_id",
            f"it serves no objective of the plan ({action.objective_id!r})",
            "Name the objective, or leave the action out.",
        )  # fmt: skip
    if action.library_id and action.library_id not in library():
        yield _problem(
            "unknown_word", f"{where}.library_id", f"{action.library_id!r} is not in the library",
            "Leave it blank for an action of your own.",
        )  # fmt: skip
    for name in ("staff_hours", "cost_pence"):
        value = getattr(action, name)
        if value is not None and value < 0:
            yield _problem("wrong_figure", f"{where}.{name}", "the figure is below 0", "Mend it.")
