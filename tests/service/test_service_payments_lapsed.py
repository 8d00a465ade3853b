"""What nobody declares is reminded of once, and lapses; the office opens it again for a payment."""

import dataclasses
import datetime
import html
import re
from importlib import resources
from typing import Any

import pytest
import yaml
from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F

from invented import AT
from paid import FINISHES, PAYS, STARTS, awarded, declared, partnership, prepared, schools, who
from schoolhubs import funding, programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.audit.models import AuditEntry
from schoolhubs.service.funding.awarding.facts import facts_of
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.declaring.due import open_on
from schoolhubs.service.funding.declaring.lapsing import lapse_due, reopen
from schoolhubs.service.funding.limits import limits
from schoolhubs.service.funding.models import Declaration, DeclarationState, KeptAward
from schoolhubs.service.funding.paying.models import Payment, PaymentState, RunState
from schoolhubs.service.funding.recovering.models import ClawbackState
from schoolhubs.service.funding.statements import records
from schoolhubs.service.letters.models import Letter
from schoolhubs.service.partnerships.models import Partnership
from signing import signed_in

pytestmark = pytest.mark.django_db
ONE, TWO = "900001", "900002"
MONEY = programmes.load(PAYS).money(STARTS)
DAY = datetime.timedelta(days=1)
WITHIN = (MONEY.declare_within_days or 0) * DAY
REMINDS = FINISHES + WITHIN - MONEY.declare_reminder_days * DAY
FULL = 360_000


@pytest.fixture(autouse=True)
def _schools() -> None:
    schools(ONE, TWO)
    signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE, subject="head")


