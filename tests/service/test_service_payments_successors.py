"""A payee that is no more: two people say who is paid in its place, and nothing is paid to both."""

from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from books import settled
from commands import schoolhubs
from invented import AT, facts, register
from keyed import program
from paid import (
    CHECKER,
    LEAD,
    MAKER,
    OVER,
    PAYS,
    awarded,
    confirmed,
    handed_over,
    partnership,
    prepared,
    written,
)
from schoolhubs.service.accounts.models import Organisation
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.funding import queries, telling
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.deciding import successors
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.holding import actions as holding
from schoolhubs.service.funding.models import KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.due import due
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.funding.statements import printing
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.errors import Conflict
from signing import signed_in

pytestmark = pytest.mark.django_db
OLD, NEW, OTHER = "900001", "900002", "900003"
OLDS, NEWS, OTHERS = f"school:{OLD}", f"school:{NEW}", f"school:{OTHER}"
FULL = 360_000


@pytest.fixture(autouse=True)
def _a_school_that_converted() -> None:
    opened(NEW, OTHER, LEAD)


def opened(*urns: str) -> None:
    """Let some schools be open in the register, and the others closed."""
    rows = [facts(urn, is_open=urn in urns) for urn in (OLD, NEW, OTHER, LEAD, "900004")]
    register(*rows)


def proposed(award: KeptAward, **changes: Any) -> MoneyDecision:
    told = {"successor": NEWS, "reason": "Its order of conversion", **MAKER, **changes}
    return successors.propose(award, **told)


def agreed(made: MoneyDecision, **changes: Any) -> MoneyDecision:
    told = {"agrees": True, "version": 1, "reason": "Seen", **CHECKER, **changes}
    return deciding.settle(made, **told)


def taken_back(made: MoneyDecision, **changes: Any) -> MoneyDecision:
    return successors.take_back(
        made, **{"version": 2, "reason": "Another trust", **MAKER, **changes}
    )


def test_a_payment_of_a_closed_payee_goes_to_its_successor_once_two_said_so() -> None:
    award = awarded(partnership(OLD), half_days=40)
    (closed,) = due(PAYS, on=OVER)
    assert closed.is_left_out
    assert closed.exceptions[0] == "closed"
    made = proposed(award)
    assert due(PAYS, on=OVER)[0].is_left_out, "nothing counts before both said it"
    with pytest.raises(Conflict, match="somebody else"):
        agreed(made, **MAKER)
    agreed(made)
    (found,) = due(PAYS, on=OVER)
    assert (found.paid_to, found.award.payee, found.is_left_out) == (NEWS, OLDS, False)
    run = handed_over(prepared())
    payment = run.payments.get()
    assert (payment.payee, payment.successor, payment.paid_to) == (OLDS, NEWS, NEWS)
    line = bytes(run.file or b"").decode().splitlines()[1].split(",")
    assert line[1:4] == ["school", NEW, f"School {NEW}"]
    confirmed(run)
    assert due(PAYS, on=OVER) == []
    settled()
    letter = Letter.objects.get(kind="payment_made")
    assert letter.organisation == NEWS
    assert letter.facts["payee"] == f"School {NEW}, in place of School {OLD}"
    told = Letter.objects.filter(kind="payee_succeeded").order_by("pk")
    assert [each.organisation for each in told] == [OLDS, NEWS]
    kept = AuditEntry.objects.get(action="money_decision.agree")
    assert kept.details == {"kind": "successor", "payee": OLDS, "successor": NEWS}


def test_no_payment_goes_to_who_nobody_agreed_on() -> None:
    award = awarded(partnership(OLD), half_days=40)
    awarded(partnership(OTHER), half_days=40)
    made = proposed(award)
    prepared()
    for successor in (NEWS, OTHERS):
        with pytest.raises(IntegrityError, match="two people say who"), transaction.atomic():
            written(award, successor)
    agreed(made)
    for successor in ("", OTHERS):
        with pytest.raises(IntegrityError, match="two people say who"), transaction.atomic():
            written(award, successor)
    assert written(award, NEWS).paid_to == NEWS
    opened(OLD, LEAD)
    with pytest.raises(Conflict, match="is open in the register again, so nobody else"):
        proposed(award, successor=OTHERS)
    awarded_open = awarded(partnership(OTHER), half_days=40)
    opened(OTHER, NEW, LEAD)
    with pytest.raises(Conflict, match="is open in the register, so it is paid itself"):
        proposed(awarded_open)


