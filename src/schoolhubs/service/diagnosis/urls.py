"""Addresses of diagnosis."""

from django.urls import URLPattern, path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.diagnosis.assessing import views as assessing
from schoolhubs.service.diagnosis.assessing.trust import views as trust
from schoolhubs.service.diagnosis.day import views as day
from schoolhubs.service.diagnosis.findings import views as findings
from schoolhubs.service.diagnosis.returning import views as returning

ONE = "schools/<urn:urn>/self-assessment/<int:assessment_id>"
TRUST = "trusts/<trust:trust_id>/self-assessment"
DAY, FINDINGS = "schools/<urn:urn>/diagnostic-day", "schools/<urn:urn>/findings"

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
    path(TRUST, trust.overview, name="trust-self-assessment"),
    path(f"{TRUST}/<slug:instrument_id>", trust.answer, name="trust-self-assessment-answer"),
    path(
        f"{TRUST}/<slug:instrument_id>/upload", trust.upload, name="trust-self-assessment-upload"
    ),
    path(f"{ONE}/answers.csv", assessing.answers_csv, name="self-assessment-csv"),
    path(DAY, day.day, name="diagnostic-day"),
    path(f"{DAY}/prepare", day.prepare, name="diagnostic-day-prepare"),
    path(f"{DAY}/see", day.see, name="diagnostic-day-see"),
    path(f"{DAY}/take-back", day.take_back, name="diagnostic-day-take-back"),
    path(f"{DAY}/barriers/<slug:root_cause>", day.barrier, name="diagnostic-day-barrier"),
    path(
        "schools/<urn:urn>/behaviour-return", returning.behaviour_return, name="behaviour-return"
    ),
    path(
        "schools/<urn:urn>/behaviour-return.csv", returning.behaviour_csv,
        name="behaviour-return-csv",
    ),
    path(FINDINGS, findings.findings, name="findings"),
    path(f"{FINDINGS}/confirm", findings.confirm, name="findings-confirm"),
    path(f"{FINDINGS}/draft/<str:file>", findings.draft_file, name="findings-draft-file"),
    path(f"{FINDINGS}/<int:diagnosis_id>", findings.kept, name="findings-kept"),
    path(
        f"{FINDINGS}/<int:diagnosis_id>/<str:file>", findings.kept_file, name="findings-kept-file"
    ),
]  # fmt: skip
