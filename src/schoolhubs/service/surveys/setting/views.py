"""A school's surveys, and a new one: what is fixed for good is shown before it is made."""

import uuid
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs import diagnosis
from schoolhubs.service import clock
from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.cohorts.office.forms import with_days
from schoolhubs.service.partnerships.queries import together_of
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.doing import making
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.surveys.results import asked, labels
from schoolhubs.service.surveys.setting import seen
from schoolhubs.service.surveys.setting.forms import SurveyForm, questionnaires
from schoolhubs.service.web.pages import say_once
from schoolhubs.vocabulary.errors import Conflict, UsageError

BY_FORM = (
    "instrument", "opens_on-day", "opens_on-month", "opens_on-year", "closes_on-day",
    "closes_on-month", "closes_on-year", "route", "is_supported", "asks_text",
    "safeguarding_lead", "pooled_with",
)  # fmt: skip


@allow(*reach.READERS)
@require_safe
def surveys(request: HttpRequest, urn: str) -> HttpResponse:
    """List a school's surveys, the newest wave first."""
    _, school = asked.school_read(request, urn)
    may_make = reach.may_make(request.actor, urn)  # type: ignore[attr-defined]
    # The lead of a hub is shown what is closed: an agreement opens scores, and nothing before.
    is_ours = reach.may_read(request.actor, urn)  # type: ignore[attr-defined]
    shown = queries.surveys_of(urn) if is_ours else queries.closed_surveys(urn)
    told = {"school": school, "may_make": may_make, "rows": [row(each) for each in shown]}
    return render(request, "surveys/surveys.html", told)


def row(survey: Survey) -> dict[str, Any]:
    """Give what a list says of a survey."""
    kept = queries.scores_of(survey)
    response = next(iter(kept.record["response"]), None) if kept else None
    return {
        "survey": survey,
        "title": queries.instrument_of(survey).title,
        "month": labels.month(survey.wave),
        "state": seen.state_said(survey),
        "response": response,
        "is_scored": kept is not None,
    }


@allow(*reach.MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, urn: str) -> HttpResponse:
    """Ask what the survey is to be, show what is fixed for good, and make it.

    What was chosen stands in the address of the page that shows it, and nowhere else.
    """
    school = seen.school_made(request, urn)
    given = request.POST if request.method == "POST" else request.GET
    is_given = request.method == "POST" or "instrument" in given
    leads = reach.safeguarding_leads(urn)
    poolable = [each for each in queries.closed_surveys(urn) if queries.is_poolable(each)]
    form = SurveyForm(
        with_days(given, "opens_on", "closes_on") if is_given else None, leads=leads,
        poolable=poolable, on=clock.day(),
    )  # fmt: skip
    together = together_of(urn, on=clock.day())
    programme_id = together.programme_id if together else ""
    told: dict[str, Any] = {
        "programme": seen.programme_said(programme_id),
        "school": school, "form": form, "leads": leads, "poolable": poolable,
        "questionnaires": questionnaires(), "has_errors": is_given and "change" not in given,
    }  # fmt: skip
    if not is_given or not form.is_valid() or "change" in given:
        return render(request, "surveys/new.html", told)
    design, chosen = _design(form.cleaned_data), [(n, given[n]) for n in BY_FORM if n in given]
    address = f"{reverse('survey-new', kwargs={'urn': urn})}?{urlencode(chosen)}"
    if request.method != "POST":
        told |= {"has_errors": False, "design": design, "hidden": chosen,
                 "change": f"{address}&change=yes", "month": labels.month(design.wave),
                 "reads": dict(leads).get(design.safeguarding_lead, "")}  # fmt: skip
        return render(request, "surveys/check.html", told)
    if given.get("sure") != "yes":
        return HttpResponseRedirect(address)
    try:
        survey = making.make(urn, design, programme_id=programme_id, **done_by(request))
    except (Conflict, UsageError) as error:
        form.add_error("instrument", str(error))
        return render(request, "surveys/new.html", told)
    say_once(request, "The survey is made. Nobody can answer it before you have made its codes.")
    return HttpResponseRedirect(reverse("survey", kwargs={"urn": urn, "survey_key": survey.pk}))


def _design(told: dict[str, Any]) -> making.Design:
    pooled = told["pooled_with"]
    return making.Design(
        instrument=diagnosis.instrument(told["instrument"]),
        wave=f"{told['opens_on']:%Y-%m}", route=told["route"], opens_on=told["opens_on"],
        closes_on=told["closes_on"], asks_text=told["asks_text"],
        safeguarding_lead=told["safeguarding_lead"], is_supported=told["is_supported"],
        pooled_with=uuid.UUID(pooled) if pooled else None,
    )  # fmt: skip
