"""Addresses of hubs."""

from django.urls import path

from schoolhubs.service.network import views

urlpatterns = [path("programmes/<slug:programme_id>/hubs", views.hubs, name="hubs")]
