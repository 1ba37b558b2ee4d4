"""What Contri is made of: apps, middleware, templates, URLs and language."""

import sys
from pathlib import Path
from typing import Any

from contri.settings.environment import ENV

BASE_DIR = Path(__file__).resolve().parent.parent.parent

STAGE = ENV.stage
PUBLIC_BASE_URL = ENV.public_base_url
DEBUG = False

# As an app daphne only lends `runserver` its sockets, and loading it takes a sixth of any command's start.
RUNSERVER = ["daphne"] if "runserver" in sys.argv[1:2] else []

INSTALLED_APPS = [
    *RUNSERVER,
    # Django's admin, with our site in it.
    "contri.desk.apps.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "channels",
    "django_celery_beat",
    "contri.core",
    "contri.backups",
    "notifications",
    "accounts",
    "wallets",
    "circles",
    "webhooks",
    "contri.demo",
    "contri.simulation",
    # Last: its roles refer to the permissions of all others.
    "contri.desk",
]

MIDDLEWARE = [
    "contri.core.middleware.CallContextMiddleware",
    "contri.core.request_log.RequestLogMiddleware",
    "contri.probes.ProbesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "contri.core.middleware.ProblemMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "contri.desk.door.StaffDoorMiddleware",
]

ROOT_URLCONF = "contri.urls"
WSGI_APPLICATION = "contri.wsgi.application"
ASGI_APPLICATION = "contri.asgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

LANGUAGE_CODE = "en-gb"
# Stored and sent in UTC; what people see in days is Africa/Lagos (contri.core.moments).
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
# Served from the packages they come in, everywhere: a few files of the admin and the docs page need no build step.
WHITENOISE_USE_FINDERS = True
# Whoever serves looks at all files once, when it starts. A test's client starts for a request or two.
WHITENOISE_AUTOREFRESH = STAGE == "test"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
