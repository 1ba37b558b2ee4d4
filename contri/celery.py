"""The Celery application: `celery -A contri worker`, `celery -A contri beat`."""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging, worker_init, worker_process_shutdown
from django.conf import settings
from prometheus_client.multiprocess import mark_process_dead

from contri.core.metrics import SHARED_FOLDER

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")

app = Celery("contri", task_cls="contri.core.calls:CalledTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_alone(**_: object) -> None:
    """Django's LOGGING holds for workers and the beat, too; with a receiver here Celery sets up none of its own."""


@worker_init.connect
@beat_init.connect
def offer_counts(**_: object) -> None:
    """Workers and the beat have no web server: Prometheus asks them at a port of their own."""
    from contri.core.exposition import counts_on_port

    if settings.METRICS_PORT:
        counts_on_port(settings.METRICS_PORT)


@worker_process_shutdown.connect
def forget_process(pid: int | None = None, **_: object) -> None:
    """A child that ended holds no socket and no task any more."""
    if pid is not None and SHARED_FOLDER in os.environ:
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
