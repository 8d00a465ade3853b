"""A school's statement of a period drawn up: the same lines for pages, files and programs."""

import dataclasses
import datetime
from collections.abc import Iterator, Sequence

import polars as pl

from schoolhubs import funding, programmes
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.funding.pages.shown import Money, money_of
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.statements import records
from schoolhubs.vocabulary.records.funding import Statement, StatementLine

COLUMNS = {
    "payee_id": pl.String, "partnership_id": pl.String, "programme_id": pl.String,
    "pathway": pl.String, "milestone": pl.String, "period": pl.String, "due_on": pl.Date,
    "state": pl.String, "awarded_pence": pl.Int64, "paid_pence": pl.Int64,
    "clawed_back_pence": pl.Int64, "due_pence": pl.Int64,
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfPayee:
    """A statement of one period, with only the lines that a reader may see.

    Parameters
    ----------
    lines
        Of every programme, in the order of programme and due date.
    notes
        Sentences that every answer carries.
    """

    period: str
    drawn_on: datetime.date
    payees: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    notes: tuple[str, ...]
    payments: tuple[Payment, ...]

    def total(self, name: str) -> int:
        """Add up one amount of the lines."""
        return sum(getattr(line, name) for line in self.lines)


def draw_up(actor: Actor, urn: str, period: str, *, on: datetime.date) -> OfPayee:
    """Draw up the statement of a school for an academic year, as an actor reads it."""
    money = money_of(actor, urn, on=on)
    mine = {(each.payee_id, str(each.partnership.pk)) for each in money}
    lines: list[StatementLine] = []
    notes: dict[str, None] = {}
    for one in _statements(money, period, on):
        notes.update(dict.fromkeys(one.notes))
        lines += [e for e in one.lines if (e.award.payee_id, e.award.partnership_id) in mine]
    payments = [
        payment
        for each in money
        for line in each.lines
        if line.award.period == period
        for payment in line.payments
    ]
    return OfPayee(
        period=period, drawn_on=on, payees=tuple(sorted({each.payee_id for each in money})),
        lines=tuple(lines), notes=tuple(notes), payments=tuple(payments),
    )  # fmt: skip


def _statements(money: Sequence[Money], period: str, on: datetime.date) -> Iterator[Statement]:
    """Draw up a statement of each programme that some money is of."""
    facts = {each.partnership.pk: each.facts for each in money}
    payments = {each.pk: each for one in money for line in one.lines for each in line.payments}
    given = records.of_facts(list(facts.values()), [payments[pk] for pk in sorted(payments)])
    for programme_id in sorted({each.partnership.programme_id for each in money}):
        ours = given.of_programme(programme_id)
        yield funding.statement(
            ours.records, programmes.load(programme_id), period, on=on,
            declarations=ours.declarations, payments=ours.payments, clawbacks=ours.clawbacks,
        )  # fmt: skip


def table_of(lines: tuple[StatementLine, ...]) -> pl.DataFrame:
    """Give a row for each line."""
    rows = [
        {**funding.line_of(line), "due_on": line.award.due_on,
         "programme_id": line.award.programme_id}
        for line in lines
    ]  # fmt: skip
    return pl.DataFrame([{name: row[name] for name in COLUMNS} for row in rows], schema=COLUMNS)
