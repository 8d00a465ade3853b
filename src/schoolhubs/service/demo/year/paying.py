"""Money of the demonstration: declared, checked, paid in one run; a second waits to be agreed."""

import csv
import dataclasses
import datetime
import io
from collections.abc import Iterator, Sequence

from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.people import subject_of
from schoolhubs.service.demo.year.told import DAY, Doing, lead, office, partner, story
from schoolhubs.service.funding.awarding.facts import facts_of
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.models import PaymentRun
from schoolhubs.service.partnerships.models import Partnership

# Of those whose time is over: the first are paid, then some are due, one is declared, one begun.
PAID, DUE, DECLARED = 5, 9, 10
LEAST = 4  # where there are fewer than are paid otherwise, but so many: some of each
CASEWORKER = subject_of(Role.OFFICE_CASEWORKER)
MAKER, CHECKER = subject_of(Role.FINANCE_MAKER), subject_of(Role.FINANCE_CHECKER)
AFTER = 10 * DAY  # from a milestone to its run


def tell(programme_id: str, partnerships: Sequence[Partnership], *, on: datetime.date) -> None:
    """Tell how the money of the terms that are over was declared and paid."""
    over = list(_over(partnerships, on=on - AFTER))
    checked_on = max((due_on for *_, due_on in over), default=on) + AFTER - DAY
    paid, due, declared = PAID, DUE, DECLARED
    if LEAST <= len(over) <= PAID:
        paid, due, declared = len(over) - 3, len(over) - 2, len(over) - 2
    for n, (one, side, milestone, _) in enumerate(over):
        if n == paid:
            _pay(programme_id, on=checked_on + DAY)
        how_far = _HowFar(is_checked=n < due, is_declared=n <= declared)
        _declare(one, side, milestone, how_far, on=checked_on if n < paid else on)
    if len(over) > paid:
        _prepare(programme_id, on=on)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _HowFar:
    """How far a declaration has come."""

    is_checked: bool
    is_declared: bool


def _over(
    partnerships: Sequence[Partnership], *, on: datetime.date
) -> Iterator[tuple[Partnership, str, str, datetime.date]]:
    """Give what had fallen due by a day, of the sides that are paid anything."""
    for each in facts_of([one.pk for one in partnerships]).values():
        for side in ("partner", "lead"):
            for due in each.milestones(side):
                if due.due_on <= on:
                    yield each.partnership, side, due.milestone, due.due_on


def _who(one: Partnership, side: str, on: datetime.date, name: str) -> declaring.Who:
    doing = partner(one, on) if side == "partner" else lead(one, on)
    return declaring.Who(**doing.said, name=name)


def _declare(
    one: Partnership, side: str, milestone: str, how_far: "_HowFar", *, on: datetime.date
) -> None:
    said, who = story()["money"], _who(one, side, on, "Headteacher")
    made = declaring.begin(one, side=side, milestone=milestone, who=who)
    if side == "partner":
        _add(made, one, who)
    if not how_far.is_declared:
        return
    travel, backfill, plan = (100 * pounds for pounds in said["used"])
    made.refresh_from_db()
    if side == "partner":
        made = declaring.report_use(
            made, travel_pence=travel, backfill_pence=backfill, plan_pence=plan,
            version=made.version, who=who,
        )  # fmt: skip
    made = declaring.declare(made, version=made.version, who=who)
    if how_far.is_checked:
        officer = declaring.Who(**office(CASEWORKER, on).said)
        declaring.check(made, version=made.version, who=officer)


def _add(made: Declaration, one: Partnership, who: declaring.Who) -> None:
    said = story()["money"]
    declaring.add_day(
        made, on=one.starts_on + 30 * DAY, half_days=2, what=said["what"], by_whom=said["who"],
        evidence=said["evidence"], version=made.version, who=who,
    )  # fmt: skip


def _prepare(programme_id: str, *, on: datetime.date) -> PaymentRun:
    envelope_pence = programmes.load(programme_id).money(on).envelope_pence
    return paying.prepare(
        programme_id, pay_on=on, envelope_pence=envelope_pence, **_finance(MAKER, on).said
    )


def _finance(by: str, on: datetime.date) -> Doing:
    return office(by, on)


def _pay(programme_id: str, *, on: datetime.date) -> None:
    """Prepare, agree, hand over and confirm a run."""
    run, checker = _prepare(programme_id, on=on), _finance(CHECKER, on).said
    run = paying.agree(run, version=run.version, **checker)
    run = paying.hand_over(run, version=run.version, **checker)
    told = io.StringIO()
    rows = csv.writer(told)
    rows.writerow(("reference", "payee_id", "amount_pounds", "outcome", "paid_on"))
    for each in run.payments.all():
        pounds = f"{each.amount_pence // 100}.{each.amount_pence % 100:02d}"
        rows.writerow((each.reference, each.paid_to.partition(":")[2], pounds, "paid", on))
    confirm(run, told.getvalue().encode(), **_finance(MAKER, on + 2 * DAY).said)
