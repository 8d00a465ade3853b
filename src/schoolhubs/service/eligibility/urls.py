"""Addresses of eligibility."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.eligibility import views
from schoolhubs.service.eligibility.applying import declaring
from schoolhubs.service.eligibility.applying import views as apply_views
from schoolhubs.service.eligibility.office import views as office_views

ONE = "applications/<slug:programme_id>/<urn:urn>"

urlpatterns = [
    path("eligibility", views.find, name="eligibility"),
    path("eligibility/<urn:urn>", views.school, name="eligibility-of-school"),
    path("office/applications", office_views.queue, name="queue"),
    path("office/applications/<slug:reference>", office_views.case, name="case"),
    path(
        "office/applications/<slug:reference>/decisions/<int:decision_id>/agree",
        office_views.agree,
        name="case-agree",
    ),
    path("applications", apply_views.mine, name="my-applications"),
    path(f"{ONE}", apply_views.tasks, name="application"),
    path(f"{ONE}/start", apply_views.start, name="application-start"),
    path(f"{ONE}/check", declaring.check, name="application-check"),
    path(f"{ONE}/sent", declaring.sent, name="application-sent"),
    path(f"{ONE}/leave/<slug:to>", declaring.leave, name="application-leave"),
    path(f"{ONE}/questions/<slug:step>", apply_views.question, name="application-question"),
]
