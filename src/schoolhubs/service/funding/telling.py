"""What payees are written about money: a declaration returned, a payment made, a clawback."""

from collections.abc import Iterable, Mapping

from django.urls import reverse

from schoolhubs import programmes
from schoolhubs.service.funding import payees, queries
from schoolhubs.service.funding.deciding.models import MoneyDecision
from schoolhubs.service.funding.models import Declaration, KeptAward
from schoolhubs.service.funding.paying.models import Payment
from schoolhubs.service.funding.recovering.models import Clawback
from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.web.pages import day
from schoolhubs.vocabulary.money import in_pounds


def returned(held: Declaration) -> list[Draft]:
    """Draft for the side whose declaration is given back."""
    partnership = held.partnership
    payee = payees.payee_of(partnership, held.side)
    facts = {"reason": held.returned_reason, **_about(partnership, payee)}
    about = f"declaration:{held.pk}/{held.version}"
    return [_draft("declaration_returned", partnership, held.side, payee, about, facts)]


def due(found: Iterable[tuple[Partnership, str, str, str]]) -> list[Draft]:
    """Draft for those whose declaration is due: partnership, side, milestone, its day in words."""
    rows, drafts = list(found), []
    names = payees.names_of({payees.payee_of(each, side) for each, side, _, _ in rows})
    for partnership, side, milestone, on in rows:
        payee = payees.payee_of(partnership, side)
        facts = {"on": on, **_about(partnership, payee, names)}
        about = f"declaration_due:{partnership.pk}/{side}/{milestone}"
        drafts.append(_draft("declaration_due", partnership, side, payee, about, facts))
    return drafts


def lapsing(kind: str, held: Declaration, facts: Mapping[str, str]) -> list[Draft]:
    """Draft for a side whose declaration lapses soon, lapsed, or is open again."""
    partnership = held.partnership
    payee = payees.payee_of(partnership, held.side)
    about = f"{kind}:{held.pk}/{held.version}"
    return [_draft(kind, partnership, held.side, payee, about,
                   {**facts, **_about(partnership, payee)})]  # fmt: skip


def paid(payments: Iterable[Payment]) -> list[Draft]:
    """Draft for each payee of some payments that were made; what was all taken is told too."""
    found = list(payments)
    keys = {key for each in found for key in (each.payee, each.paid_to)}
    names = payees.names_of(keys, with_closed=True)
    return [
        _draft(
            "payment_made", each.partnership, each.award.declaration.side, each.paid_to,
            f"payment:{each.pk}",
            {
                **_about(each.partnership, each.payee, names), **_to_whom(each, names),
                "amount": in_pounds(each.sent_pence), "reference": each.reference,
                "on": day(each.paid_on), "taken": _taken(each),
            },
        )
        for each in found
    ]  # fmt: skip


def _to_whom(payment: Payment, names: Mapping[str, str]) -> dict[str, str]:
    """Name both where somebody is paid in place of a payee."""
    if not payment.successor:
        return {}
    payee, to = (names.get(key, key) for key in (payment.payee, payment.successor))
    return {"payee": f"{to}, in place of {payee}"}


def succeeded(held: MoneyDecision) -> list[Draft]:
    """Draft for who is paid from now on, in place of whom, and who was until now: each once."""
    rows = KeptAward.objects.filter(programme_id=held.programme_id, payee=held.payee)
    award = rows.select_related("partnership", "declaration").latest("pk")
    names = payees.names_of({held.payee, held.successor}, with_closed=True)
    facts = {
        **_about(award.partnership, held.payee, names), "reason": held.reason,
        "successor": names.get(held.successor, held.successor),
    }  # fmt: skip
    side, about = award.declaration.side, f"money_decision:{held.pk}"
    earlier = MoneyDecision.objects.filter(
        kind=held.kind, state=held.state, programme_id=held.programme_id, payee=held.payee,
        pk__lt=held.pk,
    ).order_by("-pk").first()  # fmt: skip
    until_now = earlier.successor if earlier else held.payee
    return [
        _draft("payee_succeeded", award.partnership, side, to, about, facts)
        for to in dict.fromkeys((held.payee, held.successor, until_now))
    ]


def _taken(payment: Payment) -> str:
    if not payment.taken_pence:
        return "Nothing was taken off it."
    return f"{in_pounds(payment.taken_pence)} was taken off it for money that has to come back."


def clawed_back(held: Clawback) -> list[Draft]:
    """Draft for the payee of a clawback that was agreed: what gives first, and what is a debt.

    Where somebody was paid in its place, for them too: they have the money.
    """
    paid = queries.live_payments(
        partnership=held.partnership, payee=held.payee, period=held.period,
        award__milestone=held.milestone,
    ).exclude(successor="")  # fmt: skip
    went_to = sorted({each.successor for each in paid})
    names = payees.names_of({held.payee, *went_to}, with_closed=True)
    owed = queries.outstanding([held]).get(held.pk, 0)
    side = "partner" if held.payee == payees.payee_of(held.partnership, "partner") else "lead"
    facts = {
        **_about(held.partnership, held.payee, names), "amount": in_pounds(held.amount_pence),
        "owed": in_pounds(owed), "reason": held.reason,
    }  # fmt: skip
    if went_to:
        told = " and ".join(names.get(key, key) for key in went_to)
        facts["payee"] = f"{told}, in place of {facts['payee']}"
    about = f"clawback:{held.pk}"
    return [
        _draft("clawback_agreed", held.partnership, side, to, about, facts)
        for to in (held.payee, *went_to)
    ]


def _about(
    partnership: Partnership, payee: str, names: Mapping[str, str] | None = None
) -> dict[str, str]:
    found = payees.names_of([payee]) if names is None else names
    title = programmes.load(partnership.programme_id).as_at(partnership.starts_on).title
    return {"payee": found.get(payee, payee), "programme": title}


def _draft(
    kind: str, partnership: Partnership, side: str, payee: str, about: str, facts: dict[str, str]
) -> Draft:
    urn = partnership.partner_urn if side == "partner" else partnership.lead_urn
    if payee != payees.payee_of(partnership, side):
        # Paid in place of it, and no reader of its page: its own money says what was paid so.
        urn = payees.school_of(payee)
    path = reverse("school-money", kwargs={"urn": urn}) if urn else reverse("own-money")
    return Draft(kind=kind, about=about, organisation_key=payee, facts=facts, path=path)