def words(answer: Any) -> str:
    text = re.sub(r"<(script|style).*?</\1>", " ", answer.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def lapse(on: datetime.date) -> tuple[int, int]:
    at = datetime.datetime.combine(on, datetime.time(12), datetime.UTC)
    return lapse_due(on=on, at=at, place="tests")


def committed(on: datetime.date) -> int:
    found = records.of_programme(PAYS)
    told = funding.budgets.budget(
        found.records, programmes.load(PAYS), on=on, declarations=found.declarations,
        payments=found.payments, clawbacks=found.clawbacks,
    )  # fmt: skip
    return told.whole.committed_pence


def letters(kind: str) -> int:
    return Letter.objects.filter(kind=kind, organisation=f"school:{ONE}").count()


def lapsed() -> Declaration:
    partnership(ONE)
    assert lapse(REMINDS) == (1, 0)
    assert lapse(FINISHES + WITHIN + DAY) == (0, 1)
    return Declaration.objects.get()


def test_an_award_that_nobody_declares_lapses_after_one_reminder_and_frees_its_payment() -> None:
    one = partnership(ONE)
    assert lapse(REMINDS - DAY) == (0, 0)
    assert lapse(REMINDS) == (1, 0)
    assert lapse(REMINDS) == lapse(FINISHES + WITHIN) == (0, 0), "its last day is not over"
    assert letters("declaration_lapses") == 1
    on = FINISHES + WITHIN + DAY
    assert committed(on) == FULL
    assert lapse(on) == (0, 1)
    assert lapse(on) == (0, 0)
    assert (letters("declaration_lapsed"), Declaration.objects.get().state) == (1, "lapsed")
    assert committed(on) == 0
    head = signed_in(Role.PARTNER_SCHOOL_HEAD, urn=ONE, subject="head")
    assert "Lapsed" in words(head.get(f"/schools/{ONE}/money"))
    here = f"/schools/{ONE}/money/{one.pk}/first_year"
    assert "so nothing is paid for it" in words(head.get(here))
    sent = {"sure": "on", "version": "2"}  # the page was open when it lapsed
    answer = head.post(f"{here}/declare", sent)
    assert answer.status_code == 409
    assert "This declaration lapsed on" in words(answer)
    assert "can open it again" in words(answer)


def test_nothing_lapses_of_a_payment_while_nobody_can_be_reminded_of_it() -> None:
    one = partnership(TWO)
    assert lapse(REMINDS) == (0, 0)
    on = FINISHES + 2 * WITHIN
    assert lapse(on) == lapse(on + 9 * DAY) == (0, 0)
    assert Declaration.objects.get(side="partner").state == "started"
    told = Letter.objects.filter(kind="declaration_lapses").values_list("organisation", "state")
    assert list(told) == [(f"school:{TWO}", "nobody")], "the office's list, once"
    assert committed(on) == FULL
    signed_in(Role.PARTNER_SCHOOL_HEAD, urn=TWO, subject="new-head")
    assert lapse(on) == (1, 0)
    made = Declaration.objects.get(partnership=one)
    last_on = on + MONEY.declare_reminder_days * DAY
    assert made.lapses_on == last_on
    assert lapse(last_on) == (0, 0)
    assert lapse(last_on + DAY) == (0, 1)


def test_the_office_opens_a_lapsed_declaration_again_and_its_payment_is_earned() -> None:
    held = lapsed()
    officer = signed_in(Role.OFFICE_CASEWORKER, subject="officer-1")
    here = f"/office/money/declarations/{held.pk}"
    assert "open it again" in words(officer.get(here))
    assert "Enter" in words(officer.post(here, {"verdict": "yes", "version": held.version}))
    reason = "The school had burned down"
    told = {"verdict": "no", "reason": reason, "version": held.version}
    assert officer.post(here, told).status_code == 302
    assert officer.post(here, told).status_code == 409
    held.refresh_from_db()
    assert (held.state, held.reopened_reason) == ("started", reason)
    assert letters("declaration_reopened") == 1
    assert AuditEntry.objects.filter(action="declaration.reopen", reason=reason).count() == 1
    assert awarded(held.partnership, half_days=40).amount_pence == FULL
    assert lapse(FINISHES + 9 * WITHIN) == (0, 0), "what was checked never lapses"


def test_what_was_declared_in_time_never_lapses_and_what_was_given_back_is_reminded_anew() -> None:
    made = declared(partnership(ONE))
    assert lapse(FINISHES + 2 * WITHIN) == (0, 0)
    declaring.return_(made, reason="Look again", version=made.version, who=who("officer"))
    on = FINISHES + 2 * WITHIN
    assert lapse(on) == (1, 0)
    assert lapse(on + MONEY.declare_reminder_days * DAY) == (0, 0)
    assert lapse(on + (MONEY.declare_reminder_days + 1) * DAY) == (0, 1)


def test_nothing_lapses_without_a_reminder_whoever_writes_the_row() -> None:
    made = declaring.begin(
        partnership(TWO), side="partner", milestone="first_year", who=who("head")
    )
    written = Declaration.objects.filter(pk=made.pk)
    with (
        pytest.raises(IntegrityError, match="nothing_lapses_without_a_reminder"),
        transaction.atomic(),
    ):
        written.update(state="lapsed", lapsed_at=AT, version=F("version") + 1)
    assert lapse(REMINDS + 900 * DAY)[1] == 0


EXAMPLE = "special-ap-hubs-example"
AUTUMN, IN_TIME = datetime.date(2026, 9, 1), datetime.date(2026, 10, 5)
LAPSE = {"term_1": datetime.date(2027, 7, 10), "term_2": datetime.date(2027, 10, 10)}


def in_thirds() -> Partnership:
    return partnership(
        ONE, programme_id=EXAMPLE, cohort_id="2026-27-autumn", pathway="paired",
        starts_on=AUTUMN, finishes_on=datetime.date(2027, 9, 1), state="running",
    )  # fmt: skip


def typed(one: Partnership) -> Declaration:
    """Type a whole award's time for the first term, which nobody declares."""
    made = declaring.begin(one, side="partner", milestone="term_1", who=who("head"))
    declaring.add_day(
        made, on=IN_TIME, half_days=20, what="Routines", by_whom="All", evidence="Minutes",
        version=made.version, who=who("head"),
    )  # fmt: skip
    made.refresh_from_db()
    return made


def lapsed_on(one: Declaration, on: datetime.date) -> None:
    """Let one declaration have been reminded of, and lapse."""
    Declaration.objects.filter(pk=one.pk).update(
        reminded_at=AT, lapses_on=on - DAY, version=F("version") + 1
    )
    lapse(on)
    one.refresh_from_db()
    assert one.state == "lapsed"


def test_typed_days_of_what_lapsed_are_paid_by_the_next_payment_once() -> None:
    one = in_thirds()
    first = typed(one)
    second = declaring.begin(one, side="partner", milestone="term_2", who=who("head"))
    lapsed_on(first, LAPSE["term_1"])
    assert [day.half_days for day in second.days.all()] == [20], "the one being written has them"
    lapsed_on(second, LAPSE["term_2"])
    third = declaring.begin(one, side="partner", milestone="term_3", who=who("head"))
    assert [day.half_days for day in third.days.all()] == [20], "once, though two lapsed"
    facts = facts_of([one.pk])[one.pk]
    again = reopen(first, facts, reason="It burned", version=first.version, who=who("caseworker"))
    assert not again.days.exists(), "they stay where they were taken over"
    later = datetime.datetime(2027, 10, 12, 9, tzinfo=datetime.UTC)
    head, officer = (dataclasses.replace(who(by), at=later) for by in ("head", "officer"))
    third = declaring.declare(third, version=third.version, who=head)
    # 20 half-days of the 22.5 that earn all of 2,500 pounds.
    assert declaring.check(third, version=third.version, who=officer).amount_pence == 222_222


def test_the_payment_of_a_third_year_is_reminded_of_however_long_ago_the_first_was() -> None:
    first, starts_on = in_thirds(), datetime.date(2027, 9, 1)
    for year in (2028, 2029):
        finishes_on = datetime.date(year, 9, 1)
        first = partnership(
            ONE, programme_id=EXAMPLE, cohort_id="2026-27-autumn", pathway="paired",
            starts_on=starts_on, finishes_on=finishes_on, state="running", extends=first,
            year=year - 2026,
        )  # fmt: skip
        starts_on = finishes_on
    on = finishes_on + datetime.timedelta(days=175)
    found = {each.milestone.milestone for each in open_on(on) if each.side == "partner"}
    assert "term_9" in found
    assert not list(open_on(on + datetime.timedelta(days=limits().looked_at_days)))


STATES = yaml.safe_load(
    resources.files("schoolhubs.service.funding").joinpath("states.yaml").read_text("utf-8")
)


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("declaration", DeclarationState), ("payment run", RunState), ("payment", PaymentState),
        ("clawback", ClawbackState),
    ],
)  # fmt: skip
def test_the_states_of_payments_that_are_told_are_those_there_are(name: str, choices: Any) -> None:
    told = STATES[name]
    assert list(told["states"]) == list(choices.values)
    moved = {move[end] for move in told["moves"] for end in ("from", "to")}
    assert moved == set(told["states"])


def test_a_payment_moves_by_the_told_moves_and_no_other() -> None:
    """The database refuses every move that is not told, and takes each that is."""
    award = awarded(partnership(ONE), half_days=40)
    told = {(move["from"], move["to"]) for move in STATES["payment"]["moves"]}
    found = set()
    for start in PaymentState.values:
        for to in PaymentState.values:
            if start != to and moves(award, start, to):
                found.add((start, to))
    assert found == told


def moves(award: KeptAward, start: str, to: str) -> bool:
    """Tell whether the database lets a payment move, and leave nothing behind."""
    try:
        with transaction.atomic():
            payment = prepared().payments.get(award=award)
            for state in (start, to) if start != payment.state else (to,):
                on = FINISHES if state == "paid" else None
                Payment.objects.filter(pk=payment.pk).update(state=state, paid_on=on)
            raise Moved
    except Moved:
        return True
    except DatabaseError:
        return False


class Moved(Exception):
    """It was let."""
