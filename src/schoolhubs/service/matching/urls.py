"""Addresses of matches and rounds."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.matching.office import deciding, effects
from schoolhubs.service.matching.office import views as office
from schoolhubs.service.matching.office.what_if import trying
from schoolhubs.service.matching.page import views

urlpatterns = [
    path("programmes/<slug:programme_id>/schools/<urn:urn>/match", views.match, name="match"),
    path("office/rounds", office.rounds, name="rounds"),
    path("office/rounds/new", office.new, name="round-new"),
    path("office/rounds/<int:round_id>", effects.one, name="round"),
    path("office/rounds/<int:round_id>/what-if", trying.what_if, name="round-what-if"),
    path("office/rounds/<int:round_id>/pack", office.pack, name="round-pack"),
    path("office/rounds/<int:round_id>/publish", deciding.publish, name="round-publish"),
]
