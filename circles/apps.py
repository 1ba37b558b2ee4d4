from importlib import import_module

from django.apps import AppConfig


class CirclesConfig(AppConfig):
    """Circles: people who pay in every cycle and take turns with the pot."""

    name = "circles"

    def ready(self) -> None:
        """Listen to the apps below, and answer what they ask."""
        import_module("circles.receivers")
        import_module("circles.answers").register()
        import_module("circles.desk").register()
        import_module("circles.figures").register_figures()
