"""Works out an award: each line in pence with its reason, and what would change it."""

import dataclasses
import datetime
from collections.abc import Sequence

from schoolhubs.funding.awards.lead import lead_working
from schoolhubs.funding.awards.milestones import lead_milestones, partner_milestones
from schoolhubs.funding.awards.partner import partner_working
from schoolhubs.funding.awards.working import Working
from schoolhubs.vocabulary.calendar import AcademicYear
from schoolhubs.vocabulary.errors import UsageError
from schoolhubs.vocabulary.money import in_pounds
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Award,
    AwardLine,
    Blocked,
    Declaration,
    DeclaredDay,
    MoneyRules,
    PayeeKind,
    PaymentMilestone,
    PaymentState,
)
from schoolhubs.vocabulary.records.rules import PathwayRules, RulesAsAt

CHECKED = {PaymentState.CHECKED, PaymentState.PAYABLE, PaymentState.IN_RUN, PaymentState.PAID}
NO_LONGER_DUE = (
    "Paid before the partnership was cut short or given further terms; the last milestone settles "
    "it"
)
NEVER_DUE = (
    "This partnership never had this milestone, or it pays this side nothing, so nothing is "
    "awarded for it"
)


def payee_of(record: DeliveryRecord, pathway: PathwayRules) -> tuple[PayeeKind, str]:
    """Give the partner that is paid: the trust on a pathway of trusts, else the school."""
    if pathway.partner_kind == "trust":
        return PayeeKind.TRUST, record.trust_id
    return PayeeKind.SCHOOL, record.urn


def payee_id_of(record: DeliveryRecord, rules: RulesAsAt, kind: PayeeKind) -> str:
    """Give the number of a payee: of the lead, or of the partner as school or trust."""
    if kind is PayeeKind.LEAD_SCHOOL:
        return record.lead_urn
    return payee_of(record, rules.pathway(record.pathway))[1]


def period_of(due_on: datetime.date) -> str:
    """Give the year that money falls in: that of the last day which it pays for.

    >>> period_of(datetime.date(2023, 9, 1))
    '2022/23'
    """
    return str(AcademicYear.holding(due_on - datetime.timedelta(days=1)))


def milestones(
    record: DeliveryRecord, rules: RulesAsAt, money: MoneyRules, payee: PayeeKind
) -> tuple[PaymentMilestone, ...]:
    """List when money falls due to a payee of a partnership, earliest first."""
    pathway = rules.pathway(record.pathway)
    if payee is PayeeKind.LEAD_SCHOOL:
        return lead_milestones(record, money, pathway)
    return partner_milestones(record, money, pathway)


def award(
    record: DeliveryRecord,
    rules: RulesAsAt,
    money: MoneyRules,
    declaration: Declaration | None = None,
    *,
    payee: PayeeKind,
    milestone: str,
    on: datetime.date,
    earlier_pence: int = 0,
    elsewhere_pence: int = 0,
) -> Award:
    """Work out what a payee earns at one milestone of a partnership.

    Parameters
    ----------
    record
        Everything delivered; only agreed days count.
    rules, money
        The definition as at the partnership's first day (``programme.as_at``, ``.money``): a
        partner is paid by the rules it joined under.
    declaration
        What the payee's side declared beside the ledgers.
    payee
        ``lead_school``, or the partner as ``school`` or ``trust``.
    milestone
        One of those that :func:`milestones` gives, such as ``first_year`` or ``term_2``.
    on
        The day it is worked out; before its due date it is blocked, and may still change.
    earlier_pence
        What was paid (or, if nothing yet, awarded) at earlier milestones to the same payee for
        the same partnership: it is taken off, so that late evidence is paid once and in full.
    elsewhere_pence
        What the same payee was awarded in its other partnerships of the programme: nobody gets
        more than the most in all.

    Returns
    -------
    Award
        Its lines add up to its amount. A negative amount was paid before and is owed back.

    Raises
    ------
    UsageError
        If the partnership has no such milestone.
    """
    partner = payee_of(record, rules.pathway(record.pathway))[0]
    kind = payee if payee is PayeeKind.LEAD_SCHOOL else partner
    found = next(
        (each for each in milestones(record, rules, money, kind) if each.milestone == milestone),
        None,
    )
    if found is None:
        raise UsageError(_no_milestone(record, rules, money, kind, milestone))
    made = award_at(
        record, rules, money, declaration, payee=kind, milestone=found, on=on,
        elsewhere_pence=elsewhere_pence,
    )  # fmt: skip
    return less_earlier(made, earlier_pence)


def less_earlier(found: Award, earlier_pence: int) -> Award:
    """Take off what earlier milestones were awarded."""
    if not earlier_pence:
        return found
    line = AwardLine(
        code="earlier", text=f"Less {in_pounds(earlier_pence)} of earlier milestones",
        amount_pence=-earlier_pence, why="Each milestone pays what is new.",
    )  # fmt: skip
    amount = found.amount_pence - earlier_pence
    return dataclasses.replace(found, amount_pence=amount, lines=(*found.lines, line))


