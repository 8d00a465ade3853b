"""Pages to answer on. They read no session, set no cookie, and leave no line in any log.

Forms carry no token against requests from other sites: nobody is signed in here, so there is
nothing that another site could borrow. Whoever has a code may answer, from wherever.
"""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from schoolhubs import diagnosis
from schoolhubs.service import clock
from schoolhubs.service.accounts.rights import allow
from schoolhubs.service.surveys.answering.forms import FORM, TEXT, AnswersForm
from schoolhubs.service.surveys.answering.words import languages, read_in, words
from schoolhubs.service.surveys.doing import answering
from schoolhubs.service.surveys.models import Survey
from schoolhubs.service.surveys.rules import rule
from schoolhubs.service.surveys.sealing import codes
from schoolhubs.vocabulary.errors import DataProblem
from schoolhubs.vocabulary.records.diagnosis.instrument import ENGLISH

LANGUAGE = "lang"


@csrf_exempt
@allow(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Ask for a code, and lead on to its survey."""
    typed, said = request.POST.get("code", ""), words()
    if request.method == "POST":
        if answering.survey_of(typed, on=clock.day()):
            return HttpResponseRedirect(reverse("survey-notice", kwargs={"code": _plain(typed)}))
        told = {"words": said, "typed": typed, "error": said["unknown_code"], "has_errors": True}
        return render(request, "surveys/answering/enter.html", told)
    return render(request, "surveys/answering/enter.html", {"words": said, "typed": ""})


@allow(public=True)
@require_safe
def notice(request: HttpRequest, code: str) -> HttpResponse:
    """Say before the first question what becomes of an answer."""
    survey = answering.survey_of(code, on=clock.day())
    if survey is None:
        return _no_survey(request)
    told = _told(request, survey)
    told |= {"code": code, "is_supported": survey.is_supported}
    return render(request, "surveys/answering/notice.html", told)


@csrf_exempt
@allow(public=True)
@require_http_methods(["GET", "HEAD", "POST"])
def questions(request: HttpRequest, code: str) -> HttpResponse:
    """Show the questions, and take the answers."""
    survey, is_sent = answering.survey_of(code, on=clock.day()), request.method == "POST"
    form = request.POST.get(FORM) or codes.new_form()
    if survey is None:
        return _sent_before(request, form) if is_sent else _no_survey(request)
    told = _told(request, survey)
    asked = AnswersForm(
        survey, told["instrument"], told["words"], request.POST if is_sent else None
    )
    if is_sent and asked.is_valid():
        said = asked.answered(told["language"])
        try:
            answering.answer(code, said, form=form, on=clock.day())
        except answering.NotLetIn:
            return _no_survey(request, is_sent=True)
        return _sent(told)
    told |= {"code": code, "asked": asked, "parts": asked.parts(), "form_key": form}
    told |= {"has_errors": is_sent, "typed": request.POST.get(TEXT, "")}
    told |= {"longest_text": rule("longest_text"), "text_errors": asked.errors.get(TEXT, [])}
    return render(request, "surveys/answering/questions.html", told)


@allow(public=True)
@require_safe
def sent(request: HttpRequest, questionnaire_id: str) -> HttpResponse:
    """Thank whoever answered; the page is the same for everybody."""
    try:
        instrument = diagnosis.instrument(questionnaire_id)
    except DataProblem as error:
        raise Http404 from error
    if instrument.kind != "survey":
        raise Http404
    language = request.GET.get(LANGUAGE, ENGLISH)
    survey = Survey(instrument_id=questionnaire_id, instrument_version=instrument.version)
    told = _told(request, survey) if language != ENGLISH else {}
    told = {"instrument": instrument, "words": words(), "language": ENGLISH, **told}
    return render(request, "surveys/answering/sent.html", told)


def _told(request: HttpRequest, survey: Survey) -> dict[str, Any]:
    instrument, said = read_in(survey, request.GET.get(LANGUAGE, ENGLISH))
    others = {code: name for code, name in languages(survey).items() if code != instrument.language}
    return {
        "survey": survey, "instrument": instrument, "words": said,
        "language": instrument.language, "other_languages": others,
    }  # fmt: skip


def _sent(told: dict[str, Any]) -> HttpResponse:
    at = reverse("survey-sent", kwargs={"questionnaire_id": told["instrument"].instrument_id})
    asked = f"?{LANGUAGE}={told['language']}" if told["language"] != ENGLISH else ""
    return HttpResponseRedirect(at + asked)


def _sent_before(request: HttpRequest, form: str) -> HttpResponse:
    """Thank for a form that is in already: a link that is good once is gone by then."""
    instrument_id = answering.taken_before(form)
    if instrument_id is None:
        return _no_survey(request, is_sent=True)
    return HttpResponseRedirect(reverse("survey-sent", kwargs={"questionnaire_id": instrument_id}))


def _no_survey(request: HttpRequest, *, is_sent: bool = False) -> HttpResponse:
    told = {"words": words(), "is_sent": is_sent}
    return render(request, "surveys/answering/no_survey.html", told, status=404)


def _plain(typed: str) -> str:
    """Give a code as it stands in an address: its letters alone."""
    return "".join(each for each in typed.upper() if each in rule("alphabet"))
