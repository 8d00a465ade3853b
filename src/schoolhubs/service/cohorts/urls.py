"""Addresses of intakes."""

from django.urls import path

from schoolhubs.service.cohorts.office import views

ONE = "office/intakes/<slug:programme_id>/<slug:cohort_id>"

urlpatterns = [
    path("office/intakes", views.intakes, name="intakes"),
    path("office/intakes/<slug:programme_id>/propose", views.propose, name="intakes-propose"),
    path(f"{ONE}/window", views.intake, name="intake"),
    path(f"{ONE}/late", views.late, name="intake-late"),
    path(f"{ONE}/waiting", views.waiting, name="intake-waiting"),
]
