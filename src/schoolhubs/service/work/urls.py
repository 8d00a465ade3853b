"""Addresses of the page that signing in leads to, and of the journey of a school."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.work import views
from schoolhubs.service.work.hub import views as hub
from schoolhubs.service.work.journey import views as journey

urlpatterns = [
    path("work", views.work, name="work"),
    path("hubs/<urn:lead_urn>/today", hub.today, name="hub-today"),
    path("journey", journey.own, name="own-journey"),
    path("schools/<urn:urn>/journey", journey.journey, name="journey"),
    path("trusts/<trust:trust_id>/journeys", journey.of_trust, name="trust-journeys"),
]