@pytest.mark.parametrize("is_agreed", [False, True])
def test_nobody_else_is_decided_on_while_a_payment_of_the_payee_stands_in_an_open_run(
    is_agreed: bool,
) -> None:
    award = awarded(partnership(OLD), half_days=40)
    opened(NEW, LEAD)
    waits = proposed(award)
    opened(OLD, NEW, LEAD)
    run = prepared()
    if is_agreed:
        run = paying.agree(run, version=run.version, **CHECKER)
    opened(NEW, LEAD)
    with pytest.raises(Conflict, match=f"stands in run {run.number}"):
        agreed(waits)
    agreed(waits, agrees=False)
    with pytest.raises(Conflict, match=f"stands in run {run.number}"):
        proposed(award)
    if is_agreed:  # its file may have left: it is handed over as it was agreed, and paid once
        confirmed(paying.hand_over(run, version=run.version, **MAKER))
        agreed(proposed(award))
        assert due(PAYS, on=OVER) == []
        return
    paying.set_aside(run, version=run.version, reason="Converted", **MAKER)
    agreed(proposed(award))
    assert prepared().payments.get().paid_to == NEWS


def test_who_is_paid_in_place_of_a_payee_is_taken_back_while_no_payment_was_made_by_it() -> None:
    made = agreed(proposed(awarded(partnership(OLD), half_days=40)))
    run = prepared()
    with pytest.raises(Conflict, match="in a run or was made"):
        taken_back(made)
    with pytest.raises(IntegrityError, match="who was paid stays"), transaction.atomic():
        MoneyDecision.objects.filter(pk=made.pk).update(
            state="taken_back", taken_back_at=AT, taken_back_by="maker", taken_back_reason="So"
        )
    paying.set_aside(run, version=run.version, reason="Not it", **MAKER)
    taken_back(made)
    assert due(PAYS, on=OVER)[0].exceptions[0] == "closed"
    with pytest.raises(Conflict, match="settled while you had it open"):
        taken_back(made, version=3)
    assert AuditEntry.objects.get(action="money_decision.take_back").reason == "Another trust"
    agreed(proposed(KeptAward.objects.get(), successor=OTHERS))
    assert prepared().payments.get().paid_to == OTHERS


def test_a_payee_that_is_open_again_gets_the_next_payment_itself_once_two_said_so() -> None:
    first, second = (awarded(partnership(OLD), half_days=40) for _ in range(2))
    agreed(proposed(first))
    holding.hold(second, reason="A day is asked after", **MAKER)
    confirmed(handed_over(prepared()))
    opened(OLD, NEW, LEAD)
    with pytest.raises(Conflict, match="open in the register again"):
        proposed(second, successor=OTHERS)
    back = proposed(second, successor=OLDS, reason="It was closed by mistake")
    assert queries.successors(PAYS) == {OLDS: NEWS}, "nothing counts before both said it"
    agreed(back)
    assert queries.successors(PAYS) == {}
    with pytest.raises(Conflict, match="how it stands already"):
        proposed(second, successor=OLDS)
    with pytest.raises(Conflict, match="was settled while"):
        taken_back(back)
    awarded(partnership(OTHER), half_days=40)
    opened(OLD, NEW, OTHER, LEAD)
    anothers = prepared()
    holding.take_up(holding.held_of(second), reason="It was answered", **MAKER)
    with pytest.raises(IntegrityError, match="two people say who"), transaction.atomic():
        written(second, NEWS)
    confirmed(handed_over(anothers))
    (found,) = due(PAYS, on=OVER)
    assert (found.paid_to, found.is_left_out) == (OLDS, False)
    confirmed(handed_over(prepared()))
    made = Payment.objects.filter(payee=OLDS).order_by("pk")
    assert [(each.payee, each.successor) for each in made] == [(OLDS, NEWS), (OLDS, "")]
    settled()
    told = Letter.objects.filter(kind="payee_succeeded", about=f"money_decision:{back.pk}")
    assert {each.organisation for each in told} == {OLDS, NEWS}
    page = signed_in(Role.FINANCE_MAKER).get(f"/office/money/decisions/{back.pk}").content.decode()
    assert "Paid itself again" in page
    assert "Take it back" not in page


