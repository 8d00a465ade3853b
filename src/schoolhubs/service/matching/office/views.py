"""Rounds: the list of them, asking for one, one with its effect, and its pack."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import OFFICE, Role
from schoolhubs.service.jobs.actions import ask
from schoolhubs.service.matching import inputs
from schoolhubs.service.matching.models import Round
from schoolhubs.service.matching.office import queries
from schoolhubs.service.matching.office.forms import NewRoundForm
from schoolhubs.service.schools.models import RegisterSnapshot
from schoolhubs.service.schools.queries import current_snapshot

RUNNERS = (Role.OFFICE_CASEWORKER, Role.OFFICE_ADMINISTRATOR)
READERS = (*OFFICE, Role.AUDITOR)


@require_safe
@allow(*READERS)
def rounds(request: ActedRequest) -> HttpResponse:
    """List the rounds by programme and cohort, newest first."""
    ids = settings.ENVIRONMENT.programme_ids
    asked = request.GET.get("programme_id", "")
    found = queries.listed(
        ids, programme_id=asked if asked in ids else "", page=page_of(request)
    )  # fmt: skip
    told = {
        "found": found,
        "asked": asked,
        "titles": {each: programmes.load(each).title for each in ids},
        "may_run": request.actor.holds(*RUNNERS),
    }
    return render(request, "matching/rounds.html", told)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*RUNNERS)
def new(request: ActedRequest) -> HttpResponse:
    """Ask for a round by the rules in force."""
    snapshot = current_snapshot()
    if snapshot is None:
        raise Http404
    choices = [(each, programmes.load(each).title) for each in settings.ENVIRONMENT.programme_ids]
    is_sent = request.method == "POST"
    form = NewRoundForm(choices, request.POST if is_sent else None)
    if is_sent and form.is_valid():
        work = ask_round(request, {"programme_id": form.cleaned_data["programme_id"]}, snapshot)
        return HttpResponseRedirect(work)
    told = {
        "form": form,
        "snapshot": snapshot,
        "has_errors": is_sent,
        "given": {each: _given(each, snapshot) for each, _ in choices},
    }
    return render(request, "matching/new_round.html", told)


def _given(programme_id: str, snapshot: RegisterSnapshot) -> dict[str, object]:
    """Say what a round of a programme would be worked out from."""
    rules = programmes.load(programme_id).as_at(snapshot.on)
    return {
        "cohort_id": rules.cohort_id,
        "n_applications": inputs.taking_part(programme_id, rules.cohort_id).count(),
        "n_hubs": inputs.hubs_of(programme_id).count(),
    }


@require_safe
@allow(*READERS)
def one(request: ActedRequest, round_id: int) -> HttpResponse:
    """Show one round."""
    round_ = round_or_404(round_id)
    told = {
        "round": round_,
        "title": programmes.load(round_.programme_id).title,
        "may_run": request.actor.holds(*RUNNERS),
        "may_publish": request.actor.holds(Role.OFFICE_ADMINISTRATOR),
    }
    return render(request, "matching/round.html", told)


@require_POST
@allow(*OFFICE)
def pack(request: ActedRequest, round_id: int) -> HttpResponse:
    """Ask for a round's pack, to be taken away."""
    round_ = round_or_404(round_id)
    actor = request.actor
    work = ask(
        "export", {"round": round_.pk}, by=actor.by, organisation=actor.organisation_key,
        at=timezone.now(), place=request.path,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))


def ask_round(request: ActedRequest, order: dict[str, object], snapshot: RegisterSnapshot) -> str:
    """Ask for a round on a register; give the address of the page that shows how far it is."""
    work = ask(
        "round", {**order, "snapshot": snapshot.pk}, by=request.actor.by,
        organisation=request.actor.organisation_key, at=timezone.now(), place=request.path,
    )  # fmt: skip
    return reverse("job", kwargs={"work_id": work.pk})


def round_or_404(round_id: int) -> Round:
    """Give a round of a programme that the service runs."""
    found = queries.round_of(round_id)
    if found is None or found.programme_id not in settings.ENVIRONMENT.programme_ids:
        raise Http404
    return found


def page_of(request: HttpRequest) -> int:
    """Give the page asked for; the first where it is no number."""
    page = request.GET.get("page", "1")
    return int(page) if page.isdecimal() and len(page) < 7 else 1
