"""What payees are written about money: a declaration returned, a payment made, a clawback."""

from collections.abc import Iterable, Mapping

from django.urls import reverse

from schoolhubs import programmes
from schoolhubs.service.funding import payees, queries
from schoolhubs.service.funding.models import Declaration
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
    names = payees.names_of({each.payee for each in found})
    return [
        _draft(
            "payment_made", each.partnership, each.award.declaration.side, each.payee,
            f"payment:{each.pk}",
            {
                **_about(each.partnership, each.payee, names),
                "amount": in_pounds(each.sent_pence), "reference": each.reference,
                "on": day(each.paid_on), "taken": _taken(each),
            },
        )
        for each in found
    ]  # fmt: skip


def _taken(payment: Payment) -> str:
    if not payment.taken_pence:
        return "Nothing was taken off it."
    return f"{in_pounds(payment.taken_pence)} was taken off it for money that has to come back."


def clawed_back(held: Clawback) -> list[Draft]:
    """Draft for the payee of a clawback that was agreed: what gives first, and what is a debt."""
    owed = queries.outstanding([held]).get(held.pk, 0)
    side = "partner" if held.payee == payees.payee_of(held.partnership, "partner") else "lead"
    facts = {
        **_about(held.partnership, held.payee), "amount": in_pounds(held.amount_pence),
        "owed": in_pounds(owed), "reason": held.reason,
    }  # fmt: skip
    about = f"clawback:{held.pk}"
    return [_draft("clawback_agreed", held.partnership, side, held.payee, about, facts)]


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
    return Draft(
        kind=kind, about=about, organisation_key=payee, facts=facts,
        path=reverse("school-money", kwargs={"urn": urn}),
    )  # fmt: skip