def test_a_payment_is_not_made_to_one_payee_for_both_sides_of_a_partnership() -> None:
    award = awarded(partnership(OLD), half_days=40)
    with pytest.raises(Conflict, match="both sides of one"):
        proposed(award, successor=f"school:{LEAD}")
    # Who agreed it before anybody could know, or typed it.
    MoneyDecision.objects.create(
        kind="successor", programme_id=PAYS, payee=OLDS, successor=f"school:{LEAD}", reason="So",
        proposed_at=AT, proposed_by="maker", state="agreed", settled_at=AT, settled_by="checker",
        settled_reason="Seen",
    )  # fmt: skip
    (found,) = due(PAYS, on=OVER)
    assert (found.paid_to, found.is_left_out) == (f"school:{LEAD}", True)
    assert "both_sides" in found.exceptions
    agreed(proposed(award))
    assert not due(PAYS, on=OVER)[0].is_left_out


def test_a_payment_goes_to_nobody_by_an_older_decision_once_the_newest_is_taken_back() -> None:
    award = awarded(partnership(OLD), half_days=40)
    agreed(proposed(award))
    taken_back(agreed(proposed(award, successor=OTHERS)))
    assert queries.successors(PAYS) == {}
    (found,) = due(PAYS, on=OVER)
    assert (found.paid_to, found.is_left_out) == (OLDS, True)
    awarded(partnership("900004"), half_days=40)
    opened(NEW, OTHER, LEAD, "900004")
    prepared()
    with pytest.raises(IntegrityError, match="two people say who"), transaction.atomic():
        written(award, NEWS)
    agreed(proposed(award))
    assert queries.successors(PAYS) == {OLDS: NEWS}


def test_a_payment_is_not_proposed_to_who_cannot_be_paid_or_twice() -> None:
    award = awarded(partnership(OLD), half_days=40)
    with pytest.raises(Conflict, match="is not open in the register"):
        proposed(award, successor="school:900077")
    made = proposed(award)
    with pytest.raises(Conflict, match="waits to be agreed already"):
        proposed(award, successor=OTHERS)
    opened(OTHER, LEAD)
    with pytest.raises(Conflict, match="is not open in the register"):
        agreed(made)
    agreed(made, agrees=False)
    agreed(proposed(award, successor=OTHERS))
    with pytest.raises(Conflict, match="how it stands already"):
        proposed(award, successor=OTHERS)


def test_a_payment_to_a_successor_gives_what_the_payee_owed_first() -> None:
    award = awarded(partnership(OLD), half_days=40)
    agreed(proposed(award))
    Clawback.objects.create(
        partnership=award.partnership, programme_id=PAYS, payee=OLDS, period=award.period,
        milestone="end", amount_pence=100, reason="Counted twice", proposed_at=AT,
        proposed_by="maker", state="agreed", settled_at=AT, settled_by="checker",
        settled_reason="Seen",
    )  # fmt: skip
    (found,) = due(PAYS, on=OVER)
    assert (found.paid_to, found.gross_pence, found.taken_pence) == (NEWS, FULL, 100)


def test_whoever_was_paid_in_place_reads_that_a_payment_has_to_come_back() -> None:
    award = awarded(partnership(OLD), half_days=40)
    agreed(proposed(award))
    confirmed(handed_over(prepared()))
    asked = Clawback.objects.create(
        partnership=award.partnership, programme_id=PAYS, payee=OLDS, period=award.period,
        milestone=award.milestone, amount_pence=100, reason="Counted twice", proposed_at=AT,
        proposed_by="maker",
    )  # fmt: skip
    drafts = telling.clawed_back(asked)
    assert [each.organisation_key for each in drafts] == [OLDS, NEWS]
    assert {each.facts["payee"] for each in drafts} == {f"School {NEW}, in place of School {OLD}"}


def test_the_pages_say_who_is_paid_in_place_of_a_closed_payee() -> None:
    award = awarded(partnership(OLD), half_days=40)
    maker = signed_in(Role.FINANCE_MAKER, subject="maker-1")
    page, run_page = (f"/office/money/awards/{award.pk}/successor",
                      f"/office/money/programmes/{PAYS}/run")  # fmt: skip
    assert page in maker.get(run_page).content.decode()
    assert b"Who is paid in its place?" in maker.get(page).content
    missing = maker.post(page, {"kind": "school", "number": "1", "reason": "So"}).content
    assert b"Enter a number that is open in the register" in missing
    here = maker.post(page, {"kind": "school", "number": NEW, "reason": "Order"}).headers[
        "Location"
    ]
    checker = signed_in(Role.FINANCE_CHECKER, subject="checker-1")
    shown = checker.get(here).content.decode()
    assert f"School {OLD}" in shown
    assert f"School {NEW}" in shown
    answer = {"verdict": "yes", "reason": "Seen", "version": 1}
    assert checker.post(here, answer).status_code == 302
    assert f"School {NEW}, in place of School {OLD}" in maker.get(run_page).content.decode()
    assert page in maker.get(run_page).content.decode(), "another may be decided on"
    back = f"{here}/take-back"
    assert back in maker.get(here).content.decode()
    assert b"Enter why it is taken back" in maker.post(back, {"version": 2}).content
    run = prepared()
    assert f"School {NEW}, in place of School {OLD}" in maker.get(
        f"/office/money/runs/{run.pk}/payments"
    ).content.decode()  # fmt: skip
    assert back not in maker.get(here).content.decode()
    assert maker.post(back, {"version": 2, "reason": "Wrong"}).status_code == 409
    paying.set_aside(run, version=run.version, reason="Not it", **MAKER)
    assert maker.post(back, {"version": 2, "reason": "Wrong"}).status_code == 302
    assert b"Taken back before anything was paid by it" in maker.get(here).content


