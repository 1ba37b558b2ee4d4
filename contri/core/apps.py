from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    """The floor that every app stands on."""

    name = "contri.core"
    label = "core"

    def ready(self) -> None:
        """Load the Celery application in every process: a shared task is sent through whichever one is loaded."""
        from contri import celery  # noqa: F401 - loading it is the point, and settings must come first
        from contri.core import figures, readings

        figures.register(*readings.FIGURES)
        if settings.TRACES_ENDPOINT:
            # Loaded where it is wanted only.
            from contri.core.tracing import trace_to

            trace_to(settings.TRACES_ENDPOINT, stage=settings.STAGE)
