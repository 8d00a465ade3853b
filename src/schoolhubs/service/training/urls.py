"""Addresses of training."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.training.finishing import views as finishing
from schoolhubs.service.training.leading import views as leading
from schoolhubs.service.training.library import views as library
from schoolhubs.service.training.sessions import views as sessions
from schoolhubs.service.training.shown import views as shown

SCHOOL = "schools/<urn:urn>/training"
LEADER = f"{SCHOOL}/leaders/<int:school_leader_id>"
SESSION = "training/sessions/<int:session_id>"
HUB = "hubs/<urn:lead_urn>/training"

urlpatterns = [
    path("training", shown.own, name="own-training"),
    path("training/sessions", sessions.sessions, name="training-sessions"),
    path("training/sessions/new", sessions.plan, name="training-session-new"),
    path(SESSION, sessions.session, name="training-session"),
    path(f"{SESSION}/record", sessions.record, name="training-session-record"),
    path(f"{SESSION}/cancel", sessions.cancel, name="training-session-cancel"),
    path("training/declared/<int:completion_id>", finishing.settle, name="training-settle"),
    path(SCHOOL, shown.school, name="school-training"),
    path(f"{SCHOOL}.<slug:ending>", shown.school_file, name="school-training-file"),
    path(f"{SCHOOL}/leaders/new", leading.new, name="training-leader-new"),
    path(LEADER, leading.change, name="training-leader"),
    path(f"{LEADER}/left", leading.leave, name="training-leader-left"),
    path(f"{SCHOOL}/sessions/<int:session_id>", sessions.sign_up, name="training-sign-up"),
    path(f"{SCHOOL}/declare/<slug:module>", finishing.declare, name="training-declare"),
    path(
        f"{SCHOOL}/certificates/<int:certificate_id>.pdf", finishing.certificate,
        name="training-certificate",
    ),
    path("certificates", finishing.check, name="certificate-check"),
    path(HUB, shown.hub, name="hub-training"),
    path(f"{HUB}.<slug:ending>", shown.hub_file, name="hub-training-file"),
    path("resources", library.resources, name="resources"),
    path("resources.<slug:ending>", library.resources_file, name="resources-file"),
    path("resources/<slug:resource_id>", library.resource, name="resource"),
    path("schools/<urn:urn>/resources", library.for_school, name="school-resources"),
    path(
        "schools/<urn:urn>/resources/<slug:resource_id>/used", library.use, name="resource-use",
    ),
    path("office/training", shown.office, name="office-training"),
    path("office/training.<slug:ending>", shown.office_file, name="office-training-file"),
]  # fmt: skip
