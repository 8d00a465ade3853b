"""The page of a partnership's terms, and the pages that lead to it."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor
from schoolhubs.service.accounts.queries import urns_of_trust
from schoolhubs.service.accounts.reach import SEE_EVERY_SCHOOL, is_of_match
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import DECIDERS, LEADS, PARTNER_SCHOOL, Role
from schoolhubs.service.milestones.models import Completion, Concern, ConcernState
from schoolhubs.service.milestones.page import told as seen
from schoolhubs.service.milestones.standing.together import together, with_milestones
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages.seen import may_ask_for_more, side_of
from schoolhubs.service.partnerships.pages.seen import names_of as names_of_schools
from schoolhubs.service.partnerships.telling import names_of

PARTNERS = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)
READERS = (*SEE_EVERY_SCHOOL, *PARTNERS, *LEADS)


@allow(*READERS)
@require_safe
def terms(request: ActedRequest, partnership_id: int) -> HttpResponse:
    """Show a partnership term by term: who does what by when, how long it takes, what is done."""
    actor, found = request.actor, partnership_read(request.actor, partnership_id)
    standing = next(iter(together([found], on=clock.day())), None)
    names = names_of([found.partner_urn, found.lead_urn])
    concerns = list(Concern.objects.filter(partnership=found).order_by("-pk"))
    may_act = found.state in ("agreed", "running")
    told = {
        "found": found,
        "standing": standing,
        "partner": names.side(found, "partner"),
        "lead": names.side(found, "lead"),
        "of_trust": seen.of_trust(found, on=clock.day()),
        "terms": seen.terms_seen(actor, standing) if standing else (),
        "roles": seen.role_totals(standing) if standing else (),
        "rests": list(found.rests.all()) if standing is None or standing.pauses else [],
        "concerns": concerns,
        "may_raise": may_act and may_raise(actor, found) and not _open(concerns),
        "may_rest": actor.holds(*DECIDERS) and found.is_live,
        "completion": _completion(found),
        "asked": (asked := getattr(found, "extensionrequest", None)),
        "may_ask": may_ask_for_more(actor, found, asked),
        "may_read_all": actor.holds(*SEE_EVERY_SCHOOL),
    }
    return render(request, "milestones/terms.html", told)


def partnership_read(actor: Actor, partnership_id: int) -> Partnership:
    """Give a partnership the actor may read; another's is as if it were not there."""
    rows = Partnership.objects.select_related("extends", "extensionrequest")
    found = get_object_or_404(rows, pk=partnership_id)
    refuse_others(actor, is_own=is_of_match(actor, found.partner_urn, found.lead_urn))
    return found


def may_raise(actor: Actor, found: Partnership) -> bool:
    """Tell whether an actor may raise a concern: the lead of the partnership, or the office."""
    return actor.holds(*DECIDERS) or side_of(actor, found) == "lead"


def _completion(found: Partnership) -> Completion | None:
    """Give what a partnership had come to as last kept; only one that ran to its end has any."""
    if found.state != "finished":
        return None
    return Completion.objects.filter(partnership=found).order_by("-number").first()


def _open(concerns: list[Concern]) -> bool:
    return any(each.state != ConcernState.SETTLED for each in concerns)


@allow(*PARTNERS, *LEADS)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Show the partnerships of one's schools with what comes next; a single one at once."""
    organisation = request.actor.organisation
    urns: list[str] = []
    if organisation is not None:
        urns = [organisation.urn] if organisation.urn else urns_of_trust(organisation)
    as_partner = urns if request.actor.holds(*PARTNERS) else []
    as_lead = urns if request.actor.holds(*LEADS) else []
    ours = with_milestones(as_partner, as_lead)
    if organisation is not None and organisation.urn:
        ours = [each for each in ours if not each.is_of_trusts]  # the trust's own affair
    if len(ours) == 1:
        return HttpResponseRedirect(reverse("terms", kwargs={"partnership_id": ours[0].pk}))
    names = names_of_schools({urn for each in ours for urn in (each.partner_urn, each.lead_urn)})
    on = clock.day()
    told = {
        "rows": [
            (each, seen.next_due(each), seen.half_days_left(each)) for each in together(ours, on=on)
        ],
        "names": names,
        "on": on,
        "is_lead": bool(as_lead),
    }
    return render(request, "milestones/partners.html", told)
