"""The plan itself, and what it stands on."""

import dataclasses
import datetime

from schoolhubs.vocabulary.records.plan import written
from schoolhubs.vocabulary.records.plan.objectives import Objective, PlannedAction, Review
from schoolhubs.vocabulary.records.plan.screens import Consultation, Screen


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class FindingNamed:
    """A finding of the diagnosis that the plan rests on."""

    finding_id: str
    root_cause: str
    title: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class AuditStep:
    """A step of the audit that was done, such as ``self_assessment``."""

    step: str
    finished_on: datetime.date
    reference: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """That a plan was approved; made by ``plans.approve`` alone.

    Parameters
    ----------
    digest
        Of what was approved: a plan that changed since is not approved.
    """

    approved_by: str
    approved_on: datetime.date
    definition_version: str
    digest: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ActionPlan:
    """A school's plan. Blank, None or empty is what nobody wrote yet.

    Parameters
    ----------
    plan_id, programme_id, pathway, cohort_id, urn
        Whose plan it is; ``urn`` six digits, blank in a copy for another school.
    setting
        ``mainstream``, ``special`` or ``alternative_provision``.
    authors
        Who wrote it.
    findings
        What the plan rests on.
    audit_steps
        What was done before.

    Examples
    --------
    >>> plan = ActionPlan(plan_id="p1", objectives=(Objective(objective_id="o1"),))
    >>> ActionPlan.from_dict(plan.as_dict()) == plan
    True
    """

    plan_id: str
    title: str = ""
    programme_id: str = ""
    pathway: str = ""
    cohort_id: str = ""
    urn: str = ""
    phase: str = ""
    setting: str = "mainstream"
    authors: tuple[str, ...] = ()
    findings: tuple[FindingNamed, ...] = ()
    audit_steps: tuple[AuditStep, ...] = ()
    objectives: tuple[Objective, ...] = ()
    actions: tuple[PlannedAction, ...] = ()
    screens: tuple[Screen, ...] = ()
    consultations: tuple[Consultation, ...] = ()
    reviews: tuple[Review, ...] = ()
    approval: Approval | None = None

    @property
    def digest(self) -> str:
        """Twelve letters that change with anything but approval, reviews and reopenings."""
        screens = tuple(dataclasses.replace(screen, reopenings=()) for screen in self.screens)
        return written.digest(dataclasses.replace(self, screens=screens, approval=None, reviews=()))

    def as_dict(self) -> dict[str, written.Written]:
        """Give JSON-ready values, dates as ``2026-11-22``."""
        return written.as_dict(self)

    @classmethod
    def from_dict(cls, given: object) -> "ActionPlan":
        """Read a mapping as :meth:`as_dict` gives or a person writes.

        Raises
        ------
        DataProblem
            With every word that no plan has, every value of another kind, every missing id.
        """
        return written.from_dict(cls, given)
