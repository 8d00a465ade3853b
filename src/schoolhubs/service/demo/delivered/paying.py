"""Money of a delivered year: declared and checked after each term, paid in runs, clawed back."""

import csv
import datetime
import functools
import io
from collections.abc import Iterator, Mapping, Sequence

from schoolhubs import programmes
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.demo.delivered import supporting
from schoolhubs.service.demo.delivered.joining import Told
from schoolhubs.service.demo.delivered.reading import Row, Step, Year, words
from schoolhubs.service.demo.people import subject_of
from schoolhubs.service.demo.year.told import DAY, Doing, lead, office, partner
from schoolhubs.service.funding.awarding.facts import Facts, facts_of
from schoolhubs.service.funding.declaring import actions as declaring
from schoolhubs.service.funding.models import Declaration
from schoolhubs.service.funding.paying import actions as paying
from schoolhubs.service.funding.paying import due as dues
from schoolhubs.service.funding.paying.confirming import confirm
from schoolhubs.service.funding.paying.models import Payment, PaymentRun
from schoolhubs.service.funding.recovering import actions as recovering
from schoolhubs.vocabulary.calendar import AcademicYear, term_finishes_on
from schoolhubs.vocabulary.money import split
from schoolhubs.vocabulary.records import funding as records

CONFIRMED, STRUCK = 10 * DAY, 5 * DAY
Date = datetime.date
CASEWORKER = subject_of(Role.OFFICE_CASEWORKER)
MAKER, CHECKER = subject_of(Role.FINANCE_MAKER), subject_of(Role.FINANCE_CHECKER)


def steps(
    told: Sequence[Told], year: Year, rows: Mapping[str, Sequence[Row]], today: Date
) -> Iterator[Step]:
    """Give what is done about the money of some partnerships, as at a day."""
    if not told:
        return
    money = _Money(told, year)
    ends = [on for on in _ends(told[0].record.starts_on) if on + CONFIRMED < today]
    for on in ends:
        for doing, act in (
            (office(CASEWORKER, on), money.declare),
            (Doing(by=MAKER, organisation="office:demo-office", on=on, hour=17), money.prepare),
            (office(MAKER, on + CONFIRMED), money.confirm),
        ):
            yield doing.at, functools.partial(act, doing)
    if not ends:
        return
    struck = supporting.strike(told, rows, after=ends[-1] + CONFIRMED + STRUCK, today=today)
    for each, on, step in struck:
        yield step
        again = office(CASEWORKER, on)
        at = again.at + datetime.timedelta(hours=1)
        yield at, functools.partial(money.work_out_again, each, again)


def _ends(starts_on: Date) -> list[Date]:
    """Give the days on which runs are prepared: after each term of the first academic year."""
    found, last = [term_finishes_on(starts_on)], AcademicYear.holding(starts_on).finishes_on
    while found[-1] < last:
        found.append(term_finishes_on(found[-1]))
    return found


