"""Addresses of calendars."""

from django.urls import URLPattern, path

from schoolhubs.service.calendars import views

urlpatterns: list[URLPattern] = [
    path("calendar-link", views.link, name="calendar-link"),
    path("calendar/<slug:secret>.ics", views.feed, name="calendar-feed"),
]