def award_at(
    record: DeliveryRecord,
    rules: RulesAsAt,
    money: MoneyRules,
    declaration: Declaration | None,
    *,
    payee: PayeeKind,
    milestone: PaymentMilestone,
    on: datetime.date,
    elsewhere_pence: int = 0,
    also: Sequence[DeclaredDay] = (),
) -> Award:
    """Work out what is earned by a milestone that is known already, all earlier ones with it.

    ``also`` are days declared, and checked, for other milestones of the side.
    """
    pathway = rules.pathway(record.pathway)
    if payee is PayeeKind.LEAD_SCHOOL:
        working = lead_working(record, money, pathway, milestone, elsewhere_pence)
    else:
        days = (*(declaration.days if declaration else ()), *also)
        working = partner_working(record, money, pathway, milestone, days, elsewhere_pence)
        if declaration is not None:
            working.derived_from.insert(0, f"declaration:{declaration.declaration_id}")
    payee_id = payee_id_of(record, rules, payee)
    blocked = _blocked(payee, payee_id, declaration, milestone, on)
    return _award(record, rules, payee, payee_id, milestone, working, blocked)


def _no_milestone(
    record: DeliveryRecord, rules: RulesAsAt, money: MoneyRules, kind: PayeeKind, asked: str
) -> str:
    known = ", ".join(each.milestone for each in milestones(record, rules, money, kind))
    if not known:
        return f"{rules.title} pays a {kind.replace('_', ' ')} nothing on {record.pathway}."
    return f"Partnership {record.partnership_id} has no milestone {asked!r}: choose among {known}."


def _blocked(
    kind: PayeeKind,
    payee_id: str,
    declaration: Declaration | None,
    milestone: PaymentMilestone,
    on: datetime.date,
) -> tuple[Blocked, ...]:
    found = []
    if not payee_id:
        text = f"No number of the {kind.replace('_', ' ')} is known. Enter it with the partnership."
        found.append(Blocked(code="no_payee", text=text))
    if declaration is None:
        text = "The partner has not declared its commitment. Ask for its declaration."
        if kind is PayeeKind.LEAD_SCHOOL:
            text = "The lead has not declared the days it gave. Ask for its declaration."
        found.append(Blocked(code="not_declared", text=text))
    elif declaration.state is PaymentState.LAPSED:
        text = "It was not declared by its last day, and lapsed. The office can open it again."
        found.append(Blocked(code="lapsed", text=text))
    elif declaration.state not in CHECKED:
        text = f"The declaration is {declaration.state}, not checked. A caseworker checks it."
        found.append(Blocked(code="not_checked", text=text))
    if on < milestone.due_on:
        text = f"It falls due on {milestone.due_on.isoformat()}, and may change until then."
        found.append(Blocked(code="not_due", text=text))
    return tuple(found)


def _award(
    record: DeliveryRecord,
    rules: RulesAsAt,
    kind: PayeeKind,
    payee_id: str,
    milestone: PaymentMilestone,
    working: Working,
    blocked: Sequence[Blocked],
) -> Award:
    return Award(
        programme_id=rules.programme_id,
        cohort_id=record.cohort_id,
        definition_version=rules.definition_version,
        partnership_id=record.partnership_id,
        pathway=record.pathway,
        urn=record.urn,
        lead_urn=record.lead_urn,
        payee_kind=kind,
        payee_id=payee_id,
        milestone=milestone.milestone,
        period=period_of(milestone.due_on),
        due_on=milestone.due_on,
        amount_pence=sum(line.amount_pence for line in working.lines),
        lines=tuple(working.lines),
        counted_half_days=working.counted_half_days,
        expected_half_days=working.expected_half_days,
        blocked_by=tuple(blocked),
        would_change=tuple(working.would_change),
        assumed=tuple(working.assumed),
        derived_from=tuple(working.derived_from),
    )


def no_longer_due(
    record: DeliveryRecord,
    rules: RulesAsAt,
    kind: PayeeKind,
    key: tuple[str, str, str, str],
    kept_pence: int | None,
) -> Award:
    """Give what was paid at a milestone that a partnership does not have.

    ``kept_pence`` is what is kept of it at one which it once had; none at one that it never had,
    for which nothing is awarded.
    """
    payee_id, _, period, milestone = key
    code, text = "paid_before", NO_LONGER_DUE
    if kept_pence is None:
        code, text = "never_due", NEVER_DUE
    line = AwardLine(code=code, text=text, amount_pence=kept_pence or 0)
    working = Working(lines=[line])
    due_on = AcademicYear.parse(period).starts_on
    at = PaymentMilestone(milestone=milestone, due_on=due_on, terms=0, earned_parts=0, of_parts=1)
    found = _award(record, rules, kind, payee_id, at, working, ())
    return dataclasses.replace(found, period=period)
