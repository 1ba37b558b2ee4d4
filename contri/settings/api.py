"""The mobile API: DRF, its schema, tokens and cross-origin rules."""

from datetime import timedelta
from typing import Any

from contri.settings.environment import ENV

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["contri.core.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "contri.core.api.pagination.NewestFirst",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "contri.core.api.schema.ContriSchema",
    "EXCEPTION_HANDLER": "contri.core.api.problems.exception_handler",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}

# For calls that prove the session in the SQL call that moves the money.
BEARER_AUTHENTICATION = "accounts.api.authentication.TokenAuthentication"

SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Contri",
    "DESCRIPTION": "The API of a mobile app for ajo: rotating savings circles. Money is decimal strings of naira.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    # Names that clients are generated with: one for each set of values, not one for each serializer.
    "ENUM_NAME_OVERRIDES": {
        "UserRole": "accounts.models.Role",
        "MembershipRole": "circles.models.Role",
        "MembershipStatus": "circles.models.MembershipStatus",
        "CircleStatus": "circles.models.CircleStatus",
        "CycleStatus": "circles.models.CycleStatus",
        "ContributionStatus": "circles.models.ContributionStatus",
        "ContributionSource": "circles.models.Source",
        "BankAccountStatus": "wallets.models.BankAccount.Status",
        "TransactionStatus": "wallets.models.Transaction.Status",
        "TransactionType": "wallets.models.Transaction.Type",
    },
}

SIMPLE_JWT: dict[str, Any] = {
    "SIGNING_KEY": ENV.jwt_signing_key,
    "ALGORITHM": "HS256",
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "ISSUER": "contri",
}

CORS_ALLOWED_ORIGINS = list(ENV.cors_allowed_origins)
CORS_URLS_REGEX = r"^/api/"
CORS_EXPOSE_HEADERS = ["X-Request-ID", "Idempotent-Replayed", "Retry-After"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "idempotency-key", "x-pin-token", "x-request-id"]
