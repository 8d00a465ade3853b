"""Addresses of milestones, of concerns, and of what is stuck."""

from django.urls import path

from schoolhubs.service.milestones.concerns import views as concerns
from schoolhubs.service.milestones.page import views as pages
from schoolhubs.service.milestones.stuck import views as stuck

urlpatterns = [
    path("terms", pages.own, name="own-terms"),
    path("partnerships/<int:partnership_id>/terms", pages.terms, name="terms"),
    path("partnerships/<int:partnership_id>/concern", concerns.new, name="concern-new"),
    path("partnerships/<int:partnership_id>/rest", concerns.rest, name="partnership-rest"),
    path("concerns/<int:concern_id>", concerns.concern, name="concern"),
    path("stuck", stuck.stuck, name="stuck"),
    path("stuck.<slug:kind>", stuck.stuck_file, name="stuck-file"),
]
