"""Works an award out and keeps it; worked out anew, it is a new number only where it differs."""

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import connection
from django.db.models import Q

from schoolhubs.funding import paying
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.awarding.facts import Facts, as_record, facts_of
from schoolhubs.service.funding.models import Declaration, DeclarationState, KeptAward
from schoolhubs.service.funding.payees import payee_of
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.paying.records import as_clawback, as_item
from schoolhubs.service.funding.recovering.models import Clawback, ClawbackState
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records import funding as records
from schoolhubs.vocabulary.records.funding import Award, AwardLine, StatementLine

SETTLED_WITH = "Another milestone of this partnership was checked or corrected"
NO_LONGER = "The partnership was cut short before it"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What stands of money beside some partnerships' facts, read once for all of them.

    Parameters
    ----------
    awards
        The newest of each, of the partnerships and of all that their payees were awarded.
    payments
        Those in a run or made, of the partnerships.
    clawbacks
        Those agreed, of the partnerships.
    """

    awards: Collection[KeptAward]
    payments: Collection[Payment]
    clawbacks: Collection[Clawback]


def known_of(partnerships: Iterable[Partnership]) -> Known:
    """Read what stands of money of some partnerships, in three questions."""
    found = list(partnerships)
    ids = [each.pk for each in found]
    payees = {payee_of(each, side) for each in found for side in ("partner", "lead")}
    rows = KeptAward.objects.filter(
        Q(partnership__in=ids) | Q(payee__in=payees),
        programme_id__in={each.programme_id for each in found},
    )
    return Known(
        awards=queries.newest_awards(rows),
        payments=list(queries.live_payments(partnership__in=ids)),
        clawbacks=list(Clawback.objects.filter(partnership__in=ids, state=ClawbackState.AGREED)),
    )


def claimed(
    facts: Facts,
    side: str,
    *,
    on: datetime.date,
    known: Known,
    of: Declaration | None = None,
) -> tuple[StatementLine, ...]:
    """Work out every milestone of a side, from what stands now.

    Parameters
    ----------
    of
        A declaration that is looked at before it is checked, taken as if it were.
    """
    first, payee = facts.partnership, payee_of(facts.partnership, side)
    elsewhere = sum(
        each.amount_pence
        for each in known.awards
        if (each.payee, each.declaration.side) == (payee, side) and each.partnership_id != first.pk
    )
    return paying.claim(
        facts.record, facts.rules, facts.money,
        [_declared(each, of) for (own, _), each in sorted(facts.declarations.items())
         if own == side],
        payee=facts.kind(side), on=on, elsewhere_pence=elsewhere,
        moved=paying.Moved(
            [as_item(each) for each in known.payments if each.partnership_id == first.pk],
            [as_clawback(each) for each in known.clawbacks if each.partnership_id == first.pk],
        ),
    )  # fmt: skip


def _declared(one: Declaration, of: Declaration | None) -> records.Declaration:
    made = as_record([one])
    if of is None or one.pk != of.pk:
        return made
    return dataclasses.replace(made, state=records.PaymentState.CHECKED)


def worked_out(
    facts: Facts,
    side: str,
    milestone: str,
    *,
    on: datetime.date,
    of: Declaration | None = None,
    known: Known | None = None,
) -> Award | None:
    """Work out what a side earns at one milestone, beside all of its others; None where it is none.

    A partnership that was cut short has fewer of them than it had.
    """
    known = known_of([facts.partnership]) if known is None else known
    lines = claimed(facts, side, on=on, of=of, known=known)
    # One that was paid before the partnership was cut short may have the name of one that is.
    found = (line.award for line in reversed(lines) if line.award.milestone == milestone)
    return next(found, None)


def keep(
    declaration: Declaration, *, by: str, at: datetime.datetime, on: datetime.date, why: str
) -> KeptAward:
    """Keep what a checked declaration is worth; the newest number where nothing of it changed.

    What comes to as much, but from other days, is a number of its own: those days were looked at.
    The other checked milestones of the side are settled with it: what they come to beside this one
    is kept too, where it differs. Part of the transaction that checked it. ``why`` is what a
    correction says.

    Raises
    ------
    RuntimeError
        If called outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an award is kept in the transaction that checks its declaration")
    alone_with_money(declaration.partnership.programme_id)
    facts = facts_of([declaration.partnership_id])[declaration.partnership_id]
    known, side = known_of([facts.partnership]), declaration.side
    payee = payee_of(facts.partnership, side)
    before = {
        (each.period, each.milestone): each
        for each in known.awards
        if (each.payee, each.partnership_id) == (payee, facts.partnership.pk)
    }
    lines = claimed(facts, side, on=on, of=declaration, known=known)
    found = [line.award for line in lines] + list(_no_longer(before, lines))
    kept = {}
    for award in found:
        held, mine = before.get((award.period, award.milestone)), award.milestone
        of = held.declaration if held else facts.declarations.get((side, mine))
        if of is None or of.state != DeclarationState.CHECKED:
            continue
        is_asked = of.pk == declaration.pk
        if not is_asked and held is not None and held.amount_pence == award.amount_pence:
            continue
        made_of = _made_of(facts, of, award)
        if not is_asked and held is not None:
            made_of = held.made_of  # nobody looked at its days again
        kept[of.pk] = _kept(facts, award, of, held, made_of, by=by, at=at,
                            why=why if is_asked else SETTLED_WITH)  # fmt: skip
    if declaration.pk in kept:
        return kept[declaration.pk]
    # It was cut short, and comes to nothing already.
    return next(each for each in before.values() if each.declaration_id == declaration.pk)


