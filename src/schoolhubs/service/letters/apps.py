"""Registers letters with Django."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """Letters, and how each is sent once."""

    name = "schoolhubs.service.letters"
    label = "letters"
