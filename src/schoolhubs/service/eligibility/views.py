"""Is my school eligible? Open to everyone, without signing in."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.eligibility import queries
from schoolhubs.service.eligibility.forms import FindSchool
from schoolhubs.service.schools import queries as schools
from schoolhubs.service.schools.models import School


@allow(public=True)
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find a school by name, URN or postcode."""
    snapshot = schools.current_snapshot()
    form = FindSchool(request.GET or None)
    found = []
    if snapshot and form.is_valid():
        found = schools.find(snapshot, form.cleaned_data["q"])
    told = {
        "form": form,
        "snapshot": snapshot,
        "found": found,
        "most_found": schools.MOST_FOUND,
        "has_errors": bool(form.is_bound and form.errors),
    }
    return render(request, "eligibility/find.html", told)


@allow(public=True)
@require_safe
def school(request: HttpRequest, urn: str) -> HttpResponse:
    """Answer for one school on every pathway, rule by rule, with the hubs nearest to it."""
    snapshot = schools.current_snapshot()
    if snapshot is None:
        raise Http404
    try:
        one = schools.schools_of(snapshot).get(urn=urn)
    except School.DoesNotExist:
        raise Http404 from None
    told = {"school": one, "snapshot": snapshot, "answers": queries.answers(snapshot, one)}
    return render(request, "eligibility/school.html", told)
