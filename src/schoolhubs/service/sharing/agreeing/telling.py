"""What both schools are written about what they share."""

from django.urls import reverse

from schoolhubs.service.letters.drafts import Draft
from schoolhubs.service.partnerships.models import Side
from schoolhubs.service.partnerships.telling import names_of
from schoolhubs.service.sharing import terms
from schoolhubs.service.sharing.models import Agreement, AgreementState
from schoolhubs.service.web.pages import day

SIDES = (Side.PARTNER, Side.LEAD)


def proposed(made: Agreement) -> list[Draft]:
    """Draft for the school that has to answer a proposal."""
    return [_draft("sharing_proposed", made, _other(made.proposed_side))]


def answered(held: Agreement) -> list[Draft]:
    """Draft for the school that proposed what the other said."""
    is_agreed = held.state == AgreementState.AGREED
    kind = "sharing_agreed" if is_agreed else "sharing_declined"
    return [_draft(kind, held, Side(held.proposed_side))]


def withdrawn(held: Agreement) -> list[Draft]:
    """Draft for both schools that nothing is shared any more."""
    return [_draft("sharing_withdrawn", held, side) for side in SIDES]


def over(held: Agreement) -> list[Draft]:
    """Draft for both schools that an agreement came to its end."""
    return [_draft("sharing_over", held, side) for side in SIDES]


def _other(side: str) -> Side:
    return Side.LEAD if side == Side.PARTNER else Side.PARTNER


def _draft(kind: str, found: Agreement, side: Side) -> Draft:
    partnership = found.partnership
    urn, other = partnership.partner_urn, partnership.lead_urn
    if side == Side.LEAD:
        urn, other = other, urn
    names = names_of([urn, other])
    shared = ", ".join(terms.kinds()[each].title.lower() for each in found.kinds)
    facts = {
        "school": names.school(urn), "other": names.school(other), "shared": shared,
        "last": day(found.last_on),
    }  # fmt: skip
    return Draft(
        kind=kind, about=f"sharing:{found.pk}/{found.version}", organisation_key=f"school:{urn}",
        facts=facts, path=reverse("sharing", kwargs={"urn": partnership.partner_urn}),
    )  # fmt: skip
