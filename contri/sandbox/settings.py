"""Django settings of the sandbox: one application, one SQLite file, no users and no sessions."""

import logging
import secrets

from contri.sandbox.environment import current

DEBUG = False
# Nothing is signed with it: the sandbox has no sessions, cookies or logins.
SECRET_KEY = secrets.token_hex()
# Only names of this machine, so that no web page can reach the sandbox through a name of its own (DNS rebinding).
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INSTALLED_APPS = ["contri.sandbox"]
MIDDLEWARE = [
    "django.middleware.common.CommonMiddleware",
    "contri.sandbox.same_origin.same_origin_only",
    "contri.sandbox.policy.nothing_inline",
]
ROOT_URLCONF = "contri.sandbox.urls"
WSGI_APPLICATION = "contri.sandbox.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": current().data / "sandbox.sqlite3",
        "OPTIONS": {
            # Writers queue up at BEGIN instead of failing half-way with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "Africa/Lagos"


def _has_an_exception(record: logging.LogRecord) -> bool:
    return record.exc_info is not None


LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(message)s"}},
    # A 500 or 502 that a fault asked for is no news; one with an exception behind it is.
    "filters": {"accidents": {"()": "django.utils.log.CallbackFilter", "callback": _has_an_exception}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "loggers": {
        "sandbox": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "django.server": {"handlers": ["console"], "level": "CRITICAL", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "filters": ["accidents"], "propagate": False},
    },
}
