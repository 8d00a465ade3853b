"""Registers accounts with Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their organisations and roles."""

    name = "schoolhubs.service.accounts"
    label = "accounts"
