"""One payment held back from runs by hand: named first, in no run, still in the budget."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from books import settled
from paid import (
    ENVELOPE,
    MAKER,
    OVER,
    PAYS,
    awarded,
    confirmed,
    handed_over,
    partnership,
    prepared,
    schools,
    written,
)
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.funding.budgeting.drawing import budget_of
from schoolhubs.service.funding.holding import actions as holding
from schoolhubs.service.funding.holding.models import HeldPayment
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.due import due
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
FULL = 360_000


@pytest.fixture(autouse=True)
def _two_schools() -> None:
    schools(ONE, TWO)


def held(award: KeptAward) -> HeldPayment:
    return holding.hold(award, reason="Two schools claim one day", **MAKER)


def test_a_payment_held_back_is_named_first_is_in_no_run_and_is_taken_up_again() -> None:
    one, _ = (awarded(partnership(urn), half_days=40) for urn in (ONE, TWO))
    made = held(one)
    with pytest.raises(Conflict, match="Somebody held this back"):
        held(one)
    run = prepared()
    assert [each.payee for each in run.payments.all()] == [f"school:{TWO}"]
    first = run.exceptions[0]
    assert (first["what"], first["reason"], first["is_left_out"]) == ("held", made.reason, True)
    confirmed(handed_over(run))
    with pytest.raises(Conflict, match="Nothing is due"):
        prepared()
    holding.take_up(made, reason="One of them withdrew it", **MAKER)
    with pytest.raises(Conflict, match="not held back any more"):
        holding.take_up(made, reason="Again", **MAKER)
    confirmed(handed_over(prepared()))
    assert due(PAYS, on=OVER) == []
    settled()
    rows = AuditEntry.objects.filter(action__startswith="held_payment.").order_by("pk")
    assert [(each.action, each.reason) for each in rows] == [
        ("held_payment.hold", "Two schools claim one day"),
        ("held_payment.take_up", "One of them withdrew it"),
    ]


def test_the_budget_counts_a_payment_that_is_held_back() -> None:
    award = awarded(partnership(ONE), half_days=40)
    _, before = budget_of(PAYS)
    held(award)
    _, after = budget_of(PAYS)
    assert after.whole == before.whole
    assert before.whole.forecast_pence >= FULL


def test_with_a_payment_too_many_for_the_envelope_the_others_are_paid() -> None:
    one, _ = (awarded(partnership(urn), half_days=40) for urn in (ONE, TWO))
    told = {"pay_on": OVER, "envelope_pence": 2 * FULL - 1, **MAKER}
    with pytest.raises(Conflict, match="or hold payments back"):
        paying.prepare(PAYS, **told)
    held(one)
    assert paying.prepare(PAYS, **told).total_pence == FULL < ENVELOPE


def test_no_row_of_a_payment_stands_in_a_run_while_it_is_held_back() -> None:
    one, _ = (awarded(partnership(urn), half_days=40) for urn in (ONE, TWO))
    made = held(one)
    prepared()
    with (
        pytest.raises(IntegrityError, match="held back by hand is in no run"),
        transaction.atomic(),
    ):
        written(one, "")
    with pytest.raises(IntegrityError, match="says_who_and_why"), transaction.atomic():
        HeldPayment.objects.filter(pk=made.pk).update(taken_up_at=made.held_at)
    holding.take_up(made, reason="Answered", **MAKER)
    assert written(one, "").state == "in_run", "without the hold nothing refuses it"
    with pytest.raises(DatabaseError, match="stays_taken_up"), transaction.atomic():
        HeldPayment.objects.filter(pk=made.pk).update(taken_up_reason="")


def test_a_payment_in_a_run_that_is_open_is_not_held_back_before_it_is_set_aside() -> None:
    award = awarded(partnership(ONE), half_days=40)
    run = prepared()
    with pytest.raises(Conflict, match=f"stands in run {run.number}"):
        held(award)
    paying.set_aside(run, version=run.version, reason="A question", **MAKER)
    held(award)
    assert due(PAYS, on=OVER)[0].exceptions[0] == "held"


def told_to_the_school() -> tuple[str, ...]:
    """Give what of these the school's page of money says."""
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE, subject="head")
    text = head.get(f"/schools/{ONE}/money").content.decode()
    assert "Two schools claim one day" not in text, "the reason stays with the office"
    said = ("Held back", "The programme office holds it back since", "To be paid")
    return tuple(each for each in said if each in text)


def test_the_page_holds_a_payment_back_and_takes_it_up_again() -> None:
    award = awarded(partnership(ONE), half_days=40)
    maker = signed_in(Role.FINANCE_MAKER, subject="maker-1")
    page = f"/office/money/awards/{award.pk}/hold"
    run_page = f"/office/money/programmes/{PAYS}/run"
    assert page in maker.get(run_page).content.decode()
    assert b"Enter why it is held back" in maker.post(page, {"does": "hold"}).content
    sent = {"does": "hold", "reason": "Two schools claim one day"}
    assert maker.post(page, sent).headers["Location"] == run_page
    assert maker.post(page, sent).status_code == 409
    shown = maker.get(run_page).content.decode()
    assert "Held back by hand: Two schools claim one day" in shown
    assert "Take it up again" in shown
    assert told_to_the_school() == ("Held back", "The programme office holds it back since")
    assert b"Enter why it is taken up again" in maker.post(page, {"does": "take_up"}).content
    sent = {"does": "take_up", "reason": "One withdrew it"}
    assert maker.post(page, sent).status_code == 302
    assert maker.post(page, sent).status_code == 409
    assert "Held back by hand" not in maker.get(run_page).content.decode()
    assert told_to_the_school() == ("To be paid",)
