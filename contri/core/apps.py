from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The floor that every app stands on."""

    name = "contri.core"
    label = "core"

    def ready(self) -> None:
        """Load the Celery application in every process: a shared task is sent through whichever one is loaded."""
        from contri import celery  # noqa: F401 - loading it is the point, and settings must come first
        from contri.core import figures, readings

        figures.register(*readings.FIGURES)
