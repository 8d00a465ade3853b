"""Rounds: the list of them, asking for one, and one's pack."""

import dataclasses
from collections.abc import Iterator, Mapping

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import programmes
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import ActedRequest
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.accounts.roles import OFFICE, Role
from schoolhubs.service.cohorts.queries import rules_to_match
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
    offered = {each.value: each for each in _offered(snapshot)}
    is_sent = request.method == "POST"
    form = NewRoundForm(
        [(each.value, each.title) for each in offered.values()], request.POST if is_sent else None
    )
    if is_sent and form.is_valid():
        chosen = offered[form.cleaned_data["cohort"]]
        order = {"programme_id": chosen.programme_id, "cohort_id": chosen.cohort_id}
        return HttpResponseRedirect(ask_round(request, order, snapshot))
    told = {"form": form, "snapshot": snapshot, "has_errors": is_sent, "offered": offered}
    return render(request, "matching/new_round.html", told)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """One cohort that a round can be run for, and what it would be worked out from."""

    programme_id: str
    cohort_id: str
    title: str
    n_applications: int
    n_hubs: int

    @property
    def value(self) -> str:
        """What its choice on the page sends."""
        return f"{self.programme_id}/{self.cohort_id}"


def _offered(snapshot: RegisterSnapshot) -> Iterator[Offered]:
    """Give the cohorts that have applications, and of each programme the one that is next."""
    for programme_id in settings.ENVIRONMENT.programme_ids:
        counts = inputs.by_cohort(programme_id)
        upcoming = rules_to_match(
            programme_id, register_on=snapshot.on, on=clock.day()
        )  # fmt: skip
        for cohort_id in sorted({upcoming.cohort_id, *counts}, reverse=True):
            yield Offered(
                programme_id=programme_id, cohort_id=cohort_id, title=upcoming.title,
                n_applications=counts.get(cohort_id, 0),
                n_hubs=inputs.hubs_of(programme_id).count(),
            )  # fmt: skip


@require_POST
@allow(*OFFICE)
def pack(request: ActedRequest, round_id: int) -> HttpResponse:
    """Ask for a round's pack, to be taken away."""
    round_ = round_or_404(round_id)
    actor = request.actor
    work = ask(
        "export", {"round": round_.pk}, by=actor.by, organisation=actor.organisation_key,
        at=clock.now(), place=request.path,
    )  # fmt: skip
    return HttpResponseRedirect(reverse("job", kwargs={"work_id": work.pk}))


def ask_round(
    request: ActedRequest, order: Mapping[str, object], snapshot: RegisterSnapshot
) -> str:
    """Ask for a round on a register; give the address of the page that shows how far it is."""
    work = ask(
        "round", {**order, "snapshot": snapshot.pk}, by=request.actor.by,
        organisation=request.actor.organisation_key, at=clock.now(), place=request.path,
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
