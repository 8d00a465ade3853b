"""Work under way and done: how far it is, what came of it, and what stopped it."""

import contextlib

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import OfAnother, allow
from schoolhubs.service.accounts.roles import OFFICE, Role
from schoolhubs.service.jobs import actions, kinds, queries
from schoolhubs.service.jobs.models import Product, State, Work
from schoolhubs.vocabulary.errors import Conflict


@allow(*OFFICE)
@require_safe
def jobs(request: HttpRequest) -> HttpResponse:
    """List the newest work, what was stopped first."""
    works = list(queries.latest(request.actor.organisation_key))  # type: ignore[attr-defined]
    return render(request, "jobs/jobs.html", {"works": works, "title_of": kinds.title_of})


@allow(*OFFICE)
@require_safe
def job(request: HttpRequest, work_id: int) -> HttpResponse:
    """Show one piece of work; the page renews itself until the work is finished."""
    work = _work(request, work_id)
    kind = kinds.KINDS.get(work.kind)
    may_mend = request.actor.holds(Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR)  # type: ignore[attr-defined]
    has_product = Product.objects.filter(work=work).exists()
    told = {
        "work": work,
        "title": kinds.title_of(work.kind),
        "has_product": has_product,
        "mend": kind.mend(work) if kind and may_mend and work.state == State.FAILED else "",
        "may_try_again": request.actor.holds(Role.OFFICE_ADMINISTRATOR),  # type: ignore[attr-defined]
    }
    return render(request, "jobs/job.html", told)


@allow(Role.OFFICE_ADMINISTRATOR)
@require_POST
def try_again(request: HttpRequest, work_id: int) -> HttpResponse:
    """Take up work that was stopped; taken up already, it is simply shown."""
    work, actor = _work(request, work_id), request.actor  # type: ignore[attr-defined]
    with contextlib.suppress(Conflict):
        actions.try_again(
            work, by=actor.by, organisation=actor.organisation_key, at=clock.now(), place="job"
        )
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))


@allow(Role.OFFICE_ADMINISTRATOR)
@require_POST
def set_aside(request: HttpRequest, work_id: int) -> HttpResponse:
    """Set work aside that was stopped; no longer stopped, it is simply shown."""
    work, actor = _work(request, work_id), request.actor  # type: ignore[attr-defined]
    with contextlib.suppress(Conflict):
        actions.set_aside(
            work, by=actor.by, organisation=actor.organisation_key, at=clock.now(), place="job"
        )
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))


@allow(*OFFICE)
@require_safe
def product(request: HttpRequest, work_id: int) -> HttpResponse:
    """Give the file that a piece of work made."""
    found = get_object_or_404(Product, work=_work(request, work_id))
    answer = HttpResponse(bytes(found.content), content_type=found.content_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, found.name) or ""
    return answer


def _work(request: HttpRequest, work_id: int) -> Work:
    """Give work the actor may see; another organisation's is as if it were not there."""
    work = Work.objects.filter(pk=work_id).first()
    if work is None:
        raise Http404
    if work.organisation not in {"", request.actor.organisation_key}:  # type: ignore[attr-defined]
        raise OfAnother(f"work {work_id}")
    return work
