"""kill -9 at every step of a payment run: nothing lost, nothing twice, and the books balance."""

import contextlib
import os
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection

from books import Bank, balance, settled
from invented import AT, facts, register
from paid import (
    CHECKER,
    LEAD,
    MAKER,
    OVER,
    PAYS,
    awarded,
    declared,
    partnership,
    prepared,
    schools,
    who,
    written,
)
from schoolhubs.service.audit import queries as audit
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.deciding import successors
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration, DeclaredDay, KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Payment, PaymentRun
from schoolhubs.service.funding.recovering import actions as recovering
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.vocabulary.errors import Conflict
from schoolhubs.vocabulary.money import plain

ONE, TWO, THREE = "900001", "900002", "900003"
FULL = 360_000
# In the order in which a run comes by them; those that end in "made" lie behind the commit.
POINTS = (
    "check-kept",
    "prepare-worked-out", "prepare-run", "prepare-payments", "prepare-audited", "prepare-made",
    "set-aside-taken-out", "set-aside-made",
    "agree-checked", "agree-saved", "agree-audited", "agree-made",
    "hand-over-settled", "hand-over-saved", "hand-over-made",
    "decide-saved", "decide-carried-out", "decide-made",
    "confirm-read", "confirm-settled", "confirm-saved", "confirm-made",
    "clawback-saved", "clawback-made",
)  # fmt: skip


