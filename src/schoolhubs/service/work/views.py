"""The page that signing in leads to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.work import queries


@allow(signed_in=True)
@require_safe
def work(request: ActedRequest) -> HttpResponse:
    """Show what waits for the person, their schools' stages, and what there is to look at."""
    actor = request.actor
    told = {
        "work": queries.work_of(actor, on=clock.day()),
        "may_do": [role.meaning for role in sorted(actor.roles)],
    }
    return render(request, "work/work.html", told)
