"""Addresses of surveys."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.surveys.answering import views as answering
from schoolhubs.service.surveys.results import trust, words
from schoolhubs.service.surveys.results import views as results
from schoolhubs.service.surveys.setting import printing, running
from schoolhubs.service.surveys.setting import views as setting

SCHOOL = "schools/<urn:urn>/surveys"
SURVEY = f"{SCHOOL}/<uuid:survey_key>"

urlpatterns = [
    path("surveys/answer", answering.enter, name="survey-enter"),
    path("surveys/answer/sent/<slug:questionnaire_id>", answering.sent, name="survey-sent"),
    path("surveys/answer/<slug:code>", answering.notice, name="survey-notice"),
    path("surveys/answer/<slug:code>/questions", answering.questions, name="survey-questions"),
    path("surveys", trust.own, name="own-surveys"),
    path("surveys/what-pupils-wrote", words.named, name="own-survey-words"),
    path(SCHOOL, setting.surveys, name="surveys"),
    path(f"{SCHOOL}/new", setting.new, name="survey-new"),
    path(SURVEY, running.survey, name="survey"),
    path(f"{SURVEY}/asked", running.asked, name="survey-asked"),
    path(f"{SURVEY}/days", running.days, name="survey-days"),
    path(f"{SURVEY}/open", running.open_, name="survey-open"),
    path(f"{SURVEY}/close", running.close, name="survey-close"),
    path(f"{SURVEY}/withdraw", running.withdraw, name="survey-withdraw"),
    path(f"{SURVEY}/codes", printing.codes, name="survey-codes"),
    path(f"{SURVEY}/letter", printing.letter, name="survey-letter"),
    path(f"{SURVEY}/results", results.results, name="survey-results"),
    path(f"{SURVEY}/results/<slug:what>", results.file, name="survey-file"),
    path(f"{SURVEY}/words", words.words, name="survey-words"),
]
