"""What Contri says about itself: log lines and error reports."""

from typing import Any

from contri.settings.environment import ENV

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"crashes": {"()": "contri.core.request_log.CrashFilter"}},
    "formatters": {
        "json": {"()": "contri.core.logs.json_lines"},
        "readable": {"()": "contri.core.logs.readable_lines"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "json" if ENV.is_production else "readable"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # contri.core.request_log has one line for every request, contri.core.calls one for every task.
        "django.request": {"level": "ERROR", "filters": ["crashes"]},
        "daphne": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}

# Whoever has it may read /metrics; empty: nobody.
METRICS_TOKEN = ENV.metrics_token
# Where workers and the beat offer what they count; 0: nowhere.
METRICS_PORT = ENV.metrics_port

# Where traces go; empty: nowhere, and nothing is traced.
TRACES_ENDPOINT = ENV.traces_endpoint

if ENV.sentry_dsn:
    # Imported here: loading Sentry takes a fifteenth of any command's start.
    from contri.core.error_reports import report_errors_to

    report_errors_to(ENV.sentry_dsn, stage=ENV.stage)
