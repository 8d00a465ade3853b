"""Partnerships whose declarations are checked, to be paid in runs; banks that confirm."""

import dataclasses
import datetime
from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F
from django.utils import timezone

from invented import AT, facts, register
from schoolhubs import programmes
from schoolhubs.service.funding.assurance.models import SampledPayment
from schoolhubs.service.funding.awarding import ledger
from schoolhubs.service.funding.deciding import actions as deciding
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.declaring.actions import Who
from schoolhubs.service.funding.holding.models import HeldPayment
from schoolhubs.service.funding.models import Declaration, DeclaredDay, KeptAward
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.models import Confirmation, Payment, PaymentRun
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.money import plain
from schoolhubs.vocabulary.records.delivery import DayKind, DaySpent

PAYS = "behaviour-hubs-2021"
LEAD = "900010"
STARTS, FINISHES = datetime.date(2022, 9, 1), datetime.date(2023, 9, 1)
OVER = datetime.date(2023, 9, 4)
DONE: dict[str, Any] = {"organisation": "office:1", "at": AT, "place": "tests"}
MAKER: dict[str, Any] = {"by": "maker", **DONE}
CHECKER: dict[str, Any] = {"by": "checker", **DONE}
ENVELOPE = programmes.load(PAYS).money(STARTS).envelope_pence


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """What stands of money on one side of a peopled database."""

    partnership: Partnership
    declaration: Declaration
    day: DeclaredDay
    award: KeptAward
    run: PaymentRun
    clawback: Clawback
    sample: SampledPayment
    decision: MoneyDecision
    successor: MoneyDecision


def money_of_sides(
    numbers: Mapping[str, Mapping[str, Any]], marker_of: Callable[[str], str]
) -> dict[str, Money]:
    """Let each side's partner have declared, in private words, and a run wait to be agreed.

    Two further years of the same school were paid before: one has a clawback that waits, of the
    other a payment was drawn.
    """
    told: dict[str, dict[str, Any]] = {}
    for side, number in numbers.items():
        urn, lead = number["partner"][0], number["lead"][0]
        marker = marker_of(f"school:{urn}")
        one = partnership(urn, lead_urn=lead)
        made = declaring.begin(one, side="partner", milestone="first_year", who=who("head"))
        day = DeclaredDay.objects.create(
            declaration=made, on=STARTS, half_days=4, what=f"What {marker} did", who=marker,
            evidence=f"Minutes of {marker}", added_at=AT, added_by="head",
        )  # fmt: skip
        before = partnership(
            urn, lead_urn=lead, cohort_id="2021-22-autumn",
            starts_on=datetime.date(2021, 9, 1), finishes_on=datetime.date(2022, 9, 1),
        )  # fmt: skip
        award = awarded(before, half_days=40, first_on=datetime.date(2021, 9, 1))
        told[side] = {"partnership": one, "declaration": made, "day": day, "award": award}
    run = handed_over(prepared(datetime.date(2022, 9, 4)))
    confirmed(run)
    for side, number in numbers.items():
        urn, lead = number["partner"][0], number["lead"][0]
        award = told[side]["award"]
        told[side]["sample"] = SampledPayment.objects.create(
            payment=award.payments.get(), seed="0", drawn_at=AT, drawn_by="checker"
        )
        told[side]["decision"] = MoneyDecision.objects.create(
            kind="settled", programme_id=PAYS, payment=award.payments.get(), amount_pence=100,
            stood_as="paid:0:", on=AT.date(),
            reason=f"What reached {marker_of(f'school:{urn}')}", proposed_at=AT,
            proposed_by="somebody",
        )  # fmt: skip
        told[side]["successor"] = MoneyDecision.objects.create(
            kind="successor", programme_id=PAYS, payee=f"school:{lead}", successor="school:900099",
            reason=f"{marker_of(f'school:{lead}')} converted", proposed_at=AT,
            proposed_by="somebody", state="agreed", settled_at=AT, settled_by="somebody else",
            settled_reason="Seen", version=2,
        )  # fmt: skip
        # One that was held back once, and is not any more.
        HeldPayment.objects.create(
            partnership=award.partnership, programme_id=PAYS, payee=award.payee,
            period=award.period, milestone=award.milestone,
            reason=f"What {marker_of(f'school:{urn}')} asked", held_at=AT, held_by="maker",
            taken_up_at=AT, taken_up_by="maker", taken_up_reason="Answered",
        )  # fmt: skip
        # One that nobody awarded by now, of which a part was repaid: nothing else stands on it.
        owed = Clawback.objects.create(
            partnership=award.partnership, programme_id=PAYS, payee=award.payee,
            period=award.period, milestone="end", amount_pence=1, reason="Counted twice",
            proposed_at=AT, proposed_by="somebody", state="agreed", settled_at=AT,
            settled_by="somebody else", settled_reason="Seen",
        )  # fmt: skip
        repaid(owed, 1, on=OVER, reference=f"BANK-{side}")
        told[side]["clawback"] = Clawback.objects.create(
            partnership=award.partnership, programme_id=PAYS, payee=award.payee,
            period=award.period, milestone=award.milestone, amount_pence=100,
            reason=f"What {marker_of(f'school:{urn}')} lacked", proposed_at=AT,
            proposed_by="somebody",
        )  # fmt: skip
        later = partnership(
            urn, lead_urn=lead, cohort_id="2020-21-autumn",
            starts_on=datetime.date(2021, 4, 1), finishes_on=datetime.date(2022, 4, 1),
        )  # fmt: skip
        awarded(later, half_days=40, first_on=datetime.date(2021, 4, 1))
    waiting = prepared(datetime.date(2022, 9, 5))
    return {side: Money(run=waiting, **each) for side, each in told.items()}


