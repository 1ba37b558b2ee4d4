"""The Celery application: `celery -A contri worker`, `celery -A contri beat`."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")

app = Celery("contri", task_cls="contri.core.calls:CalledTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """Django's LOGGING holds for workers and the beat, too; with a receiver here Celery sets up none of its own."""
