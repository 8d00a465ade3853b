"""Addresses of hubs."""

from django.urls import path

import schoolhubs.service.web.converters  # noqa: F401 - addresses hold <urn:urn>
from schoolhubs.service.network import views
from schoolhubs.service.network.lists import views as lists
from schoolhubs.service.network.office import views as office

urlpatterns = [
    path("programmes/<slug:programme_id>/hubs", views.hubs, name="hubs"),
    path("office/hubs", office.overview, name="office-overview"),
    # Before the programmes' own: no programme is called so.
    path("office/hubs/bring-in", lists.bring, name="hubs-bring"),
    path("office/hubs/bring-in/keep", lists.keep, name="hubs-keep"),
    path("office/hubs/<slug:programme_id>", office.hubs, name="office-hubs"),
    path("office/hubs/<slug:programme_id>/<urn:lead_urn>", office.hub, name="office-hub"),
]
