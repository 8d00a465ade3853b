"""Addresses of partnerships."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.partnerships.lapsing import views as lapsing
from schoolhubs.service.partnerships.office import views as office
from schoolhubs.service.partnerships.pages import lists, tracks, views

ONE = "programmes/<slug:programme_id>/schools/<urn:urn>"

urlpatterns = [
    path(f"{ONE}/match/accept", views.accept, name="match-accept"),
    path(f"{ONE}/match/does-not-work", views.object_, name="match-object"),
    path(f"{ONE}/match/further-year", views.more, name="match-more"),
    path("hub", lists.my_hub, name="my-hub"),
    path("partnerships", lists.my_partnerships, name="my-partnerships"),
    path("trust-tracks", tracks.trust_tracks, name="trust-tracks"),
    path("trust-tracks/<int:track_id>", tracks.trust_track, name="trust-track"),
    path("office/objections", office.objections, name="objections"),
    path("office/objections/<int:objection_id>", office.objection, name="objection"),
    path(
        "office/lapsed-proposals/<int:lapsed_id>",
        lapsing.lapsed_proposal,
        name="lapsed-proposal",
    ),
    path("office/further-years/<int:request_id>", office.extension, name="extension"),
    path(
        "office/intakes/<slug:programme_id>/<slug:cohort_id>/re-match",
        office.rematch,
        name="rematch",
    ),
    path(
        "office/hubs/<slug:programme_id>/<urn:lead_urn>/step-down",
        office.step_down,
        name="hub-step-down",
    ),
]
