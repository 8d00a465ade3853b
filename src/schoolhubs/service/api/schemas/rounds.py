"""Rounds and what they gave each school, as the API tells them."""

import datetime
from typing import Any, Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import Told


class RoundBrief(Told):
    """One round of one programme."""

    round_id: int
    programme_id: str
    cohort_id: str
    on: datetime.date = Field(description="The day it was run for.")
    register_on: datetime.date = Field(description="The day of the school register it read.")
    made_at: datetime.datetime
    is_synthetic: bool = Field(description="True where no such school exists.")
    is_published: bool = Field(description="The cohort’s schools see it now.")
    is_what_if: bool = Field(description="It was tried beside another round, and never published.")


class RoundWhole(RoundBrief):
    """One round with its totals."""

    definition_version: str
    summary: dict[str, Any] = Field(description="Totals of the round; minutes are by car one way.")


class PlacementOf(Told):
    """What a round gave one school."""

    urn: str
    name: str
    phase: str
    region: str
    outcome: Literal["matched", "unmatched", "held", "not_eligible", "cannot_tell"]
    pathway: str = Field(description="Blank without a match.")
    lead_urn: str = Field(description="Blank without a match.")
    minutes: float | None = Field(description="By car one way, estimated; null without a match.")
    is_exception: bool = Field(description="Longer than the programme hopes for.")
