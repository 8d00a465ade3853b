"""Registers diagnosis with Django."""

from django.apps import AppConfig


class DiagnosisConfig(AppConfig):
    """Self-assessment, the diagnostic day, and findings with their evidence."""

    name = "schoolhubs.service.diagnosis"
    label = "diagnosis"
