"""Addresses of the programme pages."""

from django.urls import path

from schoolhubs.service.programmes import views

urlpatterns = [
    path("programmes", views.programmes, name="programmes"),
    path("programmes/<slug:programme_id>", views.programme, name="programme"),
    path("programmes/<slug:programme_id>/changes", views.changes, name="programme-changes"),
    path("programmes/<slug:programme_id>/brochure.pdf", views.brochure, name="brochure"),
]