class _Money:
    """The money of the partnerships of one programme."""

    def __init__(self, told: Sequence[Told], year: Year) -> None:
        self.told = {each.partnership.pk: each for each in told}
        self.programme_id = told[0].record.programme_id
        self.payments = year.payments()
        self.declared = {
            (each.partnership_id, each.is_lead): each for each in year.records.declarations
        }
        self.run: PaymentRun | None = None

    def declare(self, doing: Doing) -> None:
        """Let each side declare what has fallen due, and check what the year says is checked."""
        for facts in facts_of(list(self.told)).values():
            for side in ("partner", "lead"):
                said = self.declared.get(
                    (self.told[facts.partnership.pk].record.partnership_id, side == "lead")
                )
                due = [e.milestone for e in facts.milestones(side) if e.due_on <= doing.on]
                for milestone in due:
                    if (side, milestone) not in facts.declarations:
                        self._declare(facts, side, milestone, said, doing)

    def _declare(
        self, facts: Facts, side: str, milestone: str, said: records.Declaration | None,
        doing: Doing,
    ) -> None:  # fmt: skip
        one = facts.partnership
        ours = partner(one, doing.on) if side == "partner" else lead(one, doing.on)
        who = declaring.Who(**ours.said, name="Headteacher")
        if said is None:
            return  # it was forgotten
        made = declaring.begin(one, side=side, milestone=milestone, who=who)
        if side == "partner":
            self._fill(made, facts, said, who)
        made.refresh_from_db()
        made = declaring.declare(made, version=made.version, who=who)
        if said.state == records.PaymentState.CHECKED:
            declaring.check(made, version=made.version, who=declaring.Who(**doing.said))

    def _fill(
        self, made: Declaration, facts: Facts, said: records.Declaration, who: declaring.Who
    ) -> None:
        """Write down the days of the term that is declared, and its part of the use."""
        every = facts.milestones("partner")
        at = [each.milestone for each in every].index(made.milestone)
        from_on = every[at - 1].due_on if at else facts.partnership.starts_on
        for day in said.days:
            if from_on <= day.on < every[at].due_on:
                declaring.add_day(
                    made, on=day.on, half_days=day.half_days, what=day.what,
                    by_whom="Senior leaders", evidence=day.evidence, version=made.version, who=who,
                )  # fmt: skip
                made.refresh_from_db()
        used = {each.use: split(each.amount_pence, [1] * len(every))[at] for each in said.use}
        declaring.report_use(
            made, travel_pence=used.get("travel", 0), backfill_pence=used.get("backfill", 0),
            plan_pence=used.get("plan", 0), version=made.version, who=who,
        )  # fmt: skip

    def prepare(self, doing: Doing) -> None:
        """Prepare a run, agree it and hand it over; nothing where nothing is due."""
        self.run = None
        if all(each.is_left_out for each in dues.due(self.programme_id, on=doing.on)):
            return
        envelope_pence = programmes.load(self.programme_id).money(doing.on).envelope_pence
        run = paying.prepare(
            self.programme_id, pay_on=doing.on, envelope_pence=envelope_pence, **doing.said
        )
        checker = office(CHECKER, doing.on + DAY).said
        run = paying.agree(run, version=run.version, **checker)
        self.run = paying.hand_over(run, version=run.version, **checker)

    def confirm(self, doing: Doing) -> None:
        """Hear from the bank what the year says: paid, not paid at first, or nothing so far."""
        if self.run is None:
            return
        told = io.StringIO()
        rows = csv.writer(told)
        rows.writerow(("reference", "payee_id", "amount_pounds", "outcome", "paid_on"))
        for each in self.run.payments.filter(amount_pence__gt=0):
            became = self._became(each, doing.on)
            if became:
                pounds = f"{each.amount_pence // 100}.{each.amount_pence % 100:02d}"
                paid_on = doing.on if became == "paid" else ""
                payee_id = each.paid_to.partition(":")[2]
                rows.writerow((each.reference, payee_id, pounds, became, paid_on))
        confirm(self.run, told.getvalue().encode(), **doing.said)

    def _became(self, payment: Payment, on: Date) -> str:
        """Give what became of a payment; blank where nothing was heard yet."""
        kind = "lead_school" if payment.award.declaration.side == "lead" else "school"
        name = self.told[payment.partnership_id].record.partnership_id
        ours = self.payments.get((name, f"{kind}:{payment.milestone}"))
        if ours is not None and ours.state == records.PaymentState.IN_RUN:
            return ""
        is_paid = ours is not None and ours.paid_on is not None and ours.paid_on <= on
        return "paid" if is_paid else "not_paid"

    def work_out_again(self, told: Told, doing: Doing) -> None:
        """Work out what a day that was struck changes, and claim back what is too much."""
        why = words()["checked_again"]
        for side in ("lead", "partner"):
            checked = Declaration.objects.filter(
                partnership=told.partnership, side=side, state="checked"
            )
            last = checked.order_by("-checked_at", "-pk").first()
            if last is None:
                continue
            award = declaring.work_out_again(
                last, why=why, version=last.version, who=declaring.Who(**doing.said)
            )
            owed = recovering.overpaid_pence(award)
            if owed:
                made = recovering.propose(
                    award, amount_pence=owed, reason=why, **office(MAKER, doing.on + DAY).said
                )
                recovering.settle(
                    made, agrees=True, version=made.version, reason="",
                    **office(CHECKER, doing.on + 2 * DAY).said,
                )  # fmt: skip