def _no_longer(
    before: dict[tuple[str, str], KeptAward], lines: Iterable[StatementLine]
) -> Iterable[Award]:
    """Bring awards to nought whose milestone is none any more, and that nothing was sent for."""
    named = {(line.award.period, line.award.milestone) for line in lines}
    for key, each in before.items():
        if key not in named and each.amount_pence:
            was = Award.from_dict(each.record)
            line = AwardLine(code="no_longer", text=NO_LONGER, amount_pence=-was.amount_pence)
            yield dataclasses.replace(was, amount_pence=0, lines=(*was.lines, line))


def _kept(
    facts: Facts, found: Award, declaration: Declaration, before: KeptAward | None,
    made_of: Mapping[str, Any], *, by: str, at: datetime.datetime, why: str,
) -> KeptAward:  # fmt: skip
    if before is not None and _is_same(before, declaration.side, found, made_of):
        return before
    return KeptAward.objects.create(
        declaration=declaration, partnership=facts.partnership,
        payee=payee_of(facts.partnership, declaration.side),
        programme_id=found.programme_id, pathway=found.pathway, period=found.period,
        milestone=found.milestone, number=before.number + 1 if before else 1,
        amount_pence=found.amount_pence, payable_from=found.due_on, record=found.as_dict(),
        made_of=dict(made_of), definition_version=found.definition_version,
        why=why if before else "", made_at=at, made_by=by,
    )  # fmt: skip


def _is_same(before: KeptAward, side: str, found: Award, made_of: Mapping[str, Any]) -> bool:
    """Tell whether an award comes to as much as before, and from the same days."""
    then = before.made_of.get("days", made_of["days"])
    same_days = not since.compared(side, then, made_of["days"])
    return before.amount_pence == found.amount_pence and same_days


def _made_of(facts: Facts, declaration: Declaration, found: Award) -> dict[str, Any]:
    """Give what an award was worked out from: by which walk back everything can be shown."""
    by_hand = 0
    if declaration.side == "partner":
        by_hand = sum(day.half_days for day in declaration.days.all() if day.struck_at is None)
    days = since.rows_of(facts.record.days, found.due_on)
    return {
        "declaration": declaration.pk, "declaration_version": declaration.version, "days": days,
        "half_days": found.counted_half_days, "half_days_by_hand": by_hand,
    }  # fmt: skip
