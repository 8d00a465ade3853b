"""What a side of a partnership can claim, milestone by milestone, held against what moved.

All milestones of a side are settled together. The last that stands, checked and due, brings the
sum of all to what is earned by then; an earlier one keeps what was sent for it. So money declared
or corrected out of order is paid once.
"""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from schoolhubs.funding.awards.awarding import (
    CHECKED,
    award_at,
    less_earlier,
    milestones,
    no_longer_due,
    payee_id_of,
    period_of,
)
from schoolhubs.funding.awards.milestones import once_due
from schoolhubs.vocabulary.records.delivery import DeliveryRecord
from schoolhubs.vocabulary.records.funding import (
    Award,
    AwardLine,
    Clawback,
    Declaration,
    DeclaredDay,
    MoneyRules,
    PayeeKind,
    PaymentItem,
    PaymentMilestone,
    PaymentState,
    StatementLine,
)
from schoolhubs.vocabulary.records.rules import RulesAsAt

SENT = {PaymentState.IN_RUN, PaymentState.PAID, PaymentState.CLAWED_BACK}
SETTLED_LATER = "Paid before later evidence; a later milestone settles the difference"
TAKES_NOTHING = "What is not checked yet takes nothing of earlier milestones back"
LAPSED = (
    "Not declared by its last day, so nothing is paid for it by itself; a later milestone, where "
    "there is one, settles its days"
)
COVERED = "Nothing of its own: {milestone}, which is settled already, holds it"
_Key = tuple[str, str, str, str]


class Moved:
    """What was sent for each award, and what of it came back.

    Parameters
    ----------
    payments
        Every one made or under way; one that was not paid moved nothing.
    clawbacks
        Every one agreed.
    """

    def __init__(
        self, payments: Iterable[PaymentItem] = (), clawbacks: Iterable[Clawback] = ()
    ) -> None:
        self._payments: dict[_Key, list[PaymentItem]] = defaultdict(list)
        self._back: dict[_Key, int] = defaultdict(int)
        self._keys: dict[tuple[str, str], set[_Key]] = defaultdict(set)
        self._partnerships: dict[str, set[str]] = defaultdict(set)
        for payment in payments:
            self._payments[payment.award_key].append(payment)
            self._note(payment.award_key)
        for back in clawbacks:
            key = (back.payee_id, back.partnership_id, back.period, back.milestone)
            self._back[key] += back.owed_pence
            self._note(key)

    def _note(self, key: _Key) -> None:
        self._keys[key[:2]].add(key)
        self._partnerships[key[0]].add(key[1])

    def of(self, key: _Key) -> tuple[PaymentItem, ...]:
        """Give the payments of an award."""
        return tuple(self._payments.get(key, ()))

    def back(self, key: _Key) -> int:
        """Give what of an award was taken back."""
        return self._back.get(key, 0)

    def kept(self, key: _Key) -> int | None:
        """Give what an award's payments settle, less what came back; None if nothing moved."""
        sent = [each.gross_pence for each in self.of(key) if each.state in SENT]
        moved = sent or self.back(key)
        return sum(sent) - self.back(key) if moved else None

    def keys_of(self, payee_id: str, partnership_id: str) -> list[_Key]:
        """Name every award that money moved for."""
        return sorted(self._keys.get((payee_id, partnership_id), ()), key=lambda key: key[2:])

    def kept_elsewhere(self, payee_id: str, but: Collection[str], kind: PayeeKind) -> int:
        """Give what a payee keeps, on the same side, of all partnerships but some."""
        found = 0
        for partnership_id in self._partnerships.get(payee_id, set()) - set(but):
            for key in self._keys[payee_id, partnership_id]:
                if all(is_lead(each.payee_kind) == is_lead(kind) for each in self.of(key)):
                    found += self.kept(key) or 0
        return found


def is_lead(kind: PayeeKind | str) -> bool:
    """Tell which side of a partnership a payee is on."""
    return kind == PayeeKind.LEAD_SCHOOL


