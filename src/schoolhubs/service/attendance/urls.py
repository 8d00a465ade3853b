"""Addresses of a school's own marks."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.attendance.bringing import views as bringing
from schoolhubs.service.attendance.erasing import views as erasing
from schoolhubs.service.attendance.lead import views as lead

OF_SCHOOL = "schools/<urn:urn>/attendance"
OF_IMPORT = f"{OF_SCHOOL}/marks/<int:marks_import_id>"

urlpatterns = [
    path("attendance", lead.own, name="own-attendance"),
    path(OF_SCHOOL, lead.attendance, name="attendance"),
    path(f"{OF_SCHOOL}/<slug:table>.csv", lead.table, name="attendance-table"),
    path(f"{OF_SCHOOL}/erase", erasing.erase, name="marks-erase"),
    path(f"{OF_SCHOOL}/marks", bringing.bring, name="marks-bring"),
    path(f"{OF_IMPORT}/columns", bringing.say_columns, name="marks-columns"),
    path(f"{OF_IMPORT}/terms", bringing.say_terms, name="marks-terms"),
    path(OF_IMPORT, bringing.found, name="marks-found"),
    path(f"{OF_IMPORT}/result", bringing.result, name="marks-result"),
]
