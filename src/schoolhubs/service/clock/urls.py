"""The address of the demonstration's clock."""

from django.urls import path

from schoolhubs.service.clock import views

urlpatterns = [path("clock", views.forward, name="clock")]
