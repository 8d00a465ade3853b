"""Addresses of surveys."""

from django.urls import path

from schoolhubs.service.surveys.answering import views as answering

urlpatterns = [
    path("surveys/answer", answering.enter, name="survey-enter"),
    path("surveys/answer/sent/<slug:questionnaire_id>", answering.sent, name="survey-sent"),
    path("surveys/answer/<slug:code>", answering.notice, name="survey-notice"),
    path("surveys/answer/<slug:code>/questions", answering.questions, name="survey-questions"),
]
