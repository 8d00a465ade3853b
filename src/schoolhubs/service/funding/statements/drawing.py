"""A school's statement of a period drawn up: the same lines for pages, files and programs."""

import dataclasses
import datetime
from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from schoolhubs import funding, programmes
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.funding.pages import in_place
from schoolhubs.service.funding.pages.shown import Money, money_of
from schoolhubs.service.funding.payees import names_of
from schoolhubs.service.funding.paying.models import Payment, PaymentState
from schoolhubs.service.funding.statements import records
from schoolhubs.vocabulary.records.funding import Statement, StatementLine

COLUMNS = {
    "payee_id": pl.String, "partnership_id": pl.String, "programme_id": pl.String,
    "pathway": pl.String, "milestone": pl.String, "period": pl.String, "due_on": pl.Date,
    "state": pl.String, "awarded_pence": pl.Int64, "paid_pence": pl.Int64,
    "clawed_back_pence": pl.Int64, "due_pence": pl.Int64, "paid_to": pl.String,
    "paid_to_pence": pl.Int64,
}  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class OfPayee:
    """A statement of one period, with only the lines that a reader may see.

    Parameters
    ----------
    lines
        Of every programme, in the order of programme and due date.
    in_place
        Lines of payees that are no more, in whose place the school was paid; no sum has them.
    notes
        Sentences that every answer carries.
    paid_in_place
        The payments of ``in_place``.
    names
        Of those who earned or were paid, where somebody is paid in place of another.
    """

    period: str
    drawn_on: datetime.date
    payees: tuple[str, ...]
    lines: tuple[StatementLine, ...]
    notes: tuple[str, ...]
    payments: tuple[Payment, ...]
    in_place: tuple[StatementLine, ...]
    paid_in_place: tuple[Payment, ...]
    names: Mapping[str, str]

    @property
    def all_lines(self) -> tuple[StatementLine, ...]:
        """Those of the school, and then those in place of others."""
        return (*self.lines, *self.in_place)

    @property
    def paid_in_place_pence(self) -> int:
        """What the school was paid in place of others."""
        return sum(line.paid_to_pence for line in self.in_place)

    def name(self, payee: str) -> str:
        """Name who earned or was paid."""
        return self.names.get(payee, payee.replace(":", " "))

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
    paid = [each for each in in_place.payments_for(actor, urn) if each.period == period]
    others = [each for each in (*payments, *paid) if each.successor]
    keys = {key for each in others for key in (each.payee, each.successor)}
    return OfPayee(
        period=period, drawn_on=on, payees=tuple(sorted({each.payee_id for each in money})),
        lines=tuple(lines), notes=tuple(notes), payments=tuple(payments),
        in_place=tuple(_in_place(paid, period, on)), paid_in_place=tuple(paid),
        names=names_of(keys, with_closed=True) if keys else {},
    )  # fmt: skip


def _in_place(paid: Sequence[Payment], period: str, on: datetime.date) -> Iterator[StatementLine]:
    """Give the lines that some payments in place of others were made for, with what they come to.

    Of each only what these payments settled is said to be paid in place of the payee: a payee can
    have had two successors.
    """
    money = in_place.money_behind(paid, on=on) if paid else []
    for one in _statements(money, period, on):
        for line in one.lines:
            award = line.award
            ours = [
                each
                for each in paid
                if each.state == PaymentState.PAID
                and each.payee.partition(":")[2] == award.payee_id
                and str(each.partnership_id) == award.partnership_id
                and each.award.milestone == award.milestone
            ]
            if ours:
                yield dataclasses.replace(
                    line, paid_to=tuple(sorted({each.successor for each in ours})),
                    paid_to_pence=sum(each.settles_pence for each in ours),
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
