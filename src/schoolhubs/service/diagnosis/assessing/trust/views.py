"""The pages on which a trust answers for many schools: one form, or one file."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service.accounts.actors import Actor, done_by
from schoolhubs.service.accounts.queries import urns_of_trust
from schoolhubs.service.accounts.rights import allow, refuse_others
from schoolhubs.service.accounts.roles import Role
from schoolhubs.service.diagnosis.assessing import actions, queries
from schoolhubs.service.diagnosis.assessing.trust.forms import ManyForm
from schoolhubs.service.diagnosis.assessing.trust.reading import read_answers
from schoolhubs.service.imports.uploads import FileOnDisk, takes_files_from
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.schools.models import School
from schoolhubs.service.schools.queries import current_snapshot, schools_of
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem
from schoolhubs.vocabulary.records.diagnosis.instrument import Instrument
from schoolhubs.vocabulary.words import counted

LABEL = "Trust"
MOST_SHOWN = 20
LARGEST_BYTES = 5_000_000


def _schools(request: HttpRequest, trust_id: str) -> list[School]:
    """Give the schools of the actor's own trust, by name; another's are as if not there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    organisation = actor.organisation
    refuse_others(actor, is_own=organisation is not None and organisation.uid == trust_id)
    snapshot = current_snapshot()
    if snapshot is None or organisation is None:
        raise Http404
    urns = urns_of_trust(organisation)
    return list(schools_of(snapshot).filter(urn__in=urns).order_by("name", "urn"))


def _for(schools: list[School], instrument_id: str) -> tuple[Instrument, list[School]]:
    """Give a self-assessment, and those of some schools that it is written for."""
    phases = {each.phase for each in schools}
    editions = {one.instrument_id: one for phase in phases for one in queries.editions_for(phase)}
    if instrument_id not in editions:
        raise Http404
    found = editions[instrument_id]
    return found, [each for each in schools if each.phase in found.phases]


@allow(Role.PARTNER_TRUST)
@require_safe
def overview(request: HttpRequest, trust_id: str) -> HttpResponse:
    """Show which self-assessments are written for schools of the trust, and how far each is."""
    schools = _schools(request, trust_id)
    phases = {each.phase for each in schools}
    editions = {one.instrument_id: one for phase in phases for one in queries.editions_for(phase)}
    held = queries.assessments_of([each.urn for each in schools])
    told = {
        "trust_id": trust_id,
        "editions": [
            (one, sum(each.phase in one.phases for each in schools))
            for _, one in sorted(editions.items())
        ],
        "schools": schools,
        "held": {each.urn: [one for one in held if one.urn == each.urn] for each in schools},
        "titles": {name: one.title for name, one in editions.items()},
    }
    return render(request, "diagnosis/trust.html", told)


@allow(Role.PARTNER_TRUST)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, trust_id: str, instrument_id: str) -> HttpResponse:
    """Ask every item once, for the schools that are ticked."""
    instrument, schools = _for(_schools(request, trust_id), instrument_id)
    is_sent = request.method == "POST"
    choices = [(each.urn, each.name) for each in schools]
    form = ManyForm(instrument, choices, request.POST if is_sent else None)
    told = _told(trust_id, instrument) | {"form": form, "has_errors": is_sent, "choices": choices}
    if not is_sent or not form.is_valid():
        return render(request, "diagnosis/trust_answer.html", told)
    try:
        done = actions.answer_many(instrument, form.of_each(), label=LABEL, **done_by(request))
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, _page(trust_id), form.typed())
    return _kept(request, trust_id, len(done))


@allow(Role.PARTNER_TRUST)
@takes_files_from(Role.PARTNER_TRUST)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, trust_id: str, instrument_id: str) -> HttpResponse:
    """Take a file with the answers of many schools; keep all of it, or tell what is wrong."""
    instrument, schools = _for(_schools(request, trust_id), instrument_id)
    told = _told(trust_id, instrument) | {"schools": schools}
    if request.method != "POST":
        return render(request, "diagnosis/trust_upload.html", told)
    given = next((each for each in request.FILES.values() if isinstance(each, FileOnDisk)), None)
    if getattr(request, "refused_upload", "") == "size" or (given and _is_large(given)):
        told["faults"] = ["The file is larger than any such answers: check which it is"]
        return render(request, "diagnosis/trust_upload.html", told, status=413)
    if given is None:
        told["faults"] = ["Choose the file of answers"]
        return render(request, "diagnosis/trust_upload.html", told)
    try:
        answers = read_answers(given.path.read_bytes(), urns={each.urn for each in schools})
        done = actions.answer_many(instrument, answers, label=LABEL, **done_by(request))
    except DataProblem as error:
        told["faults"] = [str(each) for each in error.problems[:MOST_SHOWN]]
        told["n_more"] = max(len(error.problems) - MOST_SHOWN, 0)
        return render(request, "diagnosis/trust_upload.html", told)
    except Conflict as error:
        return conflict(request, "Nothing was saved", error, _page(trust_id))
    return _kept(request, trust_id, len(done))


def _is_large(given: FileOnDisk) -> bool:
    return (given.size or 0) > LARGEST_BYTES


def _told(trust_id: str, instrument: Instrument) -> dict[str, Any]:
    return {"trust_id": trust_id, "instrument": instrument}


def _kept(request: HttpRequest, trust_id: str, n: int) -> HttpResponse:
    say_once(request, f"The trust’s answers are kept for {counted(n, 'school', 'schools')}.")
    return HttpResponseRedirect(_page(trust_id))


def _page(trust_id: str) -> str:
    return reverse("trust-self-assessment", kwargs={"trust_id": trust_id})
