"""Addresses of work."""

from django.urls import path

from schoolhubs.service.jobs import views

urlpatterns = [
    path("jobs", views.jobs, name="jobs"),
    path("jobs/<int:work_id>", views.job, name="job"),
    path("jobs/<int:work_id>/try-again", views.try_again, name="job-try-again"),
    path("jobs/<int:work_id>/set-aside", views.set_aside, name="job-set-aside"),
    path("jobs/<int:work_id>/file", views.product, name="job-file"),
]
