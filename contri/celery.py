"""The Celery application: `celery -A contri worker`, `celery -A contri beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")

app = Celery("contri")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