def claim(
    record: DeliveryRecord,
    rules: RulesAsAt,
    money: MoneyRules,
    declarations: Sequence[Declaration],
    *,
    payee: PayeeKind,
    moved: Moved,
    on: datetime.date,
    elsewhere_pence: int = 0,
    ahead_pence: int = 0,
    ends_later: bool = False,
) -> tuple[StatementLine, ...]:
    """Give a line for each milestone of a payee, in order of time.

    Parameters
    ----------
    declarations
        Those of the payee's side: one for all milestones, or one for each.
    moved
        What was paid of this partnership already, whatever else is in it.
    on
        The day it is drawn up.
    elsewhere_pence
        What the payee was awarded in its other partnerships of the programme.
    ahead_pence
        What it may still be awarded there, which leaves less room for what is not due here yet.
    ends_later
        Whether the partnership was cut short on a later day, which ``record`` does not know and
        money that moved since does.

    Returns
    -------
    tuple of StatementLine
        Their awards that stand add up to what is earned by the last of them.
    """
    due = milestones(record, rules, money, payee)
    alone = list(_alone(record, rules, money, payee, moved, due, ends_later))
    earned = []
    for each in due:
        declared, also = declared_for(declarations, each)
        for room_taken in (elsewhere_pence, elsewhere_pence + ahead_pence):
            found = award_at(
                record, rules, money, declared, payee=payee, milestone=each, on=on,
                elsewhere_pence=room_taken, also=also,
            )  # fmt: skip
            if not (found.blocked_by and ahead_pence):
                break
        earned.append(found)
    return (*alone, *_settled(earned, sum(line.awarded_pence for line in alone), moved))


def _settled(earned: Sequence[Award], before: int, moved: Moved) -> Iterator[StatementLine]:
    """Bring what is earned by each milestone to what it adds, all of them in one go.

    What is still to come takes nothing back: only what was checked settles what was paid too much.
    So all lines add up to what stands, and to what is earned by the end where that is more.
    """
    kept = [moved.kept(each.key) for each in earned]
    last = max(
        (at for at, each in enumerate(earned) if not each.blocked_by or kept[at] is not None),
        default=-1,
    )
    # While what was paid last is being corrected, nothing is settled before it.
    is_open = last >= 0 and not earned[last].blocked_by
    left = earned[last].amount_pence - before - sum(each or 0 for each in kept) if is_open else 0
    for at, each in enumerate(earned):
        sent, is_last = kept[at], at == last
        full = each.amount_pence - before
        if is_last and is_open:
            amount = full
        elif at > last:
            amount = 0 if has_lapsed(each) else max(full, 0)
        elif sent is not None:
            amount = sent
        elif is_open and not each.blocked_by:
            amount = max(min(full, left), 0)
            left -= amount
        else:
            amount = 0
        held = earned[last].milestone if at < last else ""
        made = _brought(less_earlier(each, before), amount, sent, held)
        yield _line(made, moved, is_last=is_last and is_open)
        before += amount


def has_lapsed(found: Award) -> bool:
    """Tell whether an award was not declared by its last day."""
    return any(each.code == "lapsed" for each in found.blocked_by)


def _brought(found: Award, amount: int, sent: int | None, held: str) -> Award:
    """Bring an award to what it adds beside the others of its side, and say why."""
    if found.amount_pence == amount:
        return found
    if sent is not None:
        code, text = "carried", SETTLED_LATER
    elif has_lapsed(found):
        code, text = "lapsed", LAPSED
    elif held:
        code, text = "carried", COVERED.format(milestone=held)
    else:
        code, text = "to_come", TAKES_NOTHING
    line = AwardLine(code=code, text=text, amount_pence=amount - found.amount_pence)
    return dataclasses.replace(found, amount_pence=amount, lines=(*found.lines, line))


def _alone(
    record: DeliveryRecord,
    rules: RulesAsAt,
    money: MoneyRules,
    kind: PayeeKind,
    moved: Moved,
    due: Sequence[PaymentMilestone],
    ends_later: bool,
) -> Iterator[StatementLine]:
    """Give a line for money that moved at a milestone which is none.

    It was one where a partnership turns out to have ended before it, or was given further terms.
    What was paid stays paid there, and a later milestone settles it: nothing is paid twice. Where
    it never was one, or the side is paid nothing by now so that none comes later, nothing is
    awarded for it, and what was paid is owed back.
    """
    payee_id = payee_id_of(record, rules, kind)
    known = {(period_of(each.due_on), each.milestone) for each in due}
    once = once_due(
        record, money, rules.pathway(record.pathway), is_lead=is_lead(kind), ends_later=ends_later
    )
    were = {(period_of(due_on), milestone) for milestone, due_on in once}
    for key in moved.keys_of(payee_id, record.partnership_id):
        if key[2:] in known:
            continue
        was_one = bool(due) and key[2:] in were
        found = no_longer_due(record, rules, kind, key, moved.kept(key) or 0 if was_one else None)
        yield _line(found, moved, is_last=not was_one)


