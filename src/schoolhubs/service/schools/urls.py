"""Addresses of schools."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.schools import views

urlpatterns = [
    path("schools/<urn:urn>", views.school, name="school"),
    path("schools/<urn:urn>/absence.csv", views.absence, name="school-absence"),
]
