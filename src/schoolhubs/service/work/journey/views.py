"""One school's task list, and how far each school of a trust is."""

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, resolve, reverse
from django.views.decorators.http import require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest, Actor
from schoolhubs.service.accounts.queries import urns_of_trust
from schoolhubs.service.accounts.reach import is_own_school
from schoolhubs.service.accounts.rights import allow, refuse_others, required
from schoolhubs.service.accounts.roles import PARTNER_SCHOOL, Role
from schoolhubs.service.diagnosis.assessing.queries import school_now
from schoolhubs.service.milestones.page.told import terms_seen
from schoolhubs.service.milestones.standing.together import Together, together
from schoolhubs.service.partnerships.models import HOLDS_A_PLACE, Partnership
from schoolhubs.service.partnerships.pages.seen import names_of
from schoolhubs.service.sharing.agreeing.reach import READERS, may_read
from schoolhubs.service.sharing.queries import agreement_for
from schoolhubs.service.work.journey import steps

OWN = (*PARTNER_SCHOOL, Role.PARTNER_TRUST)


@allow(*OWN)
@require_safe
def own(request: ActedRequest) -> HttpResponse:
    """Lead to the journey of one's school; a trust, to the list of its schools."""
    organisation = request.actor.organisation
    if organisation and organisation.urn:
        return HttpResponseRedirect(reverse("journey", kwargs={"urn": organisation.urn}))
    if organisation and organisation.uid:
        there = reverse("trust-journeys", kwargs={"trust_id": organisation.uid})
        return HttpResponseRedirect(there)
    raise Http404


@allow(*READERS)
@require_safe
def journey(request: ActedRequest, urn: str) -> HttpResponse:
    """Show the steps of a school from its match to the first review, with what is needed."""
    actor = request.actor
    refuse_others(actor, is_own=may_read(actor, urn))
    school = school_now(urn)
    way = steps.way_of(urn, on=clock.day())
    found = way.partnership
    rules = programmes.load(found.programme_id).as_at(found.starts_on) if found else None
    told = {
        "school": school,
        "way": way,
        "programme": rules.title if rules else "",
        "pathway": rules.pathway(found.pathway).name if rules and found else "",
        "lead": names_of([found.lead_urn]).get(found.lead_urn, "") if found else "",
        "steps": [(each, address_of(actor, urn, each)) for each in way.steps],
        "Reached": steps.Reached,
        "terms": terms_seen(actor, one) if (one := _standing(found)) else (),
    }
    return render(request, "work/journey.html", told)


def _standing(found: Partnership | None) -> Together | None:
    """Give how a school's partnership stands by its milestones; None where there is none."""
    is_held = found is not None and found.state in HOLDS_A_PLACE
    return next(iter(together([found], on=clock.day())), None) if found and is_held else None


def address_of(actor: Actor, urn: str, step: steps.Step) -> str:
    """Give where a step is done or read; blank where the actor has no right to the page.

    A lead opens what its partner shares by an agreement, and otherwise reads how far it is.
    """
    if not step.page or step.reached is steps.Reached.WAITS:
        return ""
    try:
        address = reverse(step.page, kwargs={"urn": urn})
    except NoReverseMatch:
        return ""
    needed = required(resolve(address).func)
    if needed is None or not needed.permit(actor):
        return ""
    is_ours = is_own_school(actor, urn, *OWN)
    if is_ours or step.page == "sharing":
        return address
    if not step.shared:
        found = steps.partnership_of(urn)
        return address if found is not None and found.state in HOLDS_A_PLACE else ""
    return address if agreement_for(actor, urn, step.shared, clock.day()) else ""


@allow(Role.PARTNER_TRUST)
@require_safe
def of_trust(request: ActedRequest, trust_id: str) -> HttpResponse:
    """Show every school of a trust, the step it is at, and since when; in no order of merit."""
    organisation = request.actor.organisation
    is_own = organisation is not None and organisation.uid == trust_id
    refuse_others(request.actor, is_own=is_own)
    assert organisation is not None
    urns = urns_of_trust(organisation)
    names = names_of(urns)
    on = clock.day()
    ways = [steps.way_of(urn, on=on) for urn in sorted(urns, key=lambda urn: names.get(urn, urn))]
    told = {"ways": ways, "names": names, "trust": organisation, "Reached": steps.Reached}
    return render(request, "work/journeys.html", told)
