"""An action plan: objectives on findings, actions, equality screens, consultation, reviews."""

from schoolhubs.vocabulary.records.plan.action_plan import (
    ActionPlan,
    Approval,
    AuditStep,
    FindingNamed,
)
from schoolhubs.vocabulary.records.plan.objectives import (
    Conditions,
    Measured,
    Objective,
    PlannedAction,
    Review,
)
from schoolhubs.vocabulary.records.plan.screens import (
    Adjustment,
    Consultation,
    Reopening,
    Screen,
    ScreenAnswer,
)

__all__ = [
    "ActionPlan",
    "Adjustment",
    "Approval",
    "AuditStep",
    "Conditions",
    "Consultation",
    "FindingNamed",
    "Measured",
    "Objective",
    "PlannedAction",
    "Reopening",
    "Review",
    "Screen",
    "ScreenAnswer",
]
