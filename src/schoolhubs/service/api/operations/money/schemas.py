"""Money, as the API tells it: whole pence everywhere."""

import datetime
from typing import Literal

from pydantic import Field

from schoolhubs.service.api.schemas.common import Told

Side = Literal["partner", "lead"]


class WorkingOf(Told):
    """One step of an award’s working; all of them add up to the amount."""

    code: str
    text: str
    amount_pence: int
    why: str


class AwardOf(Told):
    """What one milestone of one partnership comes to."""

    partnership_id: int
    programme_id: str
    side: Side
    payee_id: str = Field(description="URN of the school, or number of the trust, that is paid.")
    milestone: str
    title: str
    period: str = Field(description="Academic year in which it falls due, such as 2026/27.")
    due_on: datetime.date
    state: str = Field(
        description="not_due, to_declare, returned, declared, lapsed, changed, payable, held, "
        "in_run, paid, clawed_back or nothing."
    )
    is_kept: bool = Field(description="False while it is only what it would come to today.")
    amount_pence: int
    paid_pence: int
    owed_back_pence: int
    working: list[WorkingOf]


class AwardsOf(Told):
    """A school's awards, the newest partnership first."""

    urn: str
    on: datetime.date
    amount_pence: int
    paid_pence: int
    awards: list[AwardOf] = Field(description="Empty where the programme pays the school nothing.")


class StatementLineOf(Told):
    """One line of a statement, as a row of the page’s CSV and of `funding statement`."""

    payee_id: str
    partnership_id: str
    programme_id: str
    pathway: str
    milestone: str
    period: str
    due_on: datetime.date
    state: str
    awarded_pence: int
    paid_pence: int
    clawed_back_pence: int
    due_pence: int
    paid_to: str = Field(
        description="Who was paid in place of a payee that is no more, such as school:900002."
    )
    paid_to_pence: int = Field(description="What of `paid_pence` they were.")


class StatementOf(Told):
    """A school's statement of an academic year."""

    urn: str
    period: str
    drawn_on: datetime.date
    payees: list[str]
    awarded_pence: int
    paid_pence: int
    clawed_back_pence: int
    due_pence: int
    lines: list[StatementLineOf] = Field(
        description="Of the school; then those of others in whose place it was paid, which the "
        "sums leave out."
    )
    paid_in_place_pence: int = Field(description="What the school was paid in place of others.")
    notes: list[str] = Field(description="Sentences that every statement carries.")


class BudgetPartOf(Told):
    """What the programme, or one pathway, region or hub takes."""

    by: Literal["programme", "pathway", "region", "hub"]
    name: str
    partnerships: int
    committed_pence: int = Field(description="The most it can come to, what is paid among it.")
    forecast_pence: int = Field(description="If all that is not due yet is earned in full.")
    paid_pence: int = Field(description="Less what was taken back.")


class BudgetOf(Told):
    """A programme's money; the parts of each kind add up to the programme."""

    programme_id: str
    on: datetime.date
    envelope_pence: int
    envelope_source: str
    envelope_is_assumed: bool
    free_pence: int = Field(description="Not committed; below nought where more is.")
    parts: list[BudgetPartOf]
    notes: list[str]


class RunOf(Told):
    """One payment run."""

    run_id: int
    programme_id: str
    number: int
    state: str = Field(description="prepared, agreed, handed_over, paid or set_aside.")
    pay_on: datetime.date
    n_payments: int
    total_pence: int
    envelope_pence: int
    n_exceptions: int
    prepared_at: datetime.datetime
    agreed_at: datetime.datetime | None
    handed_over_at: datetime.datetime | None
    finished_at: datetime.datetime | None
    file_hash: str = Field(description="SHA-256 of the file handed over; blank until agreed.")
    version: int


class PaymentOf(Told):
    """One payment of a run."""

    payment_id: int
    reference: str
    payee: str = Field(description="Such as school:900001.")
    partnership_id: int
    period: str
    milestone: str
    gross_pence: int
    taken_pence: int = Field(description="Clawback, taken before anything is sent.")
    amount_pence: int = Field(description="What is sent.")
    short_pence: int = Field(
        description="What of it did not arrive, as two people settled it; below 0 if more did."
    )
    state: str = Field(description="in_run, paid, not_paid or taken_out.")
    paid_on: datetime.date | None
    fault: str
