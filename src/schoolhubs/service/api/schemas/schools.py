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
