"""The one door through which a plan is approved."""

import dataclasses
import datetime
from collections.abc import Mapping, Sequence

from schoolhubs.plans.checking import check
from schoolhubs.vocabulary.errors import DataProblem, Problem
from schoolhubs.vocabulary.records.plan import ActionPlan, Approval, AuditStep
from schoolhubs.vocabulary.records.rules import RulesAsAt


def approve(
    plan: ActionPlan,
    *,
    rules: RulesAsAt,
    findings: Mapping[str, str],
    by: str,
    on: datetime.date,
    audit_steps: Sequence[AuditStep] | None = None,
) -> ActionPlan:
    """Approve a plan, or refuse with every reason.

    Parameters
    ----------
    plan
        Not approved yet, or changed since.
    rules
        Its programme as at ``on``.
    findings
        Root cause of each finding of the diagnosis, by its id: not those the plan itself names.
    by, on
        Who approves, and when.
    audit_steps
        What was done of the audit, from where it is recorded; None to believe the plan.

    Returns
    -------
    The plan with its approval, which holds for these words alone.

    Raises
    ------
    DataProblem
        With every problem of :func:`check`: open screens, orphans, an audit that is not complete.

    Examples
    --------
    >>> from schoolhubs import programmes
    >>> day = datetime.date(2026, 11, 22)
    >>> rules = programmes.load("rise-hubs-2025").as_at(day)
    >>> try:
    ...     approve(ActionPlan(plan_id="p1"), rules=rules, findings={}, by="Head", on=day)
    ... except DataProblem as refused:
    ...     refused.outcome
    'The plan was not approved.'
    """
    problems = list(check(plan, rules=rules, findings=findings, audit_steps=audit_steps))
    if not by.strip():
        problems.append(Problem(code="nobody_approves", fault="nobody is named who approves"))
    if rules.on != on:
        fault = f"the rules are those of {rules.on}, the approval is of {on}"
        problems.append(Problem(code="rules_of_another_day", fault=fault))
    if problems:
        raise DataProblem(problems, outcome="The plan was not approved.")
    approval = Approval(
        approved_by=by, approved_on=on, definition_version=rules.definition_version,
        digest=plan.digest,
    )  # fmt: skip
    return dataclasses.replace(plan, approval=approval)


def why_not_in_force(
    plan: ActionPlan, *, rules: RulesAsAt, findings: Mapping[str, str]
) -> tuple[Problem, ...]:
    """Say why a plan is not in force: never approved, changed since, or a screen opened again.

    An approval written by hand is none: it must name the digest of the plan, and the plan must
    pass today what it passed then.

    Examples
    --------
    >>> from schoolhubs import programmes
    >>> rules = programmes.load("rise-hubs-2025").as_at(datetime.date(2026, 11, 22))
    >>> why_not_in_force(ActionPlan(plan_id="p1"), rules=rules, findings={})[0].code
    'not_approved'
    """
    problems = check(plan, rules=rules, findings=findings)
    if plan.approval is None:
        fault = Problem(code="not_approved", column="approval", fault="the plan is not approved")
        return (fault, *problems)
    if plan.approval.digest != plan.digest:
        fault = Problem(
            code="changed_since", column="approval", fault="the plan changed since it was approved",
            remedy="Have it approved again.",
        )  # fmt: skip
        return (fault, *problems)
    return problems
