"""Schools, as the API tells them."""

import datetime

from pydantic import Field

from schoolhubs.service.api.schemas.common import ReadFrom, Told


class SchoolBrief(Told):
    """One school of the register, without its figures."""

    urn: str = Field(description="Unique reference number, six digits.")
    name: str
    phase: str = Field(description="primary, secondary, all_through, special and so on.")
    establishment_type: str
    la_name: str = Field(description="Local authority.")
    region: str
    postcode: str
    trust_id: str = Field(description="UID of its trust; blank where it is in none.")
    is_open: bool
    is_state_funded: bool


class Figure(Told):
    """One published figure, beside its series and year."""

    figure: str = Field(description="Name of the column in the school register.")
    title: str = Field(description="What it counts.")
    value: float | None = Field(description="In `unit`; null where none is known.")
    unit: str = Field(description="`percent` (0 to 100) or `pupils`.")
    series: str = Field(description="The publication; blank where none is known.")
    year: str = Field(description="The academic year, such as 2024/25; blank where none is known.")
    published_for_urn: str = Field(description="The URN it was published for; blank for its own.")
    mark: str = Field(description="What stood in the figure’s place where it was withheld.")
    phase_value: float | None = Field(
        description="The same figure of the school’s phase in England."
    )


class Inspection(Told):
    """The last inspection known by the register's day."""

    framework: str = Field(
        description="overall_grades, no_overall_grade, report_card; blank if none."
    )
    overall_grade: int | None = Field(description="1 outstanding to 4 inadequate; null if none.")
    attendance_and_behaviour: str = Field(description="The report card’s judgement; blank if none.")
    inspected_on: datetime.date | None
    of_urn: str = Field(description="The URN that was inspected.")


class StageOf(Told):
    """Where the school stands in one programme."""

    programme: str = Field(description="The programme’s title.")
    words: str = Field(description="How far the school has come.")
    next_on: datetime.date | None = Field(description="The next date; null once it is over.")
    next_words: str = Field(description="What happens then.")


class SchoolWhole(SchoolBrief):
    """One school with its figures, and its stages where the key lets them be seen."""

    school_register: ReadFrom
    trust_name: str = Field(description="Blank where it is in no trust.")
    n_pupils: int | None = Field(description="Pupils on roll.")
    figures: list[Figure]
    inspection: Inspection
    leads: list[str] = Field(
        description="Programmes in which it leads a hub on the register’s day."
    )
    stages: list[StageOf] = Field(
        description="By right: empty without a key of the school, its trust, hub or the office."
    )


class Piece(Told):
    """One piece of what makes up an expectation."""

    piece: str = Field(description="What it is called, such as Last year.")
    points: float = Field(description="Percentage points; all pieces add up.")
    said: str


class LikeSchool(Told):
    """A school of like context."""

    urn: str
    school_name: str
    distance: float = Field(description="In usual differences between two schools; 0 is the same.")
    why: str
    absence_percent: float | None = Field(description="Of the year before; null if not known.")


class WorthVisiting(Told):
    """A school to learn from: alike, near, with less absence than its context lets expect."""

    urn: str
    school_name: str
    minutes: float = Field(description="By car one way, estimated.")
    absence_percent: float | None = Field(description="Of the year before, as published.")
    better_percent: float = Field(description="Points below what its context lets expect.")
    why: str


class YearOf(Told):
    """One earlier year."""

    year: str
    absence_percent: float
    points_from_national: float | None = Field(
        description="Above (+) or below (-) all schools’ figure; null where there is none of them."
    )


class GoalOf(Told):
    """A goal that a person set for a school without a target by rule."""

    percent: float
    reason: str
    version: int


class IssuedOf(Told):
    """A figure issued elsewhere, never mixed with ours."""

    percent: float
    issued_by: str
    issued_on: datetime.date
    version: int


class TargetOf(Told):
    """What is expected of a school in a year; absence, percent of possible sessions."""

    urn: str
    school_name: str
    phase: str
    year: str = Field(description="The academic year it is for, such as 2025/26.")
    version: int = Field(description="1 as fitted; one more for each challenge upheld.")
    amended_because: str = Field(description="Why it was worked out again; blank in version 1.")
    is_hindsight: bool = Field(description="Worked out after the year; nobody was given it.")
    is_staged: bool = Field(description="A demonstration shows it as if it had been in time.")
    is_synthetic: bool = Field(description="True where no such school exists.")
    reason: str | None = Field(description="Why nothing can be expected; null where it is told.")
    expected_percent: float | None = Field(description="With no change in practice.")
    target_percent: float | None = Field(description="Null for special schools and AP.")
    low_percent: float | None = Field(description="Lower end of the 80 % prediction interval.")
    high_percent: float | None = Field(description="Upper end of the 80 % prediction interval.")
    chance_unaided: float | None = Field(description="0 to 1, of meeting it as things are.")
    last_year_percent: float | None
    baseline_percent: float | None = Field(description="That year with chance taken out.")
    national_percent: float | None = Field(
        description="All schools of the phase, where pieces start."
    )
    national_year: str | None
    chance_size_percent: float | None = Field(
        description="How far its year differs with other pupils like these, one sd."
    )
    contributions: list[Piece]
    comparators: list[LikeSchool]
    visits: list[WorthVisiting]
    notes: list[str]
    trend: list[YearOf]
    need_types: str | None
    goal: GoalOf | None
    issued_elsewhere: IssuedOf | None
    model_until: str
    definition_version: str
    register_on: str
