"""Publishing a round: what it will do, why, and all of it or nothing."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.queries import names_of_people
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.matching import publishing
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.office.forms import PublishForm
from schoolhubs.service.matching.office.views import round_or_404
from schoolhubs.service.schools.queries import current_snapshot
from schoolhubs.vocabulary.errors import Conflict

MOST_NAMED = 50  # pairs that stand no longer, before the rest are counted


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.OFFICE_ADMINISTRATOR)
def publish(request: ActedRequest, round_id: int) -> HttpResponse:
    """Say what publishing a round will do; take the reason and the number, and publish it."""
    round_ = round_or_404(round_id)
    preview = publishing.preview(round_)
    is_sent, conflict = request.method == "POST", ""
    form = PublishForm(
        preview.n_proposed,
        request.POST if is_sent else None,
        initial={"replaces": preview.replaces},
    )
    if is_sent and not preview.broken and form.is_valid():
        try:
            return _ask(request, round_, form)
        except Conflict as error:
            conflict = str(error)
    current = current_snapshot()
    told = {
        "round": round_,
        "newer_register": current if current and current.pk != round_.snapshot_id else None,
        "title": programmes.load(round_.programme_id).title,
        "preview": preview,
        "most_named": MOST_NAMED,
        "form": form,
        "has_errors": is_sent,
        "conflict": conflict,
        "names": names_of_people(
            [preview.published.published_by] if preview.published else []
        ),
    }  # fmt: skip
    is_refused = bool(conflict or (is_sent and preview.broken))
    return render(request, "matching/publish.html", told, status=409 if is_refused else 200)


def _ask(request: ActedRequest, round_: Round, form: PublishForm) -> HttpResponse:
    """Hand the publication to a worker, unless another was published since the page was opened."""
    given = form.cleaned_data
    publishing.check_still(round_, publishing.published_of(round_), given["replaces"])
    order = {"round": round_.pk, "reason": given["reason"], "replaces": given["replaces"]}
    work = ask(
        "publish", order, by=request.actor.by, organisation=request.actor.organisation_key,
        at=clock.now(), place=request.path,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))
