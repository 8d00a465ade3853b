"""Applications, as the API tells and takes them."""

import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import URN, Given, Told
from schoolhubs.service.eligibility.applying.pages import LONGEST_TEXT

Reason = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S")]


class ApplicationBrief(Told):
    """One application, without its answers."""

    reference: str
    programme_id: str
    cohort_id: str
    urn: str
    state: str
    state_words: str = Field(description="What the state means.")
    pathways: list[str] = Field(description="Pathways the school asks for.")
    begun_at: datetime.datetime
    submitted_at: datetime.datetime | None = Field(description="Null until it is sent.")
    applied_on: datetime.date | None = Field(description="Null until it is sent.")
    version: int = Field(description="Grows with every change; stands in the ETag.")


class StepOf(Told):
    """One thing the application asks."""

    step: str = Field(description="Its name in `answers`.")
    title: str
    hint: str
    kind: str = Field(
        description="pathways: a list of pathway ids; leaders: a list of as many texts as the "
        "hint says; yes_no: true or false; number: 0 or more; email: an address; text: up to "
        "2,000 characters."
    )
    needs_answer: bool
    is_answered: bool


class VerdictOf(Told):
    """What was decided on one pathway."""

    pathway: str
    verdict: Literal["yes", "no", "cannot tell"]
    decided_by: Literal["rules", "office"]


class ApplicationWhole(ApplicationBrief):
    """One application with its answers, what is asked, and what was decided."""

    answers: dict[str, Any] = Field(description="By name of the step.")
    steps: list[StepOf]
    verdicts: list[VerdictOf] = Field(description="Empty until it is sent.")
    register_id: int = Field(
        description="The school register it would be judged by today; a declaration names it."
    )
    later_intakes: list[str] = Field(description="Intakes (cohort_id) it can be put off to.")


class Begin(Given):
    """The school that applies, and to which programme."""

    programme_id: str = Field(min_length=1, max_length=60)
    urn: str = Field(pattern=URN)


class Answers(Given):
    """Answers to keep, by name of the step; steps that are not named stay as they are."""

    answers: dict[str, Any] = Field(min_length=1, max_length=40)


class Declare(Given):
    """The answers are true and agreed by the headteacher."""

    declared: Literal[True]
    register_id: int = Field(
        ge=1, le=2**63 - 1,
        description="From the application that was read: what the register says was read too.",
    )  # fmt: skip


class Leave(Given):
    """Take an application back, or put it off to a later intake."""

    to: Literal["withdrawn", "deferred"]
    reason: Reason
    cohort_id: str = Field(
        "", max_length=40, description="For deferred: one of later_intakes; blank for withdrawn."
    )
