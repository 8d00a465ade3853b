"""Registers delivery with Django."""

from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    """Support days and coaching of each partnership: planned, delivered, evidenced, agreed."""

    name = "schoolhubs.service.delivery"
    label = "delivery"
