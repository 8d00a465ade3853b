"""What is printed: codes, once; and the letter to parents with the privacy notice."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs.service.accounts.actors import done_by
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.partnerships.pages.views import conflict
from schoolhubs.service.surveys import queries, reach
from schoolhubs.service.surveys.doing import making
from schoolhubs.service.surveys.models import Route
from schoolhubs.service.surveys.results import labels
from schoolhubs.service.surveys.setting import seen
from schoolhubs.service.surveys.setting.forms import CodesForm
from schoolhubs.vocabulary.errors import Conflict


@allow(*reach.MAKERS)
@require_http_methods(["GET", "HEAD", "POST"])
def codes(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Make codes, and show them this once to be printed: only keyed hashes of them are kept."""
    school, held = seen.made(request, urn, survey_key)
    is_sent, made_before = request.method == "POST", queries.codes_made(held)
    form = CodesForm(
        request.POST if is_sent else None, route=held.route, n_made=made_before.n_codes,
        n_asked=sum(int(each["n_asked"]) for each in held.asked),
    )  # fmt: skip
    told = {
        "school": school, "survey": held, "month": labels.month(held.wave), "form": form,
        "has_errors": form.is_bound and not form.is_valid(), "made_before": made_before,
        "is_by_class": held.route == Route.CLASS_CODES,
        "questionnaire": queries.instrument_of(held),
    }  # fmt: skip
    try:
        # A page that is loaded again sends the same once more: it makes no second set.
        if is_sent and request.POST.get("n_sets", "0") != str(made_before.n_sets):
            raise Conflict(making.MADE_MEANWHILE)
        if not is_sent or not form.is_valid():
            return render(request, "surveys/codes.html", told)
        made = making.invite(
            held, len(form.names), n_sets=made_before.n_sets, replaces=form.replaces,
            **done_by(request),
        )  # fmt: skip
    except Conflict as error:
        page = reverse("survey-codes", kwargs={"urn": urn, "survey_key": held.pk})
        typed = request.POST.get("classes", "")
        return conflict(request, "No codes were made", error, page, typed)
    told["sheet"] = list(zip(form.names, made, strict=True))
    told["enter"] = request.build_absolute_uri(reverse("survey-enter"))
    answer = render(request, "surveys/sheet.html", told)
    # A code lets somebody in: no browser keeps the page.
    answer.headers["Cache-Control"] = "no-store"
    return answer


@allow(*reach.MAKERS)
@require_safe
def letter(request: HttpRequest, urn: str, survey_key: uuid.UUID) -> HttpResponse:
    """Give the privacy notice, and for parents the letter, in the questionnaire's own words."""
    school, held = seen.made(request, urn, survey_key)
    told = {
        "school": school, "survey": held, "month": labels.month(held.wave),
        "questionnaire": queries.instrument_of(held),
    }  # fmt: skip
    return render(request, "surveys/letter.html", told)
