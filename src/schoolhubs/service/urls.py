"""Every address of the service: one line an app."""

from django.urls import include, path

from schoolhubs.service import metrics
from schoolhubs.service.web import errors

urlpatterns = [
    path("", include("schoolhubs.service.web.urls")),
    path("", include("schoolhubs.service.accounts.urls")),
    path("", include("schoolhubs.service.work.urls")),
    path("", include("schoolhubs.service.eligibility.urls")),
    path("", include("schoolhubs.service.programmes.urls")),
    path("", include("schoolhubs.service.schools.urls")),
    path("", include("schoolhubs.service.network.urls")),
    path("", include("schoolhubs.service.matching.urls")),
    path("", include("schoolhubs.service.reporting.urls")),
    path("", include("schoolhubs.service.cohorts.urls")),
    path("", include("schoolhubs.service.partnerships.urls")),
    path("", include("schoolhubs.service.jobs.urls")),
    path("", include("schoolhubs.service.clock.urls")),
    path("", include("schoolhubs.service.imports.urls")),
    path("", include("schoolhubs.service.attendance.urls")),
    path("", include("schoolhubs.service.letters.urls")),
    path("", include("schoolhubs.service.targets.urls")),
    path("", include("schoolhubs.service.sharing.urls")),
    path("", include("schoolhubs.service.surveys.urls")),
    path("", include("schoolhubs.service.diagnosis.urls")),
    path("", include("schoolhubs.service.plans.urls")),
    path("", include("schoolhubs.service.delivery.urls")),
    path("", include("schoolhubs.service.events.urls")),
    path("", include("schoolhubs.service.training.urls")),
    path("", include("schoolhubs.service.funding.urls")),
    path("", include("schoolhubs.service.milestones.urls")),
    path("", include("schoolhubs.service.audit.urls")),
    path("", include("schoolhubs.service.api.urls")),
    path("", include("schoolhubs.service.calendars.urls")),
    path("metrics", metrics.metrics, name="metrics"),
]

handler400 = errors.bad_request
handler403 = errors.not_permitted
handler404 = errors.not_found
handler500 = errors.our_fault
