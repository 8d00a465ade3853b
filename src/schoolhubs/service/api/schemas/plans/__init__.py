"""A school's action plan, what stands in its way, and its approval."""

import datetime
from typing import Any

from pydantic import Field

from schoolhubs.service.api.schemas.common import Given, Told


class PlanProblem(Told):
    """One thing that stands between a plan and its approval, as `plan check --json` says it."""

    code: str = Field(description="Short stable name.")
    where: str = Field(description="Place in the plan, such as `screens.a1`.")
    text: str = Field(description="What is wrong, and what to do.")


class PlanOf(Told):
    """A school's action plan as it stands."""

    urn: str = Field(description="The school.")
    state: str = Field(description="`draft`, `approved` or `reopened`.")
    version: int = Field(description="Grows with every save.")
    digest: str = Field(description="Of the words that an approval covers.")
    plan: dict[str, Any] = Field(description="The plan, in the words of `plan check`'s file.")
    problems: list[PlanProblem] = Field(description="None means that it would be approved today.")
    why_not_in_force: list[PlanProblem] = Field(description="Empty where it is in force today.")


class Approve(Given):
    """Who approves the version named in If-Match."""

    approved_by: str = Field(
        min_length=2,
        max_length=120,
        description="Name of a headteacher who has signed in; a post after a comma.",
    )


class ApprovalOf(Told):
    """An approval, which holds for these words alone."""

    approved_by: str = Field(description="As it was given.")
    approved_on: datetime.date = Field(description="Day, in England.")
    digest: str = Field(description="Of the words that were approved.")
    definition_version: str = Field(description="Of the programme's rules that were asked.")
