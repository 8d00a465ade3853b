"""Addresses of diagnosis."""

from django.urls import URLPattern, path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.diagnosis.assessing import views as assessing

ONE = "schools/<urn:urn>/self-assessment/<int:assessment_id>"

urlpatterns: list[URLPattern] = [
    path("self-assessment", assessing.own, name="own-self-assessment"),
    path("schools/<urn:urn>/self-assessment", assessing.overview, name="self-assessments"),
    path(
        "schools/<urn:urn>/self-assessment/begin/<slug:instrument_id>", assessing.begin,
        name="self-assessment-begin",
    ),
    path(ONE, assessing.one, name="self-assessment"),
    path(f"{ONE}/sections/<slug:section>", assessing.section, name="self-assessment-section"),
    path(f"{ONE}/name", assessing.name, name="self-assessment-name"),
    path(f"{ONE}/finish", assessing.finish, name="self-assessment-finish"),
    path(f"{ONE}/restart", assessing.restart, name="self-assessment-restart"),
    path(f"{ONE}/answers.csv", assessing.answers_csv, name="self-assessment-csv"),
]  # fmt: skip
