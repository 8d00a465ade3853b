"""Scores of closed surveys, as the API tells them: small groups are hidden, no answer is told."""

import datetime

from pydantic import Field

from schoolhubs.service.api.schemas.common import Told

MISSING = "Null where it is hidden or not known."


class SurveyScore(Told):
    """One scale or question, of everybody or of one group."""

    kind: str = Field(description="scale or item.")
    measure: str = Field(description="Name of the scale or question.")
    cut: str = Field(description="What the group is of, such as year_group; all for everybody.")
    label: str = Field(description="The group, such as 7; all for everybody.")
    n_answered: int | None = Field(description=MISSING)
    value: float | None = Field(description="Mean of a scale, or % of good answers, 0 to 100.")
    value_mark: str | None = Field(
        description="c hidden; w withheld beside a blurred one; ge95 95 or more; le5 5 or less."
    )
    low: float | None = Field(description="Lower end of the 90 % interval.")
    high: float | None = Field(description="Upper end of the 90 % interval.")
    said: str = Field(description="The value as it is to be shown.")
    reliability: float | None = Field(
        description="How much of the spread between schools is real, 0 to 1."
    )


class SurveyResponse(Told):
    """Who answered."""

    n_answered: int | None = Field(description="Null where too few answered to be told.")
    n_asked: int | None = Field(description="Null where it is not known who was asked.")
    response_percent: float | None
    is_low: bool | None = Field(description="Too few answered to compare; null if not known.")
    weighted_to: str = Field(description="Groups that answers are weighted to.")
    design_effect: float | None = Field(description="Null where it would tell of a small group.")


class SurveyChange(Told):
    """The change of one measure since the wave before, beside England's."""

    measure: str
    cut: str
    label: str
    from_wave: str
    to_wave: str
    change: float | None = Field(description="Points, later less earlier.")
    low: float | None
    high: float | None
    national_change: float | None = Field(description="Null where no figure of both months is.")
    verdict: str = Field(description="Whether it is better or worse than England’s change.")
    reason: str = Field(description="Why that cannot be told; blank where it can.")


class SurveyOf(Told):
    """One closed and scored survey of a school."""

    wave: str = Field(description="Its month, such as 2026-11; two joined by + scored as one.")
    respondents: str = Field(description="pupils or staff.")
    questionnaire: str = Field(description="What was asked, such as pupil-survey.")
    version: str
    closed_on: datetime.date | None
    warnings: list[str] = Field(description="What to know before any figure is read.")
    response: list[SurveyResponse]
    scores: list[SurveyScore]
    changes: list[SurveyChange]


class SurveysOf(Told):
    """A school's closed surveys, the newest wave first."""

    urn: str
    surveys: list[SurveyOf]