def cut_off(point: str, step: Callable[[], Any]) -> None:
    """Do a step in a process of its own that the power is cut of at a point."""
    connection.close()
    child = os.fork()
    if not child:
        with contextlib.suppress(BaseException):
            os.environ["SCHOOLHUBS_FAULT_AT"] = f"payment.{point}"
            settings.ENVIRONMENT = type(settings.ENVIRONMENT)()
            step()
        os._exit(1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -9, f"the step never came by {point}"


def check() -> None:
    held = Declaration.objects.get(state="declared")
    declaring.check(held, version=held.version, who=who("officer"))


def newest() -> PaymentRun:
    return PaymentRun.objects.latest("pk")


def set_aside() -> None:
    paying.set_aside(newest(), version=newest().version, reason="Wrong day", **MAKER)


def agree() -> None:
    paying.agree(newest(), version=newest().version, **CHECKER)


def hand_over() -> None:
    paying.hand_over(newest(), version=newest().version, **MAKER)


def confirmation(bank: Bank, run: PaymentRun) -> bytes:
    ours = set(run.payments.values_list("reference", flat=True))
    rows = [f"{name},{payee},{plain(pence)}" for name, (payee, pence) in bank.paid.items()
            if name in ours]  # fmt: skip
    return ("reference,payee_id,amount_pounds\n" + "\n".join(rows) + "\n").encode()


def decide() -> None:
    made = MoneyDecision.objects.get()
    deciding.settle(made, agrees=True, version=made.version, reason="Seen", **CHECKER)


def settle() -> None:
    asked = Clawback.objects.get()
    recovering.settle(asked, agrees=True, version=asked.version, reason="Seen", **CHECKER)


def stands() -> dict[str, Any]:
    """Give everything that a step of a run changes."""
    return {
        "awards": KeptAward.objects.count(),
        "declarations": sorted(Declaration.objects.values_list("pk", "state", "version")),
        "runs": sorted(PaymentRun.objects.values_list("pk", "state", "version", "file_hash")),
        "payments": sorted(Payment.objects.values_list("pk", "state", "reference")),
        "decisions": sorted(MoneyDecision.objects.values_list("pk", "state", "version")),
        "clawbacks": sorted(Clawback.objects.values_list("pk", "state")),
        "audited": AuditEntry.objects.count(),
    }


def test_a_payment_run_cut_off_at_every_step_pays_once_and_loses_nothing(
    own_database: None,
) -> None:
    schools(ONE, TWO, THREE)
    bank, cut = Bank(), []

    def through(step: Callable[[], Any], *, repeats: bool = False) -> None:
        """Cut the power at every point of a step, then let somebody press again."""
        named = step.__name__.replace("_", "-").replace("prepared", "prepare")
        named = {"settle": "clawback", "confirmed": "confirm"}.get(named, named)
        before = stands()
        for point in (each for each in POINTS if each.startswith(named)):
            cut_off(point, step)
            cut.append(point)
            balance()
            if point.endswith("made"):
                after = stands()
                assert after != before, f"what was acknowledged is lost, cut off at {point}"
                if not repeats:
                    with contextlib.suppress(Conflict, Declaration.DoesNotExist):
                        step()
                    assert stands() == after, f"pressed again after {point}, it was done twice"
            else:
                assert stands() == before, f"half of it stands, cut off at {point}"
        if stands() == before:
            step()

    awarded(partnership(ONE), half_days=40)
    awarded(partnership(TWO), half_days=40)
    declared(partnership(THREE), half_days=40)
    through(check)
    through(prepared)
    through(set_aside)
    prepared()
    through(agree)
    text = bytes(newest().file or b"").decode()
    bank.take(text)
    through(hand_over)
    assert bytes(newest().file or b"").decode() == text
    bank.take(text)  # nobody knew whether it had arrived
    one = newest().payments.get(payee=f"school:{ONE}")
    bank.paid[one.reference] = (ONE, FULL - 100)
    deciding.propose_settled(
        one, paid_pence=FULL - 100, paid_on=AT.date(), reason="The bank's letter", **MAKER
    )
    through(decide)

    def confirmed() -> None:
        confirm(newest(), confirmation(bank, newest()), **MAKER)

    through(confirmed)
    assert newest().state == "paid"
    prepared()
    agree()
    bank.take(bytes(newest().file or b"").decode())
    hand_over()
    confirmed()
    settled()
    for day in DeclaredDay.objects.filter(declaration__partnership__partner_urn=ONE):
        version = Declaration.objects.get(pk=day.declaration_id).version
        declaring.strike_day(day, reason="No minutes", version=version, who=who("officer"))
    award = KeptAward.objects.latest("pk")
    recovering.propose(award, amount_pence=FULL, reason="No minutes", **MAKER)
    through(settle)
    settled()
    assert due(PAYS, on=OVER) == []
    assert {bank.sent_to(f"school:{urn}") for urn in (ONE, TWO, THREE)} == {FULL}
    assert tuple(cut) == POINTS
    assert audit.broken()[1] == []


def test_without_its_key_and_its_trigger_a_payment_would_stand_twice(
    own_database: None, postgres: str
) -> None:
    """Negative control: with both guards off, what the books call paid twice is written."""
    schools(ONE)
    awarded(partnership(ONE), half_days=40)
    prepared()
    balance()
    name = connection.settings_dict["NAME"]
    with psycopg.connect(postgres, dbname=name, autocommit=True) as owner:
        owner.execute("DROP INDEX one_payment_a_payee_period_and_milestone")
        owner.execute("ALTER TABLE funding_payment DISABLE TRIGGER USER")
    first = Payment.objects.get()
    first.pk, first.reference = None, "OTHER"
    first.save(force_insert=True)
    with pytest.raises(AssertionError, match="paid twice"):
        balance()


def test_no_payment_is_made_to_a_payee_and_its_successor_and_without_the_key_it_would_be(
    own_database: None, postgres: str
) -> None:
    """With its negative control: the key off, the books call paid twice what is written."""
    register(facts(ONE, is_open=False), facts(TWO), facts(LEAD))
    award = awarded(partnership(ONE), half_days=40)
    made = successors.propose(award, successor=f"school:{TWO}", reason="Converted", **MAKER)
    deciding.settle(made, agrees=True, version=1, reason="Seen", **CHECKER)
    prepared()
    balance()
    with pytest.raises(IntegrityError, match="more than the awards"):
        written(award, "")
    name = connection.settings_dict["NAME"]
    with psycopg.connect(postgres, dbname=name, autocommit=True) as owner:
        owner.execute("ALTER TABLE funding_payment DISABLE TRIGGER USER")
        with pytest.raises(IntegrityError, match="one_payment_a_payee_period_and_milestone"):
            written(award, "")
        owner.execute("DROP INDEX one_payment_a_payee_period_and_milestone")
    written(award, "")
    assert {each.paid_to for each in Payment.objects.all()} == {f"school:{ONE}", f"school:{TWO}"}
    with pytest.raises(AssertionError, match="paid twice"):
        balance()
