"""A survey in progress: who is asked, its days, opened, closed or withdrawn."""

import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from schoolhubs import diagnosis
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.imports.uploads import FileOnDisk, takes_files_from
from schoolhubs.service.partnerships.pages.views import conflict, version_of
from schoolhubs.service.schools.models import School
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.doing import closing, making
from schoolhubs.service.surveys.models import State, Survey
from schoolhubs.service.surveys.results import asked as results
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.surveys.rules import rule
from schoolhubs.service.surveys.scores import working
from schoolhubs.service.surveys.setting import seen
from schoolhubs.service.surveys.setting.forms import AskedForm, DaysForm, WithdrawForm
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, DataProblem, UsageError

MOST_BYTES = 200_000
MOST_SAID = 5


@allow(*reach.MAKERS)
@require_safe
def survey(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Show one survey: how far it is, what is left to do, what is fixed."""
    school, held = seen.made(request, urn, survey_key)
    leads = dict(reach.safeguarding_leads(urn))
    on = clock.day()
    told = {
        **_about(school, held),
        "questionnaire": queries.instrument_of(held),
        "state": seen.state_said(held),
        "programme": seen.programme_said(held.programme_id),
        "asked": seen.asked_said(held),
        "has_codes": seen.has_codes(held),
        "progress": seen.progress(held) if held.state == State.OPEN else None,
        "reads": leads.get(held.safeguarding_lead, held.safeguarding_lead),
        "is_overdue": results.overdue(held, on=on),
        "may_open": held.state == State.MADE and held.opens_on <= on <= held.closes_on,
        "is_over": held.state in queries.OVER,
        "is_stuck": seen.is_stuck(held),
    }
    return render(request, "surveys/survey.html", told)


def _about(school: School, held: Survey) -> dict[str, Any]:
    return {"school": school, "survey": held, "month": labels.month(held.wave)}


@allow(*reach.MAKERS)
@takes_files_from(*reach.MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Say how many people of each group are asked: typed, or in a file."""
    school, held = seen.made(request, urn, survey_key)
    posted = request.POST if request.method == "POST" else None
    initial = {f"n-{'-'.join(str(each[name]) for name in held.groups)}": each["n_asked"]
               for each in held.asked if set(held.groups) <= set(each)}  # fmt: skip
    form = AskedForm(
        posted, survey=held, instrument=queries.instrument_of(held), initial=initial
    )  # fmt: skip
    told = {**_about(school, held), "form": form, "has_errors": False, "file_errors": []}
    if request.method != "POST":
        return render(request, "surveys/asked.html", told)
    given = next((each for each in request.FILES.values() if isinstance(each, FileOnDisk)), None)
    if given is not None and given.size:
        people, faults = _read(given, held)
    else:
        people, faults = (form.asked, []) if form.is_valid() else ([], [])
    if not people:
        told |= {"has_errors": not faults, "file_errors": faults}
        return render(request, "surveys/asked.html", told)
    return _amend(request, held, {"asked": people}, "Who is asked is kept.")


def _read(given: FileOnDisk, held: Survey) -> tuple[list[dict[str, Any]], list[str]]:
    """Read who is asked from a file, as ``schoolhubs survey score --population`` does."""
    if (given.size or 0) > MOST_BYTES:
        return [], [f"The file must be {MOST_BYTES // 1_000} kilobytes or fewer"]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "asked.csv"
        path.write_bytes(given.path.read_bytes())
        try:
            found = diagnosis.scoring.read_population(path, urn=held.urn)
        except DataProblem as error:
            said = (" ".join(str(each).splitlines()) for each in error.problems[:MOST_SAID])
            return [], list(said)
    names = [name for name in held.groups if found[name].null_count() == 0]
    rows = found.group_by(names, maintain_order=True).agg(n_asked=found["n_asked"].sum())
    rows = found.select(*names, "n_asked") if names else rows
    people = [each for each in rows.to_dicts() if each["n_asked"]]
    if not names or not people:
        columns = ", ".join((*held.groups, "n_asked"))
        return [], [f"The file must have the columns {columns}, and somebody in it"]
    if (largest := max(each["n_asked"] for each in people)) > (most := rule("most_asked")):
        return [], [f"n_asked of one group is {largest:,} in the file; it must be {most:,} or less"]
    return people, []


@allow(*reach.MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Change the days of a survey, and who reads what pupils write."""
    school, held = seen.made(request, urn, survey_key)
    is_posted = request.method == "POST"
    posted = with_days(request.POST, "opens_on", "closes_on") if is_posted else None
    kept = {name: getattr(held, name) for name in ("opens_on", "closes_on", "safeguarding_lead")}
    leads = reach.safeguarding_leads(urn)
    form = DaysForm(posted, leads=leads, on=clock.day(), initial=kept)
    needs_lead = held.respondents == "pupils" and held.asks_text
    told = {**_about(school, held), "form": form, "needs_lead": needs_lead, "leads": leads,
            "has_errors": is_posted}  # fmt: skip
    if not is_posted or not form.is_valid():
        return render(request, "surveys/days.html", told)
    changed = dict(form.cleaned_data)
    if not needs_lead:
        del changed["safeguarding_lead"]
    return _amend(request, held, changed, "The days are kept.")


def _amend(request: HttpRequest, held: Survey, told: dict[str, Any], done: str) -> HttpResponse:
    return _act(
        request, held, done,
        lambda version: making.amend(held, version=version, told=told, **done_by(request)),
    )  # fmt: skip


@allow(*reach.MAKERS)
@require_POST
def open_(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Open a survey whose first day has come."""
    _, held = seen.made(request, urn, survey_key)
    if not seen.has_codes(held):
        return _refused(request, held, Conflict("Make codes first: nobody could answer."))
    return _act(
        request, held, "The survey is open.",
        lambda version: making.open_(held, version=version, **done_by(request)),
    )  # fmt: skip


@allow(*reach.MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Close a survey now, for good; its scores are worked out then."""
    school, held = seen.made(request, urn, survey_key)
    if request.method != "POST":
        told = {
            **_about(school, held),
            "progress": seen.progress(held),
            "questionnaire": queries.instrument_of(held),
            "again_on": making.month_after(held.wave),
        }
        return render(request, "surveys/close.html", told)

    def act(version: int) -> None:
        done = done_by(request)
        closed = closing.close(held, version=version, **done)
        working.ask_to_score(closed, **done)

    return _act(request, held, "The survey is closed. Its scores are being worked out.", act)


@allow(*reach.MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Withdraw a survey that nobody could answer yet."""
    school, held = seen.made(request, urn, survey_key)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" or not form.is_valid():
        told = {**_about(school, held), "form": form, "has_errors": request.method == "POST"}
        return render(request, "surveys/withdraw.html", told)
    reason = form.cleaned_data["reason"]
    return _act(
        request, held, "The survey is withdrawn.",
        lambda version: making.withdraw(held, version=version, reason=reason, **done_by(request)),
        typed=reason,
    )  # fmt: skip


def _act(
    request: HttpRequest, held: Survey, done: str, act: Callable[[int], Any], typed: str = ""
) -> HttpResponse:
    """Do it to the survey as it was looked at, and lead back to it; or say what stood against."""
    try:
        act(version_of(request))
    except (Conflict, UsageError) as error:
        return _refused(request, held, error, typed)
    say_once(request, done)
    return HttpResponseRedirect(_page(held))


def _refused(request: HttpRequest, held: Survey, error: Exception, typed: str = "") -> HttpResponse:
    return conflict(request, "Nothing was changed", Conflict(str(error)), _page(held), typed)


def _page(held: Survey) -> str:
    return reverse("survey", kwargs={"urn": held.urn, "survey_key": held.pk})
