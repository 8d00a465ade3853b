"""Registers the audit log with Django."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The audit log."""

    name = "schoolhubs.service.audit"
    label = "audit"
