"""Works an award out and keeps it; worked out anew, it is a new number only where it differs."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from schoolhubs import funding
from schoolhubs.service.funding import queries
from schoolhubs.service.funding.awarding import since
from schoolhubs.service.funding.awarding.facts import Facts, facts_of
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.payees import payee_of
from schoolhubs.service.funding.paying.alone import alone_with_money
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.vocabulary.records.funding import Award


def worked_out(
    facts: Facts,
    side: str,
    milestone: str,
    *,
    on: datetime.date,
    of: Declaration | None = None,
    awards: Sequence[KeptAward] | None = None,
) -> Award:
    """Work out what a side earns at a milestone, from what stands now.

    Parameters
    ----------
    of
        A declaration that is looked at before it is checked.
    awards
        What :func:`known_awards` gives, where it was asked already.
    """
    known = known_awards([facts.partnership]) if awards is None else awards
    room = None
    if side == "lead" and facts.money.lead_pay is not None:
        room = facts.money.lead_pay.most_per_lead_pence - _elsewhere(facts, milestone, known)
    return funding.award(
        facts.record, facts.rules, facts.money,
        facts.declared(with_=of) if side == "partner" else None,
        payee=facts.kind(side), milestone=milestone, on=on,
        earlier_pence=_earlier(facts, side, milestone, known), room_pence=room,
    )  # fmt: skip


def _earlier(facts: Facts, side: str, milestone: str, awards: Sequence[KeptAward]) -> int:
    """Give what the earlier milestones of a side were awarded."""
    names = [each.milestone for each in facts.milestones(side)]
    before = names[: names.index(milestone)] if milestone in names else ()
    payee = payee_of(facts.partnership, side)
    return sum(
        each.amount_pence
        for each in awards
        if (each.payee, each.partnership_id) == (payee, facts.partnership.pk)
        and each.milestone in before
    )


def _elsewhere(facts: Facts, milestone: str, awards: Sequence[KeptAward]) -> int:
    """Give what a lead was awarded for everything but one milestone of one partnership."""
    first, payee = facts.partnership, payee_of(facts.partnership, "lead")
    return sum(
        each.amount_pence
        for each in awards
        if each.payee == payee
        and each.declaration.side == "lead"
        and (each.partnership_id, each.milestone) != (first.pk, milestone)
    )


def known_awards(partnerships: Iterable[Partnership]) -> list[KeptAward]:
    """Give the newest awards of some partnerships, and all of their leads, in one query."""
    found = list(partnerships)
    rows = KeptAward.objects.filter(
        Q(partnership__in=found) | Q(payee__in={payee_of(each, "lead") for each in found}),
        programme_id__in={each.programme_id for each in found},
    )
    return queries.newest_awards(rows)


def keep(
    declaration: Declaration, *, by: str, at: datetime.datetime, on: datetime.date, why: str
) -> KeptAward:
    """Keep what a checked declaration is worth; the newest number where nothing of it changed.

    What comes to as much, but from other days, is a number of its own: those days were looked at.

    Part of the transaction that checked it. ``why`` is what a correction says.

    Raises
    ------
    RuntimeError
        If called outside a transaction.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("an award is kept in the transaction that checks its declaration")
    alone_with_money(declaration.partnership.programme_id)
    facts = facts_of([declaration.partnership_id])[declaration.partnership_id]
    found = worked_out(facts, declaration.side, declaration.milestone, on=on, of=declaration)
    payee = payee_of(facts.partnership, declaration.side)
    before = queries.newest_of(payee, declaration.partnership_id, found.period, found.milestone)
    made_of = _made_of(facts, declaration, found)
    if before is not None and _is_same(before, declaration.side, found, made_of):
        return before
    return KeptAward.objects.create(
        declaration=declaration, partnership=facts.partnership, payee=payee,
        programme_id=found.programme_id, pathway=found.pathway, period=found.period,
        milestone=found.milestone, number=before.number + 1 if before else 1,
        amount_pence=found.amount_pence, payable_from=found.due_on, record=found.as_dict(),
        made_of=made_of, definition_version=found.definition_version,
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
