"""Addresses of imports."""

from django.urls import path

from schoolhubs.service.imports import views

urlpatterns = [
    path("imports", views.imports, name="imports"),
    path("imports/new", views.bring, name="import-new"),
    path("imports/<int:import_id>", views.one, name="import"),
    path("imports/<int:import_id>/undo", views.undo, name="import-undo"),
]
