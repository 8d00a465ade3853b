"""Programmes and the rules in force, as the API tells them."""

import datetime
from typing import Any, Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import Told


class ProgrammeBrief(Told):
    """One programme."""

    programme_id: str
    title: str
    definition_version: str = Field(description="Its declared version and a digest of its content.")
    began_on: datetime.date
    is_run_here: bool = Field(description="False where it is told of for comparison alone.")


class SourceOf(Told):
    """Where a value was read."""

    title: str
    read_on: datetime.date
    url: str = Field(description="Blank where the publication has no address.")


class Value(Told):
    """A value from a day on."""

    value: Any = Field(description="In the setting’s unit.")
    from_on: datetime.date
    status: Literal["published", "assumed", "superseded"]
    source: SourceOf
    why: str = Field(description="Why it was assumed; blank where it was published.")


class SettingOf(Told):
    """One value of a programme over time."""

    path: str = Field(description="Where it stands, such as matching.preferred_maximum_minutes.")
    description: str
    unit: str
    rule: str = Field(description="prefer, require, or blank where it limits nothing.")
    in_force: Value | None = Field(description="On the day asked for; null if none is.")


class PathwayOf(Told):
    """One pathway as at the day."""

    pathway: str
    name: str
    partner_kind: str = Field(description="school or trust.")
    places_per_lead: int = Field(description="Partners a lead takes in a term.")
    duration_terms: int = Field(description="Terms a partnership lasts.")
    optional_extra_terms: int


class RuleOf(Told):
    """One rule of eligibility in force."""

    rule: str
    asks: str
    pathways: list[str]


class QuestionOf(Told):
    """One question that an application asks."""

    question: str
    wording: str
    kind: str = Field(description="yes_no or number.")
    phases: list[str] = Field(description="Phases whose schools are asked; none for all.")


class ProgrammeWhole(ProgrammeBrief):
    """One programme's rules as at a day, each value with its source."""

    on: datetime.date
    rules_on: datetime.date
    is_rehearsal: bool
    is_over: bool
    summary: str
    pathways: list[PathwayOf]
    rules: list[RuleOf]
    questions: list[QuestionOf]
    settings: list[SettingOf]


class Programmes(Told):
    """Every programme."""

    items: list[ProgrammeBrief]
