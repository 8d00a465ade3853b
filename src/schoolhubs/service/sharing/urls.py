"""Addresses of sharing."""

from django.urls import URLPattern, path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.sharing.agreeing import views

ONE = "schools/<urn:urn>/sharing/<int:agreement_id>"

urlpatterns: list[URLPattern] = [
    path("schools/<urn:urn>/sharing", views.sharing, name="sharing"),
    path("schools/<urn:urn>/sharing/propose", views.propose, name="sharing-propose"),
    path(f"{ONE}/answer", views.answer, name="sharing-answer"),
    path(f"{ONE}/withdraw", views.withdraw, name="sharing-withdraw"),
]
