"""What only those do who may declare: check and send an application, withdraw it, put it off."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.cohorts import queries as windows
from schoolhubs.service.eligibility import actions
from schoolhubs.service.eligibility.applying import pages as applying
from schoolhubs.service.eligibility.applying.leaving import LEAVING, LeaveForm
from schoolhubs.service.eligibility.applying.renewed import renewed_since
from schoolhubs.service.eligibility.applying.saying import in_words
from schoolhubs.service.eligibility.applying.views import DECLARERS, READERS, asked, stands
from schoolhubs.service.eligibility.forms import shown_version
from schoolhubs.service.eligibility.models import Application
from schoolhubs.service.partnerships import actions as partnerships
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem

REGISTER_RENEWED = (
    "The school register was renewed while you had this page open, so nothing was sent. Read what "
    "it says now, and send again"
)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*DECLARERS)
def check(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Show every answer and the school's facts; on declaring, send the application."""
    found = asked(request, programme_id, urn)
    application = found.application
    if application is None:
        raise Http404
    if application.state != "draft":
        return stands(request, found, application)
    told = {
        "asked": found,
        "answers": in_words(found.rules, application, phase=found.school.phase),
        "missing": applying.unanswered(
            found.rules, application.pathways, application.answers, phase=found.school.phase
        ),
        "renewed": renewed_since(application.begun_at, found.school, found.snapshot),
        "error": "",
    }
    if request.method != "POST":
        return render(request, "eligibility/check.html", told)
    if request.POST.get("declared") != "yes":
        told |= {
            "error": "Confirm that the answers are true and agreed by the headteacher",
            "has_errors": True,
        }
        return render(request, "eligibility/check.html", told)
    if request.POST.get("register") != str(found.snapshot.pk):
        # What is declared must be what was read: the facts below are not those of that page.
        told |= {"error": REGISTER_RENEWED, "has_errors": True}
        return render(request, "eligibility/check.html", told, status=409)
    try:
        actions.submit(
            application, found.rules, found.snapshot, version=shown_version(request),
            at=clock.now(), place=request.path, **found.who,
        )  # fmt: skip
    except (Conflict, DataProblem) as error:
        application.refresh_from_db()
        if application.state != "draft":
            return stands(request, found, application)
        told |= {"error": str(error), "has_errors": True}
        return render(request, "eligibility/check.html", told, status=409)
    address = reverse("application-sent", kwargs={"programme_id": programme_id, "urn": urn})
    return HttpResponseRedirect(address)


@require_safe
@allow(*READERS)
def sent(request: HttpRequest, programme_id: str, urn: str) -> HttpResponse:
    """Confirm, with the reference and what happens next."""
    found = asked(request, programme_id, urn)
    if found.application is None or found.application.submitted_at is None:
        raise Http404
    return render(request, "eligibility/sent.html", {"asked": found})


@require_http_methods(["GET", "HEAD", "POST"])
@allow(*DECLARERS)
def leave(request: HttpRequest, programme_id: str, urn: str, to: str) -> HttpResponse:
    """Withdraw or defer, with a reason."""
    found = asked(request, programme_id, urn)
    if found.application is None or to not in LEAVING:
        raise Http404
    form = LeaveForm(
        list(windows.later_intakes(found.application, on=clock.day()))
        if to == "deferred"
        else None,
        request.POST if request.method == "POST" else None,
    )
    told = {"asked": found, "to": to, "words": LEAVING[to], "form": form, "conflict": ""}
    if request.method != "POST":
        return render(request, "eligibility/leave.html", told)
    if not form.is_valid():
        told["has_errors"] = True
        return render(request, "eligibility/leave.html", told)
    try:
        partnerships.leave(
            found.application, to, **form.cleaned_data, version=shown_version(request),
            at=clock.now(), place=request.path, **found.who,
        )  # fmt: skip
    except Conflict as error:
        told |= {"conflict": str(error), "has_errors": True}
        return render(request, "eligibility/leave.html", told, status=409)
    left = f"The application {found.application.reference} of {found.school.name}"
    say_once(request, f"{left} {_gone(found.application, form.cleaned_data.get('cohort_id', ''))}")
    return HttpResponseRedirect(reverse("my-applications"))


def _gone(application: Application, cohort_id: str) -> str:
    """Say what became of an application that was withdrawn, or put off to a cohort."""
    if not cohort_id:
        return "is withdrawn."
    intake = windows.intake_of(application.programme_id, cohort_id)
    named = f"the {intake.title.lower()}" if intake else "a later intake"
    return f"is put off to {named}. It comes back by itself when that intake opens."
