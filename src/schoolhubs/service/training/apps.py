"""Registers training with Django."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Training modules, completion and certificates; the library of resources."""

    name = "schoolhubs.service.training"
    label = "training"
