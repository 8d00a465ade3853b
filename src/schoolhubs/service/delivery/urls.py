"""Addresses of delivery."""

from django.urls import URLPattern, path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.delivery.hub_pages import days, people, proposals
from schoolhubs.service.delivery.pages import coaching, single, views

ONE = "partnerships/<int:partnership_id>/days"
DAY = "support-days/<int:day_id>"
HUB = "hubs/<urn:lead_urn>/days"

urlpatterns: list[URLPattern] = [
    path(ONE, views.days, name="support-days"),
    path(f"{ONE}/plan", views.plan, name="support-day-plan"),
    path(f"{ONE}/record", views.record, name="support-day-record"),
    path(f"{ONE}/record/check", views.check, name="support-day-check"),
    path(f"{ONE}.<slug:form>", views.download, name="support-days-file"),
    path(DAY, single.day, name="support-day"),
    path(f"{DAY}/recorded", single.recorded, name="support-day-recorded"),
    path(f"{DAY}/invitation.ics", single.file, name="support-day-file"),
    path(f"{DAY}/move", single.move, name="support-day-move"),
    path(f"{DAY}/cancel", single.cancel, name="support-day-cancel"),
    path(f"{DAY}/missed", single.miss, name="support-day-missed"),
    path(f"{DAY}/answer", single.answer, name="support-day-answer"),
    path(f"{DAY}/settle", single.settle, name="support-day-settle"),
    path(HUB, days.days, name="hub-days"),
    path(f"{HUB}.<slug:form>", days.download, name="hub-days-file"),
    path(f"{HUB}/leaders", people.leaders, name="hub-leaders"),
    path(f"{HUB}/leaders/<int:leader_id>", people.leader, name="hub-leader"),
    path(f"{HUB}/proposal", proposals.proposal, name="hub-proposal"),
    path(f"{HUB}/proposal/<int:proposal_id>", proposals.accept, name="hub-proposal-accept"),
    path("office/support-days", days.every_hub, name="every-hub-days"),
    path(f"{ONE}/coaching", coaching.coaching, name="coaching"),
    path(f"{ONE}/coaching/end", coaching.end, name="coaching-end"),
    path("term-dates/<urn:urn>", people.term_dates, name="term-dates"),
]
