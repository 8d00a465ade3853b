"""Addresses of figures for those who look on."""

from django.urls import path

from schoolhubs.service.reporting import views

urlpatterns = [
    path("local-authority", views.own_authority, name="own-authority"),
    path("local-authority/<slug:la_code>", views.authority, name="authority"),
    path("evaluation/figures", views.figures, name="figures"),
]
