"""Declarations, runs and clawbacks move by the table of states and in no other way.

Payments themselves are held against it in ``test_service_payments_lapsed``.
"""

import itertools
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.db import IntegrityError, connection, models, transaction

from invented import AT
from paid import FINISHES, PAYS, awarded, declared, partnership, prepared, schools
from schoolhubs.service.funding.models import Declaration, DeclarationState
from schoolhubs.service.funding.moves import moves_of
from schoolhubs.service.funding.paying.models import Payment, PaymentRun, RunState
from schoolhubs.service.funding.recovering.models import Clawback, ClawbackState

ONE = "900001"
Row = Declaration | PaymentRun | Clawback
# All that constraints ask of a row in any state, so that nothing but its move can be refused.
OF_A_RUN = {
    "agreed_at": AT, "agreed_by": "b", "file": b"1", "file_hash": "1", "handed_over_at": AT,
    "handed_over_by": "c", "finished_reason": "because",
}  # fmt: skip
OF_A_STATE: dict[str, dict[str, Any]] = {
    "started": {"declared_at": None, "declared_by": "", "checked_at": None, "checked_by": ""},
    "declared": {"declared_at": AT, "declared_by": "a", "checked_at": None, "checked_by": ""},
    "checked": {"declared_at": AT, "declared_by": "a", "checked_at": AT, "checked_by": "b"},
    "lapsed": {"declared_at": None, "declared_by": "", "checked_at": None, "checked_by": "",
               "lapsed_at": AT, "reminded_at": AT},
    "proposed": {"settled_at": None, "settled_by": ""},
    "refused": {"settled_at": AT, "settled_by": "b"},
}  # fmt: skip


def told(row: Row, state: str) -> dict[str, Any]:
    """Give what a row says beside its state, once it is in it."""
    if isinstance(row, PaymentRun):
        return OF_A_RUN
    if isinstance(row, Clawback):
        return OF_A_STATE["proposed" if state == "proposed" else "refused"]
    return OF_A_STATE[state]


def a_declaration() -> Row:
    return declared(partnership(ONE))


def a_run() -> Row:
    awarded(partnership(ONE), half_days=40)
    return prepared()


def a_clawback() -> Row:
    """Ask for a pound of what was paid."""
    one = partnership(ONE)
    award = awarded(one, half_days=40)
    prepared()
    Payment.objects.filter(award=award).update(state="paid", paid_on=FINISHES)
    return Clawback.objects.create(
        partnership=one, programme_id=PAYS, payee=award.payee, period=award.period,
        milestone=award.milestone, amount_pence=100, reason="Too much", proposed_at=AT,
        proposed_by="a",
    )  # fmt: skip


class Moved(Exception):
    """It was let."""


class Refused(Exception):
    """It was not."""


def way(what: str, start: str, to: str) -> list[str]:
    """Give the states between which a row goes from one to another by the table, shortest first."""
    ways, seen = [[start]], {start}
    for each in ways:
        if each[-1] == to:
            return each[1:]
        ends = [end for at, end in sorted(moves_of(what)) if at == each[-1] and end not in seen]
        seen.update(ends)
        ways += [[*each, end] for end in ends]
    raise AssertionError(to)


def test_a_state_that_nothing_leads_to_is_said_though_others_lead_in_a_ring(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ring = {("a", "b"), ("b", "a"), ("b", "c")}
    monkeypatch.setitem(globals(), "moves_of", lambda _: ring)
    assert way("what", "a", "c") == ["b", "c"]
    with pytest.raises(AssertionError, match="nowhere"):
        way("what", "a", "nowhere")


def moves(what: str, row: Row, start: str, to: str) -> bool:
    """Tell whether the database lets a row move, and leave nothing behind."""
    rows: models.QuerySet[Any] = type(row)._default_manager.filter(pk=row.pk)
    try:
        with transaction.atomic():
            for state in way(what, row.state, start):
                rows.update(state=state, **told(row, state))
            try_it(rows, state=to, **told(row, to))
    except Moved:
        return True
    except Refused:
        return False
    raise AssertionError


def try_it(rows: models.QuerySet[Any], **changes: Any) -> None:
    """Say how one move went; that a step before it is refused is no answer."""
    try:
        rows.update(**changes)
    except IntegrityError as error:
        raise Refused from error
    raise Moved


KINDS = [
    ("declaration", DeclarationState, a_declaration),
    ("payment run", RunState, a_run),
    ("clawback", ClawbackState, a_clawback),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("what", "states", "make"), KINDS)
def test_what_becomes_of_payments_moves_by_the_table_and_in_no_other_way(
    what: str, states: type[models.TextChoices], make: Callable[[], Row]
) -> None:
    schools(ONE)
    row = make()
    found = {pair for pair in itertools.permutations(states.values, 2) if moves(what, row, *pair)}
    assert found == moves_of(what)


@pytest.mark.usefixtures("own_database")
def test_without_its_bar_a_payment_would_lapse_that_was_declared(postgres: str) -> None:
    """The control: everything else that the database asks for is given."""
    schools(ONE)
    row = a_declaration()
    assert not moves("declaration", row, "declared", "lapsed")
    name = connection.settings_dict["NAME"]
    with psycopg.connect(postgres, dbname=name, autocommit=True) as owner:
        found = owner.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'funding_declaration'::regclass"
            " AND tgname LIKE '%moves_by_the_table%'"
        )
        (bar,) = (each for (each,) in found)
        owner.execute(f"ALTER TABLE funding_declaration DISABLE TRIGGER {bar}")
    assert moves("declaration", row, "declared", "lapsed")
