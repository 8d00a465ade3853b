"""Programme pages, open to everyone: all their words come from the definitions."""

import datetime

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from schoolhubs import programmes as definitions
from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.matching.queries import newest_published
from schoolhubs.service.programmes import printing, queries
from schoolhubs.service.programmes.forms import TwoDays


@allow(public=True)
@require_safe
def programmes(request: HttpRequest) -> HttpResponse:
    """List the programmes: those the service runs, then those it only tells of."""
    today = clock.day()
    told = {
        "run_here": [(each, each.as_at(today)) for each in queries.run_here()],
        "others": [(each, each.as_at(today)) for each in queries.others()],
    }
    return render(request, "programmes/programmes.html", told)


@allow(public=True)
@require_safe
def programme(request: HttpRequest, programme_id: str) -> HttpResponse:
    """Tell one programme whole: the same words as its brochure."""
    found = _found(programme_id)
    told = {
        "programme": found,
        "brochure": definitions.brochure(found, clock.day()),
        "has_map": newest_published(programme_id) is not None,
    }
    return render(request, "programmes/programme.html", told)


@allow(public=True)
@require_safe
def changes(request: HttpRequest, programme_id: str) -> HttpResponse:
    """Say what changed in a programme between two days."""
    found = _found(programme_id)
    later = clock.day()
    # 28 February stands in for 29 February, which the year before does not have.
    earlier = datetime.date(later.year - 1, later.month, min(later.day, 28))
    form = TwoDays(request.GET or None, initial={"earlier": earlier, "later": later})
    is_asked = form.is_bound and form.is_valid()
    told = {
        "programme": found,
        "form": form,
        "has_errors": form.is_bound and not is_asked,
        "days": (form.cleaned_data["earlier"], form.cleaned_data["later"]) if is_asked else None,
    }
    if is_asked:
        days = form.cleaned_data
        told["changes"] = definitions.compare(found, days["earlier"], days["later"])
    return render(request, "programmes/changes.html", told)


@allow(public=True)
@require_safe
def brochure(request: HttpRequest, programme_id: str) -> HttpResponse:  # noqa: ARG001
    """Give the brochure as an accessible PDF; the programme's page says the same."""
    found = _found(programme_id)
    issued_by = settings.ENVIRONMENT.service_name
    printed = printing.pdf(found, clock.day(), issued_by=issued_by)
    answer = HttpResponse(printed, content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{found.programme_id}.pdf"'
    return answer


def _found(programme_id: str) -> definitions.Programme:
    found = queries.programme(programme_id)
    if found is None:
        raise Http404
    return found
