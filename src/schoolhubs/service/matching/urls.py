"""Addresses of matches."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.matching import views

urlpatterns = [
    path("programmes/<slug:programme_id>/schools/<urn:urn>/match", views.match, name="match")
]
