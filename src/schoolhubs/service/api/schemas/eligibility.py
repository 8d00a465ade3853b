"""Whether a school may join, as the API tells it."""

import datetime
from typing import Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import ReadFrom, Told


class Reason(Told):
    """What one rule said."""

    rule: str = Field(description="The rule’s name in the programme’s definition.")
    asks: str = Field(description="What the rule asks, in words.")
    verdict: Literal["yes", "no", "cannot tell"]
    value: str | None = Field(description="What was read, in words; null where nothing is known.")
    threshold: str = Field(description="What is asked for, in words.")
    source: str = Field(description="Publication and year the value was read in.")
    would_pass_if: str = Field(description="What would make it pass; blank where it passes.")
    is_assumed: bool = Field(description="The threshold, or an answer, is assumed.")
    rule_source: str = Field(description="Where the rule itself was published.")


class PathwayVerdict(Told):
    """What one pathway says."""

    pathway: str
    name: str
    verdict: Literal["yes", "no", "cannot tell"]
    reasons: list[Reason]


class NearHub(Told):
    """A hub near the school, which is not promised."""

    lead_urn: str
    lead_name: str
    minutes: float = Field(description="By car one way, estimated.")
    minutes_low: float = Field(description="Lower end of the band of the estimate, minutes.")
    minutes_high: float = Field(description="Upper end of the band of the estimate, minutes.")
    is_ferry: bool
    straddles_limit: bool = Field(description="The band reaches beyond the programme’s limit.")
    source: str = Field(description="How the drive was estimated.")


class ProgrammeVerdict(Told):
    """What one programme says, by its rules on the register's day."""

    programme_id: str
    title: str
    definition_version: str
    cohort_id: str
    on: datetime.date
    rules_on: datetime.date = Field(description="The day whose rules apply.")
    is_rehearsal: bool = Field(description="The programme had not begun.")
    is_over: bool
    are_answers_assumed: bool = Field(
        description="What an application would answer is taken as the programme hopes for."
    )
    may_join: bool = Field(description="At least one pathway says yes.")
    pathways: list[PathwayVerdict]
    hubs: list[NearHub] = Field(
        description="The hubs nearest to the school, nearest first; none where every pathway says "
        "no."
    )


class Eligibility(Told):
    """One school's answer in every programme asked about."""

    urn: str
    name: str
    school_register: ReadFrom
    programmes: list[ProgrammeVerdict]
