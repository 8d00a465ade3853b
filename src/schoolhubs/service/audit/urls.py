"""Addresses of the audit log."""

from django.urls import path

from schoolhubs.service.audit.page import views

urlpatterns = [
    path("audit", views.log, name="audit"),
    path("audit/check", views.check, name="audit-check"),
]
