"""Registers partnerships with Django."""

from django.apps import AppConfig


class PartnershipsConfig(AppConfig):
    """Who works with which hub: proposed, answered, agreed, running, over."""

    name = "schoolhubs.service.partnerships"
    label = "partnerships"
