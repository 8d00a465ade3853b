"""Where a problem of a plan stands, in the words its reader knows: titles, not codes."""

import dataclasses

from schoolhubs.vocabulary.errors import Problem
from schoolhubs.vocabulary.records.plan import ActionPlan


def placed(plan: ActionPlan, problem: Problem) -> Problem:
    """Put the title of the objective or action before what is wrong with it.

    The code of the place stays in ``column``, for programs.

    Examples
    --------
    >>> from schoolhubs.vocabulary.records.plan import Objective
    >>> plan = ActionPlan(
    ...     plan_id="p1", objectives=(Objective(objective_id="o1", title="Fewer late"),)
    ... )
    >>> placed(plan, Problem(code="x", column="objectives.o1.owner", fault="no owner")).fault
    'Objective “Fewer late”: no owner'
    """
    place = place_in_words(plan, problem.column)
    fault = f"{place}: {problem.fault}" if place else problem.fault
    return dataclasses.replace(problem, fault=fault)


def place_in_words(plan: ActionPlan, column: str) -> str:
    """Name the objective, action or review of a place by its title; blank for any other place.

    Examples
    --------
    >>> place_in_words(ActionPlan(plan_id="p1"), "screens.a1.answers.duty")
    'Action “a1”'
    >>> place_in_words(ActionPlan(plan_id="p1"), "authors")
    ''
    """
    part, _, rest = column.partition(".")
    name = rest.partition(".")[0]
    if not name:
        return ""
    if part == "objectives":
        titles = {each.objective_id: each.title for each in plan.objectives}
        return f"Objective “{titles.get(name, '').strip() or name}”"
    if part in {"actions", "screens"}:
        titles = {each.action_id: each.title for each in plan.actions}
        return f"Action “{titles.get(name, '').strip() or name}”"
    return f"Review {name}" if part == "reviews" else ""
