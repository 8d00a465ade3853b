"""What stands of money: declarations, newest awards, what was sent and what came back."""

import datetime
from collections.abc import Collection, Iterable

from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from schoolhubs.service.funding.deciding.models import DecisionKind, DecisionState, MoneyDecision
from schoolhubs.service.funding.holding.models import HeldPayment
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.paying.models import LIVE_PAYMENTS, Payment
from schoolhubs.service.funding.recovering.models import Clawback, ClawbackState, Recovery
from schoolhubs.service.partnerships.models import Partnership

Key = tuple[str, int, str, str]  # payee, partnership, period, milestone


def declaration_of(partnership_id: int, side: str, milestone: str) -> Declaration | None:
    """Give what a side declared for a milestone; None before it was begun."""
    rows = Declaration.objects.filter(partnership_id=partnership_id, side=side, milestone=milestone)
    return rows.select_related("partnership").first()


def declarations_of(partnership_ids: Collection[int]) -> QuerySet[Declaration]:
    """Give every declaration of some partnerships."""
    return Declaration.objects.filter(partnership_id__in=list(partnership_ids))


def years_of(first: Partnership) -> list[int]:
    """Give the numbers of a partnership and of its further years, in order."""
    return years_among([first.pk])[first.pk]


def years_among(first_ids: Collection[int]) -> dict[int, list[int]]:
    """Give the numbers of partnerships with their further years, by that of the first year."""
    found, newest = {pk: [pk] for pk in first_ids}, {pk: pk for pk in first_ids}
    while newest:
        rows = Partnership.objects.filter(extends__in=newest).values_list("extends", "pk")
        newest = {pk: newest[before] for before, pk in rows if before is not None}
        for pk, first in newest.items():
            found[first].append(pk)
    return found


def newest_awards(awards: QuerySet[KeptAward]) -> list[KeptAward]:
    """Give the newest number of each award among some, oldest first."""
    found: dict[Key, KeptAward] = {}
    for each in awards.select_related("declaration", "partnership").order_by("number", "pk"):
        found[key_of(each)] = each
    return sorted(found.values(), key=lambda each: each.pk)


def awards_of(partnership_ids: Collection[int]) -> list[KeptAward]:
    """Give the awards of some partnerships as they stand."""
    return newest_awards(KeptAward.objects.filter(partnership_id__in=list(partnership_ids)))


def key_of(one: KeptAward | Clawback) -> Key:
    """Give what a payment is one of."""
    return one.payee, one.partnership_id, one.period, one.milestone


def live_payments(**conditions: object) -> QuerySet[Payment]:
    """Give payments that are in a run or were made."""
    rows = Payment.objects.filter(state__in=LIVE_PAYMENTS, **conditions)
    return rows.select_related("award", "run")


def sent(payments: Iterable[Payment]) -> dict[Key, int]:
    """Add up what was paid or is in a run, before clawback, by award.

    Each payment's ``award`` was read with it.
    """
    told: dict[Key, int] = {}
    for each in payments:
        key = key_of(each.award)
        told[key] = told.get(key, 0) + each.settles_pence
    return told


def clawed_back(clawbacks: Iterable[Clawback]) -> dict[Key, int]:
    """Add up the clawbacks that were agreed, by award."""
    told: dict[Key, int] = {}
    for each in clawbacks:
        if each.state == ClawbackState.AGREED:
            told[key_of(each)] = told.get(key_of(each), 0) + each.amount_pence
    return told


def outstanding(clawbacks: Iterable[Clawback]) -> dict[int, int]:
    """Give what has not come back of each agreed clawback, by its number."""
    agreed = [each for each in clawbacks if each.state == ClawbackState.AGREED]
    left = {each.pk: each.amount_pence for each in agreed}
    standing = Recovery.objects.filter(
        Q(payment__isnull=True) | Q(payment__state__in=LIVE_PAYMENTS), clawback__in=agreed
    )
    for clawback_id, pence in standing.values_list("clawback_id", "amount_pence"):
        left[clawback_id] -= pence
    return {pk: pence for pk, pence in left.items() if pence}


def successors(programme_id: str) -> dict[str, str]:
    """Give who is paid in place of payees that are no more.

    The newest decision that was agreed counts; once it is taken back, or one says that the payee
    is paid itself again, nobody is, and no older one counts again.
    """
    rows = MoneyDecision.objects.filter(
        programme_id=programme_id, kind=DecisionKind.SUCCESSOR,
        state__in=(DecisionState.AGREED, DecisionState.TAKEN_BACK),
    ).order_by("pk")  # fmt: skip
    newest = {payee: told for payee, *told in rows.values_list("payee", "successor", "state")}
    return {
        payee: to for payee, (to, state) in newest.items()
        if state == DecisionState.AGREED and to != payee
    }  # fmt: skip


def held_back(programme_id: str) -> dict[Key, str]:
    """Give what is held back from runs by hand, and why."""
    rows = HeldPayment.objects.filter(programme_id=programme_id, taken_up_at__isnull=True)
    told = rows.values_list("payee", "partnership", "period", "milestone", "reason")
    return {(payee, pk, period, name): reason for payee, pk, period, name, reason in told}


def held_since(partnership_ids: Collection[int]) -> dict[Key, datetime.date]:
    """Give the day since which each thing of some partnerships is held back from runs by hand."""
    rows = HeldPayment.objects.filter(
        partnership__in=list(partnership_ids), taken_up_at__isnull=True
    )
    told = rows.values_list("payee", "partnership", "period", "milestone", "held_at")
    return {
        (payee, pk, period, name): timezone.localdate(at) for payee, pk, period, name, at in told
    }


def last_paid_on(partnership_ids: Collection[int]) -> dict[int, datetime.date]:
    """Give the day of the newest payment made for each of some partnerships."""
    made = Payment.objects.filter(partnership_id__in=list(partnership_ids), state="paid")
    return dict(made.values_list("partnership_id").annotate(on=Max("paid_on")))


def paid_records(partnership_ids: Collection[int]) -> frozenset[str]:
    """Give the records of days, such as ``support_day:12``, that stand in an award that was paid.

    Of a further year they stand in the award of the first. A day that a correction took out of an
    award is not among them.
    """
    firsts = {pk: pk for pk in partnership_ids}
    while rows := dict(
        Partnership.objects.filter(pk__in=firsts.values(), extends__isnull=False)
        .values_list("pk", "extends")
    ):  # fmt: skip
        firsts = {pk: rows.get(first) or first for pk, first in firsts.items()}
    paid = Payment.objects.filter(partnership__in=set(firsts.values()), state="paid")
    keys = {key_of(each.award) for each in paid.select_related("award")}
    awards = awards_of([*set(firsts.values())]) if keys else []
    return frozenset(
        row[-1] for each in awards if key_of(each) in keys for row in each.made_of.get("days", ())
    )


def newest_of(payee: str, partnership_id: int, period: str, milestone: str) -> KeptAward | None:
    """Give the newest number of one award; None before the first."""
    rows = KeptAward.objects.filter(
        payee=payee, partnership_id=partnership_id, period=period, milestone=milestone
    )
    return rows.order_by("number").last()
