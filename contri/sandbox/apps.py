"""Registers the sandbox as the one application of its own small Django project."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    """The sandbox's tables and templates."""

    name = "contri.sandbox"
    label = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"
