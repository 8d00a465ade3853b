"""Training, tasks and stuck partnerships, as the API tells them."""

import datetime

from pydantic import Field

from schoolhubs.service.api.schemas.common import Told


class TallyOf(Told):
    """Modules counted once for each leader they are for; what is only offered is in none."""

    n_required: int
    n_done: int
    n_overdue: int
    n_open: int
    n_declared: int = Field(description="Declared by the school, and not confirmed.")
    n_nobody: int = Field(description="No leader sees to what they are about.")
    n_outstanding: int


class TrainingOwed(Told):
    """What a school owes and has done."""

    partnership_id: int
    urn: str
    programme_id: str
    pathway: str
    lead_urn: str
    tally: TallyOf


class TrainingRow(Told):
    """One module with one leader, as a row of the page’s CSV."""

    urn: str
    school: str | None
    programme: str
    pathway: str
    module: str
    title: str
    leader: str
    post: str | None
    standing: str
    is_required: bool
    due_on: datetime.date | None
    done_on: datetime.date | None
    half_days: int
    certificate: str | None = Field(description="Its number; null where there is none.")


class TrainingOf(TrainingOwed):
    """A school's training record."""

    on: datetime.date
    rows: list[TrainingRow]


class TaskOf(Told):
    """One milestone in one term."""

    milestone: str
    title: str
    term: str
    term_number: int
    roles: list[str] = Field(description="Codes of the roles that do it.")
    minutes: int = Field(description="What it is expected to take.")
    standing: str
    due_on: datetime.date = Field(description="The last day for it, rests counted.")
    done_on: datetime.date | None
    asked_half_days: int = Field(description="0 where it is not counted in days.")
    agreed_half_days: int


class TermTotalOf(Told):
    """What a term asks of one role."""

    role: str
    term_number: int
    minutes: int = Field(description="Expected of all its tasks.")
    days: float = Field(description="The same in days of a leader.")
    low_days: float = Field(description="Of what the stream asks in a term, at least.")
    high_days: float = Field(description="Of what the stream asks in a term, at most.")


class TasksOf(Told):
    """A partnership term by term."""

    partnership_id: int
    partner_urn: str
    lead_urn: str
    on: datetime.date
    is_resting: bool
    half_days_left: int = Field(description="Promised of the lead, and not agreed yet.")
    tasks: list[TaskOf]
    totals: list[TermTotalOf]


class StuckOf(Told):
    """One partnership that is stuck."""

    partnership_id: int
    programme_id: str
    partner_urn: str
    partner: str
    lead_urn: str
    lead: str
    pathway: str
    since: datetime.date
    whose_turn: str
    reasons: list[str]
    next_step: str
    is_resting: bool
    concern_id: int | None