def who(by: str, name: str = "") -> Who:
    """Give somebody who acts on declarations."""
    return Who(by=by, name=name or by, **DONE)


def partnership(urn: str, **changes: Any) -> Partnership:
    """Store a partnership of the first year that ran to its last day, but for the changes."""
    state = changes.pop("state", "finished")
    told = {
        "programme_id": PAYS, "cohort_id": "2022-23-autumn", "pathway": "core",
        "partner_urn": urn, "lead_urn": LEAD, "starts_on": STARTS, "finishes_on": FINISHES,
        "proposed_at": AT, "proposed_by": "officer", "partner_says": "accepts", "partner_at": AT,
        "partner_by": "head", "lead_says": "accepts", "lead_at": AT, "lead_by": "lead", **changes,
    }  # fmt: skip
    made = Partnership.objects.create(**told)
    steps = {"running": ["agreed", "running"], "finished": ["agreed", "running", "finished"],
             "ended": ["agreed", "running", "ended"]}[state]  # fmt: skip
    for step in steps:
        ended = {"why_ended": "It withdrew", "ended_on": told.get("ended_on")}
        Partnership.objects.filter(pk=made.pk).update(
            state=step, version=F("version") + 1, **(ended if step == "ended" else {})
        )
    return Partnership.objects.get(pk=made.pk)


def schools(*urns: str) -> None:
    """Put schools and their lead into the register."""
    register(*(facts(urn) for urn in (*urns, LEAD)), leads=(LEAD,))


def spent(monkeypatch: Any, days: dict[int, int], *, agreed: bool = True) -> None:
    """Let a ledger hold so many half-days of support of each partnership, in its first autumn."""
    held = {
        pk: tuple(
            DaySpent(
                kind=DayKind.SUPPORT_DAY, on=STARTS + datetime.timedelta(days=7 + n),
                partner_half_days=1, lead_half_days=1, evidence=f"support_day:{pk}-{n}",
                is_agreed=agreed,
            )
            for n in range(half_days)
        )
        for pk, half_days in days.items()
    }  # fmt: skip
    monkeypatch.setattr(
        ledger, "LEDGERS", (lambda ids: {pk: held[pk] for pk in ids if pk in held},)
    )


def declared(
    one: Partnership, *, half_days: int = 20, milestone: str = "first_year",
    first_on: datetime.date = STARTS,
) -> Declaration:  # fmt: skip
    """Let a partner declare so many half-days by hand, ten people at a time."""
    made = declaring.begin(one, side="partner", milestone=milestone, who=who("head"))
    left = half_days - sum(each.half_days for each in made.days.all())
    for n in range(0, left, 20):
        made.refresh_from_db()
        declaring.add_day(
            made, on=first_on + datetime.timedelta(days=30 + n), half_days=min(20, left - n),
            what="Staff training", by_whom="All staff", evidence="Minutes", version=made.version,
            who=who("head"),
        )  # fmt: skip
    made.refresh_from_db()
    return declaring.declare(made, version=made.version, who=who("head", "Ada Head"))


def awarded(one: Partnership, **told: Any) -> KeptAward:
    """Let a declaration be made and checked."""
    made = declared(one, **told)
    return declaring.check(made, version=made.version, who=who("caseworker"))


def prepared(on: datetime.date = OVER) -> PaymentRun:
    """Prepare a run of all that is due."""
    return paying.prepare(PAYS, pay_on=on, envelope_pence=ENVELOPE, **MAKER)


def handed_over(run: PaymentRun) -> PaymentRun:
    """Agree a run and hand it over."""
    agreed = paying.agree(run, version=run.version, **CHECKER)
    return paying.hand_over(agreed, version=agreed.version, **MAKER)


def bank(run: PaymentRun, *, fails: tuple[str, ...] = ()) -> bytes:
    """Give what a bank says of a run: everything paid, as soon as can be, but to some payees."""
    assert run.agreed_at is not None
    paid_on = max(run.pay_on, timezone.localdate(run.agreed_at))
    paid_on = min(paid_on, timezone.localdate(run.handed_over_at))
    lines = ["reference,payee_id,amount_pounds,outcome,paid_on,fault"]
    for each in run.payments.filter(amount_pence__gt=0).exclude(state="taken_out").order_by("pk"):
        is_paid = each.payee not in fails
        told = ("paid", paid_on.isoformat(), "") if is_paid else ("not_paid", "", "No account")
        number = each.paid_to.partition(":")[2]
        lines.append(",".join([each.reference, number, plain(each.amount_pence), *told]))
    return ("\n".join(lines) + "\n").encode()


def confirmed(run: PaymentRun, **told: Any) -> Confirmation:
    """Let the bank confirm a run that was handed over."""
    return confirm(run, bank(run, **told), **MAKER)


def repaid(owed: Clawback, pence: int, *, on: datetime.date, reference: str) -> None:
    """Let two people say that money came back."""
    made = deciding.propose_repaid(
        owed, amount_pence=pence, received_on=on, reference=reference, **MAKER
    )
    deciding.settle(made, agrees=True, version=1, reason="Seen", **CHECKER)


def written(award: KeptAward, successor: str) -> Payment:
    """Write a payment of an award into the newest run, as whoever types SQL would."""
    return Payment.objects.create(
        run=PaymentRun.objects.latest("pk"), award=award, partnership=award.partnership,
        programme_id=PAYS, payee=award.payee, successor=successor, period=award.period,
        milestone=award.milestone, gross_pence=award.amount_pence, amount_pence=award.amount_pence,
        reference=f"TYPED-{Payment.objects.count()}",
    )  # fmt: skip


def paid_pence(payee: str) -> int:
    """Give what a payee was sent."""
    rows = Payment.objects.filter(payee=payee, state="paid").values_list("amount_pence", flat=True)
    return sum(rows)
