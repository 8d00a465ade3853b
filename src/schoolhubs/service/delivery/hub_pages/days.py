"""All days of a lead school's hub: one picture, one ledger a partner."""

import datetime
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.delivery import days as pure
from schoolhubs.pictures import Picture
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import LEADS
from schoolhubs.service.delivery import hubs, queries, reach
from schoolhubs.service.delivery.models import SupportDay
from schoolhubs.service.delivery.pages import files, paid_for, shown
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.partnerships.queries import of_the_day

VERDICTS = {
    "done": ("All given", "govuk-tag--green"), "on_track": ("On track", "govuk-tag--green"),
    "behind": ("Behind", "govuk-tag--yellow"), "overrun": ("No room left", "govuk-tag--red"),
}  # fmt: skip


@allow(*reach.HUB_READERS)
@require_safe
def days(request: ActedRequest, lead_urn: str) -> HttpResponse:
    """Show a hub's partners with their days, who has how much left, and what falls behind."""
    refuse_others(request.actor, is_own=reach.may_read_hub(request.actor, lead_urn))
    today = clock.day()
    found = hubs.partners_of(lead_urn, today)
    names = names_of({lead_urn, *(each.partner_urn for each in found)})
    held = queries.days_with(found)
    told = {
        "lead_urn": lead_urn,
        "lead": names.get(lead_urn, f"URN {lead_urn}"),
        "names": names,
        "is_lead": is_own_school(request.actor, lead_urn, *LEADS),
        "leaders": list(queries.leaders_of(lead_urn)),
        "partners": hubs.forecasts(found, held, names, today),
        "today": today, "in_days": pure.ledger.in_days, "verdicts": VERDICTS,
        "picture": _picture(found, held, names, today) if found else None,
    }  # fmt: skip
    return render(request, "delivery/hub.html", told)


@allow(*reach.HUB_READERS)
@require_safe
def download(request: ActedRequest, lead_urn: str, form: str) -> HttpResponse:
    """Give all days of a hub as a table, a workbook or a calendar."""
    refuse_others(request.actor, is_own=reach.may_read_hub(request.actor, lead_urn))
    found = list(hubs.partnerships_of(lead_urn, clock.day()))
    names = names_of({lead_urn, *(each.partner_urn for each in found)})
    ours = SupportDay.objects.filter(partnership__in=found).prefetch_related(queries.HELD)
    return files.taken_away(
        form, ours.select_related("partnership"), names, name=f"hub-{lead_urn}-days",
        title=f"Support days of {names.get(lead_urn, lead_urn)}", at=clock.now(),
    )  # fmt: skip


def _picture(
    found: Sequence[Partnership], held: dict[int, list[SupportDay]], names: dict[str, str],
    today: datetime.date,
) -> Picture:  # fmt: skip
    lanes = {names.get(each.partner_urn, each.partner_urn): held[each.pk] for each in found}
    return shown.picture_of_hub(
        lanes, hubs.ledger_of_hub(found, held), starts_on=min(each.starts_on for each in found),
        finishes_on=max(each.finishes_on for each in found), today=today,
        is_demo=settings.ENVIRONMENT.is_demo,
        paid=paid_for.paid_records([each.pk for each in found]),
    )  # fmt: skip


@allow(*SEE_EVERY_SCHOOL)
@require_safe
def every_hub(request: ActedRequest) -> HttpResponse:
    """Show the office every hub's days and which of them fall behind, those first."""
    today = clock.day()
    running = Partnership.objects.filter(state__in=HOLDS_A_PLACE, finishes_on__gt=today)
    found = of_the_day([each for each in running if queries.entitled_days(each)], today)
    names = names_of({urn for each in found for urn in (each.partner_urn, each.lead_urn)})
    told = hubs.by_hub(hubs.forecasts(found, queries.days_with(found), names, today), names)
    return render(request, "delivery/every_hub.html", {
        "hubs": told, "today": today, "in_days": pure.ledger.in_days, "verdicts": VERDICTS,
        "behind_by": pure.forecasting.behind_by_half_days(),
    })  # fmt: skip
