"""Addresses of attendance targets."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.targets.challenges import office as deciding
from schoolhubs.service.targets.challenges import views as challenging
from schoolhubs.service.targets.office import method
from schoolhubs.service.targets.office import views as office
from schoolhubs.service.targets.page import views
from schoolhubs.service.targets.setting import views as setting

urlpatterns = [
    path("attendance-targets", method.about, name="target-method"),
    path("attendance-targets/model-card.md", method.card, name="target-card"),
    path("attendance-targets/transparency-record.json", method.record, name="target-record"),
    path("target", views.own, name="own-target"),
    path("schools/<urn:urn>/target", views.school_target, name="school-target"),
    path(
        "schools/<urn:urn>/target/<slug:what>.csv", views.school_target_csv,
        name="school-target-csv",
    ),
    path(
        "schools/<urn:urn>/target/versions/<int:version>", views.school_target,
        name="school-target-version",
    ),
    path("schools/<urn:urn>/target/challenge", challenging.challenge, name="target-challenge"),
    path(
        "schools/<urn:urn>/target/challenges/<int:challenge_id>/withdraw", challenging.withdraw,
        name="target-challenge-withdraw",
    ),
    path("schools/<urn:urn>/target/goal", setting.goal, name="target-goal"),
    path("schools/<urn:urn>/target/issued-elsewhere", setting.issued, name="target-issued"),
    path("office/target-challenges", deciding.challenges, name="target-challenges"),
    path(
        "office/target-challenges/<int:challenge_id>", deciding.case, name="target-challenge-case"
    ),
    path("office/targets", office.targets, name="office-targets"),
    path("office/targets.csv", office.targets_csv, name="office-targets-csv"),
]  # fmt: skip
