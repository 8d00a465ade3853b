"""Registers the work list with Django, for the job that writes to people of what is due."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """What waits for whom, on a page and by letter. It keeps nothing of its own."""

    name = "schoolhubs.service.work"
    label = "work"
