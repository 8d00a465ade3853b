"""Support days, as the API tells and takes them."""

import datetime
from typing import Annotated, Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import Given, Told
from schoolhubs.service.delivery.pages.forms import LONGEST, MOST_MINUTES

Text = Annotated[str, Field(max_length=LONGEST)]
Said = Annotated[str, Field(min_length=1, max_length=LONGEST, pattern=r"\S")]
State = Literal["planned", "delivered", "agreed", "disputed", "missed", "cancelled"]
Kind = Literal["support_day", "coaching", "executive"]
Part = Literal["day", "am", "pm"]
Place = Literal["partner", "lead", "screen"]
LeaderId = Annotated[int, Field(ge=1, le=2**63 - 1)]


class LeaderOf(Told):
    """A leader of the lead school who goes to partners."""

    leader_id: int
    name: str


class LedgerOf(Told):
    """A partner’s days added up, in half-days of the lead’s leaders; travel stands apart."""

    entitled: int = Field(description="Promised by the definition over the whole partnership.")
    planned: int = Field(description="With a date, and not taken place yet.")
    delivered: int = Field(description="The lead says so; those agreed are among them.")
    evidenced: int = Field(description="Of those delivered, with a note that shows it.")
    agreed: int = Field(description="Of those delivered, agreed by the partner.")
    disputed: int = Field(description="The partner says that it was otherwise.")
    missed: int
    undated: int = Field(description="Promised, and without a date.")
    beyond: int = Field(description="Given or planned beyond what is promised.")
    travel_minutes: float = Field(description="Of the days delivered; never part of a half-day.")
    n_without_travel: int = Field(description="Days delivered of which no minutes are known.")


class PartnershipOf(Told):
    """Two schools that work together, and what became of the days promised."""

    partnership_id: int
    programme_id: str
    cohort_id: str
    partner_urn: str
    lead_urn: str
    pathway: str
    state: str = Field(description="agreed, running, finished or ended.")
    starts_on: datetime.date
    finishes_on: datetime.date = Field(description="The first day after its last.")
    ledger: LedgerOf


class SupportDayOf(Told):
    """One day, or half of one."""

    day_id: int
    partnership_id: int
    kind: Kind
    on: datetime.date
    part: Part
    held_at: Place
    state: State
    focus: str
    leaders: list[LeaderOf] = Field(description="Who comes, or would have come.")
    lead_half_days: int
    partner_half_days: int
    n_partner_leaders: int
    travel_minutes: float | None = Field(description="There and back; null where not known.")
    evidence: str = Field(description="What was done and what shows it; blank until written.")
    observation: str = Field(description="Of coaching: what the coach saw.")
    next_step: str = Field(description="Of coaching: what happens next.")
    reason: str = Field(description="Why it was moved, cancelled, missed or disputed.")
    version: int = Field(description="Grows with every change; stands in the ETag.")


class LedgerWhole(PartnershipOf):
    """A partnership with its ledger and every day."""

    partner: str = Field(description="Name of the partner school.")
    days: list[SupportDayOf] = Field(description="In order of time.")
    lead_leaders: list[LeaderOf] = Field(
        description="Who of the lead can be sent; empty but for the lead’s own key."
    )


class Record(Given):
    """A day that took place, as the lead says."""

    on: datetime.date
    part: Part = "day"
    held_at: Place = "partner"
    kind: Kind = "support_day"
    leaders: list[LeaderId] = Field(
        min_length=1, max_length=20, description="By number, from `lead_leaders`."
    )
    focus: Said
    evidence: Said = Field(description="What was done and what shows it, in 5 letters or more.")
    n_partner_leaders: int = Field(1, ge=0, le=50)
    travel_minutes: int | None = Field(None, ge=0, le=MOST_MINUTES)
    observation: Text = Field("", description="Needed of coaching.")
    next_step: Text = Field("", description="Needed of coaching.")
    is_sure: bool = Field(
        False, description="Say true where a day that is unusual was refused, and was so."
    )


class AnswerDay(Given):
    """Whether a day took place as it was recorded."""

    agrees: bool
    reason: Text = Field("", description="How it was, where it was otherwise.")


class CancelDay(Given):
    """Why a planned day is taken back."""

    reason: Said
