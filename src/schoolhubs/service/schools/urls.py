"""Addresses of schools."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.schools import views

urlpatterns = [
    path("schools/<urn:urn>", views.school, name="school"),
    path("schools/<urn:urn>/absence.csv", views.absence, name="school-absence"),
    path("schools/<urn:urn>/among-schools", views.among_schools, name="school-among"),
    path(
        "schools/<urn:urn>/among-schools.csv",
        views.among_schools_csv,
        {"what": "schools"},
        name="school-among-schools",
    ),
    path(
        "schools/<urn:urn>/among-schools-limits.csv",
        views.among_schools_csv,
        {"what": "limits"},
        name="school-among-limits",
    ),
    path("trusts/<trust:trust_id>/absence", views.trust_absence, name="trust-absence"),
    path("trusts/<trust:trust_id>/absence.csv", views.trust_absence_csv, name="trust-absence-csv"),
]
