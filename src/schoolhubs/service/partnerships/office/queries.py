"""What waits for the office: objections, requests for a further year, and how old each is."""

import dataclasses
import datetime

from django.core.paginator import Page, Paginator
from django.utils import timezone

from schoolhubs.service.partnerships.lapsing.queries import to_propose_again
from schoolhubs.service.partnerships.models import ExtensionRequest, Objection, Partnership
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.reasons import in_words

ON_A_PAGE = 50


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One objection: who said it of whom, why, and how many days it has waited."""

    objection: Objection
    partner: str
    lead: str
    reasons: list[str]
    n_days: int


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One page of objections, the requests for a further year that wait, and what has lapsed."""

    rows: list[Row]
    page: Page[Objection]
    requests: list[tuple[ExtensionRequest, str, str]]
    lapsed: list[tuple[Partnership, str, str]]
    n_lapsed: int


def listed(*, state: str, page: int, at: datetime.datetime) -> Listed:
    """Give one page of the objections in a state, oldest first; blank for every state."""
    objections = Objection.objects.select_related("partnership").order_by("made_at", "pk")
    if state:
        objections = objections.filter(state=state)
    shown = Paginator(objections, ON_A_PAGE).get_page(page)
    requests = list(
        ExtensionRequest.objects.filter(state="asked").select_related("partnership").order_by("pk")
    )
    gone = list(to_propose_again()[:ON_A_PAGE])
    beside = [each.partnership for each in shown] + [each.partnership for each in requests] + gone
    names = names_of({urn for one in beside for urn in (one.partner_urn, one.lead_urn)})
    return Listed(
        rows=[_row(each, names, at) for each in shown],
        page=shown,
        requests=[
            (
                each,
                names.get(each.partnership.partner_urn, each.partnership.partner_urn),
                names.get(each.partnership.lead_urn, each.partnership.lead_urn),
            )
            for each in requests
        ],
        lapsed=[
            (
                each,
                names.get(each.partner_urn, each.partner_urn),
                names.get(each.lead_urn, each.lead_urn),
            )
            for each in gone
        ],
        n_lapsed=to_propose_again().count() if len(gone) == ON_A_PAGE else len(gone),
    )


def row_of(objection: Objection, at: datetime.datetime) -> Row:
    """Give one objection with the names of both schools."""
    beside = objection.partnership
    return _row(objection, names_of([beside.partner_urn, beside.lead_urn]), at)


def _row(objection: Objection, names: dict[str, str], at: datetime.datetime) -> Row:
    beside = objection.partnership
    until = objection.decided_at or at
    return Row(
        objection=objection,
        partner=names.get(beside.partner_urn, f"URN {beside.partner_urn}"),
        lead=names.get(beside.lead_urn, f"URN {beside.lead_urn}"),
        reasons=in_words(objection.reasons),
        n_days=(timezone.localdate(until) - timezone.localdate(objection.made_at)).days,
    )