def declared_for(
    declarations: Sequence[Declaration], milestone: PaymentMilestone
) -> tuple[Declaration | None, tuple[DeclaredDay, ...]]:
    """Give what is declared at a milestone, and the days checked for others of its side.

    Those count at each milestone after their day, whether it is declared by now or not; one that
    has no declaration of its own, nor one for all, has none.
    """
    own = [each for each in declarations if each.milestone in ("", milestone.milestone)]
    others = [each for each in declarations if each not in own and each.state in CHECKED]
    also = tuple(day for each in others for day in each.days)
    if not own:
        return None, also
    days = sorted((day for each in own for day in each.days), key=lambda day: day.on)
    return dataclasses.replace(own[-1], days=tuple(days)), also


def _line(found: Award, moved: Moved, *, is_last: bool) -> StatementLine:
    """Set an award against its payments.

    What a payment lacks or has too much by later evidence is settled by the next milestone; after
    the last one that is due it shows here, to be paid or taken back.
    """
    payments, back, kept = moved.of(found.key), moved.back(found.key), moved.kept(found.key)
    made = [each for each in payments if each.state in SENT - {PaymentState.IN_RUN}]
    others = [each for each in made if each.paid_to]
    due = 0
    if kept is None:
        due = found.amount_pence if not found.blocked_by else 0
    elif is_last and all(each.state is not PaymentState.IN_RUN for each in payments):
        due = found.amount_pence - kept
    return StatementLine(
        award=found, state=_state_of(found, payments), awarded_pence=found.amount_pence,
        paid_pence=sum(each.gross_pence for each in made), clawed_back_pence=back, due_pence=due,
        n_payments=len(payments), paid_to=tuple(sorted({each.paid_to for each in others})),
        paid_to_pence=sum(each.gross_pence for each in others),
    )  # fmt: skip


def _state_of(found: Award, payments: Sequence[PaymentItem]) -> PaymentState:
    if payments:
        return payments[-1].state
    if found.is_payable:
        return PaymentState.PAYABLE
    codes = {each.code for each in found.blocked_by}
    if "lapsed" in codes:
        return PaymentState.LAPSED
    if "not_declared" in codes:
        return PaymentState.STARTED
    return PaymentState.DECLARED if "not_checked" in codes else PaymentState.CHECKED


def line_of(line: StatementLine) -> dict[str, Any]:
    """Give a statement's line flat, as the command line prints it."""
    award = line.award
    return {
        "payee_kind": str(award.payee_kind), "payee_id": award.payee_id,
        "partnership_id": award.partnership_id, "pathway": award.pathway, "urn": award.urn,
        "lead_urn": award.lead_urn, "milestone": award.milestone, "period": award.period,
        "due_on": award.due_on.isoformat(), "state": str(line.state), "stands": stands(line),
        "awarded_pence": line.awarded_pence, "paid_pence": line.paid_pence,
        "clawed_back_pence": line.clawed_back_pence, "due_pence": line.due_pence,
        "paid_to": " ".join(line.paid_to), "paid_to_pence": line.paid_to_pence,
        "why": [each.as_dict() for each in award.lines],
        "blocked_by": [each.as_dict() for each in award.blocked_by],
        "would_change": list(award.would_change),
    }  # fmt: skip


def stands(line: StatementLine) -> str:
    """Say how far a line is, in words that claim nothing that nobody did."""
    codes = {each.code for each in line.award.blocked_by}
    if line.n_payments:
        return str(line.state).replace("_", " ")
    if "lapsed" in codes:
        return "lapsed"
    if "not_declared" in codes:
        return "not declared"
    if "not_checked" in codes:
        return "declared, not checked"
    return "checked, not due yet" if "not_due" in codes else str(line.state)
