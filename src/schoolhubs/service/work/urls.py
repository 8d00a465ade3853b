"""Address of the page that signing in leads to."""

from django.urls import path

from schoolhubs.service.work import views

urlpatterns = [path("work", views.work, name="work")]
