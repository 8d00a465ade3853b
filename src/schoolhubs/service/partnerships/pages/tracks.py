"""Pages of the two-year track of trusts: for the trust, its lead trust and the office."""

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import Actor
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.partnerships.models import Partnership
from schoolhubs.service.partnerships.pages import two_years
from schoolhubs.service.partnerships.pages.seen import seen_one

TRUSTS = (Role.PARTNER_TRUST, Role.LEAD_TRUST)
ON_A_PAGE = 50


@allow(*TRUSTS, *two_years.READ_ALL)
@require_safe
def trust_tracks(request: HttpRequest) -> HttpResponse:
    """List the tracks of the actor's trust; every trust's for the office."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = request.GET.get("page", "1")
    page = Paginator(two_years.tracks_of(actor), ON_A_PAGE).get_page(asked)
    on = clock.day()
    told = {
        "page": page,
        "tracks": [
            (each, two_years.next_step(each.partnership, on=on))
            for each in two_years.tracks(page.object_list)
        ],
        "reads_all": actor.holds(*two_years.READ_ALL),
    }
    return render(request, "partnerships/tracks.html", told)


@allow(*TRUSTS, *two_years.READ_ALL)
@require_safe
def trust_track(request: HttpRequest, track_id: int) -> HttpResponse:
    """Show one track: its schools, its years and terms, what was agreed and what is next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    one = Partnership.objects.exclude(partner_trust_id="").filter(pk=track_id).first()
    if one is None:
        raise Http404
    refuse_others(actor, is_own=two_years.tracks_of(actor).filter(pk=one.pk).exists())
    on = clock.day()
    (track,) = two_years.tracks([one])
    names = {one.partner_urn: track.partner, one.lead_urn: track.lead}
    told = {
        "track": track,
        "terms": two_years.terms(one, on=on),
        "schools": two_years.schools_in(one),
        "next": two_years.next_step(one, on=on),
        "seen": seen_one(actor, one, names),
    }
    return render(request, "partnerships/track.html", told)
