"""A match explained, and what both schools say of it, as the API tells and takes it."""

import datetime
from typing import Annotated, Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import Given, Told
from schoolhubs.service.eligibility.applying.pages import LONGEST_TEXT

Said = Literal["", "accepts", "objects"]


class Factor(Told):
    """One characteristic of partner and lead, side by side."""

    name: str
    unit: str = Field(description="% or blank.")
    year: str = Field(description="Academic year of the figure; blank where it has none.")
    ours: float | str | None = Field(description="The partner’s; null where it is not known.")
    theirs: float | str | None = Field(description="The lead’s; null where it is not known.")


class PriceOf(Told):
    """What forcing a place would cost the whole round; a negative number is a gain."""

    need: float = Field(description="Need points no longer served.")
    exceptions: float = Field(description="Further journeys over the limit.")
    schools: float = Field(description="Fewer schools matched.")
    weighted_minutes: float = Field(description="Further minutes, long journeys counting more.")
    minutes: float = Field(description="Further minutes one way over all schools.")
    words: str = Field(description="The same in words.")


class Option(Told):
    """A hub that was not given."""

    lead_urn: str
    lead_name: str
    minutes: float | None = Field(description="By car one way; null where no way leads there.")
    blocked_by: str = Field(description="What stood in the way.")
    price: PriceOf | None = Field(description="Null where a hard rule or a held place forbids it.")


class MatchOf(Told):
    """Why a school got its hub, or none."""

    programme_id: str
    cohort_id: str
    round_id: int
    on: datetime.date = Field(description="The day the round was run for.")
    is_synthetic: bool
    is_proven_optimal: bool = Field(description="The round was proved the best possible.")
    urn: str
    name: str
    outcome: Literal["matched", "unmatched", "held", "not_eligible", "cannot_tell"]
    sentence: str = Field(description="The whole match in one sentence.")
    pathway: str
    pathway_name: str
    lead_urn: str
    lead_name: str
    minutes: float | None = Field(description="By car one way, estimated.")
    minutes_low: float | None = Field(description="Lower end of the band of the estimate, minutes.")
    minutes_high: float | None = Field(
        description="Upper end of the band of the estimate, minutes."
    )
    band_share: float | None = Field(description="Share of journeys within the band, 0 to 1.")
    travel_source: str
    is_exception: bool
    exception_reason: str
    factors: list[Factor]
    options: list[Option] = Field(description="The next hubs, at most three, and why not.")


class AcceptanceOf(Told):
    """One proposed match, or a partnership that came of it."""

    acceptance_id: int
    programme_id: str
    cohort_id: str
    partner_urn: str
    lead_urn: str
    pathway: str
    state: str = Field(
        description="proposed, agreed, running, finished, ended, superseded, lapsed."
    )
    partner_says: Said = Field(description="Blank until the partner answers.")
    lead_says: Said = Field(description="Blank until the lead answers.")
    answer_by: datetime.date | None = Field(
        description="The last day to answer a proposal; what both have not accepted by then "
        "lapses. Null where it is proposed no longer."
    )
    starts_on: datetime.date
    finishes_on: datetime.date = Field(description="The first day after its last.")
    year: int = Field(description="1, or 2 where it was extended.")
    minutes: float | None = Field(description="By car one way, estimated.")
    version: int = Field(description="Grows with every change; stands in the ETag.")


class Answer(Given):
    """What the key's school says."""

    says: Literal["accepts", "objects"]
    reasons: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=10,
        description="For objects: journey, conflict, same_people, fit, facts, timing or other.",
    )  # fmt: skip
    words: str = Field(
        "", max_length=LONGEST_TEXT, description="For objects: in words, needed for other."
    )