def test_a_payment_in_place_of_a_payee_is_the_same_by_page_csv_pdf_api_and_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    award = awarded(partnership(OLD), half_days=40)
    agreed(proposed(award))
    confirmed(handed_over(prepared()))
    organisation, _ = Organisation.objects.get_or_create(
        sign_in_id=f"school-{NEW}", defaults={"kind": "school", "urn": NEW, "name": "New"}
    )
    told = program(organisation).get(f"/api/v1/money/{NEW}/statement?period=2022/23").json()
    assert (told["paid_in_place_pence"], told["paid_pence"]) == (FULL, 0)
    (line,) = told["lines"]
    assert (line["payee_id"], line["paid_to"], line["paid_to_pence"]) == (OLD, NEWS, FULL)
    office = signed_in(Role.OFFICE_READ)
    folder = tmp_path / "records.zip"
    folder.write_bytes(office.get(f"/office/money/programmes/{PAYS}/records.zip").content)
    asked = ("funding", "statement", "--programme", PAYS, "--records", folder)
    by_command = schoolhubs(*asked, "--period", "2022/23")
    (same,) = [each for each in by_command["lines"] if each["paid_to"] == NEWS]
    assert {name: same[name] for name in line if name in same} == {
        name: line[name] for name in line if name in same
    }
    assert by_command["problems"] == []
    printed: list[Any] = []
    real = printing.pdf
    monkeypatch.setattr(
        printing, "pdf", lambda words, **told: printed.append(words) or real(words, **told)
    )
    for urn, says in ((NEW, f"School {OLD}"), (OLD, f"to School {NEW} in its place")):
        head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=urn, subject=urn)
        page = head.get(f"/schools/{urn}/money/statement?period=2022/23").content.decode()
        assert says in page
        assert "3,600.00" in page
        saved = head.get(f"/schools/{urn}/money/statement.csv?period=2022/23").content.decode()
        names, *rows = (each.split(",") for each in saved.splitlines())
        paid = [dict(zip(names, each, strict=True)) for each in rows]
        (row,) = [each for each in paid if each["milestone"] == "first_year"]
        assert (row["paid_to"], row["paid_to_pence"]) == (NEWS, str(FULL))
        pdf = head.get(f"/schools/{urn}/money/statement.pdf?period=2022/23")
        assert pdf.content.startswith(b"%PDF")
    (new, old) = printed
    assert f"£3,600.00, paid on {day(AT.date())}, End of the first year" in new["in_place"][0]
    assert new["in_place_sum"] == "Together £3,600.00 was paid so."
    assert old["payments"][0].endswith(f"to School {NEW} in its place")
    assert old["in_place"] == []


def test_who_is_paid_in_place_of_a_payee_may_open_what_letters_of_the_payment_link_to() -> None:
    agreed(proposed(awarded(partnership(OLD), half_days=40)))
    confirmed(handed_over(prepared()))
    letters = Letter.objects.filter(organisation=NEWS)
    assert {each.kind for each in letters} == {"payee_succeeded", "payment_made"}
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=NEW, subject="new")
    for each in letters:
        assert each.path == f"/schools/{NEW}/money"
        page = head.get(each.path).content.decode()
        assert "1 payment of what others had earned" in page
        assert f"/schools/{NEW}/money/statement?period=2022/23" in page.replace("%2F", "/")
    told = Letter.objects.get(kind="payee_succeeded", organisation=OLDS)
    assert told.path == f"/schools/{OLD}/money"
    other = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=OTHER, subject="other")
    assert f"School {OLD}" not in other.get(f"/schools/{OTHER}/money/statement").content.decode()
