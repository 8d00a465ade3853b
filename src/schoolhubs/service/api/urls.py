"""Addresses of the API, and of the office's pages of its keys."""

from django.urls import include, path

from schoolhubs.service.api import interface, views
from schoolhubs.service.api.keys import views as keys

urlpatterns = [
    path("api", views.about, name="api"),
    path("api/v1/openapi.json", views.document, name="api-document"),
    path("api/v1/", include(interface.urlpatterns)),
    path("office/api-keys", keys.keys, name="api-keys"),
    path("office/api-keys/new", keys.new, name="api-key-new"),
    path("office/api-keys/<slug:prefix>", keys.key, name="api-key"),
]
