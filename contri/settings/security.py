"""Keys, cookies, headers and sign-in."""

from datetime import timedelta

from csp.constants import NONE, SELF

from contri.settings.environment import ENV

SECRET_KEY = ENV.secret_key
PIN_PEPPER = ENV.pin_pepper
# Newest first; see contri.core.crypto and accounts.tokens.
OLD_PIN_PEPPERS = list(ENV.old_pin_peppers)
OLD_JWT_SIGNING_KEYS = list(ENV.old_jwt_signing_keys)
FIELD_ENCRYPTION_KEYS = list(ENV.field_encryption_keys)
ALLOWED_HOSTS = list(ENV.allowed_hosts)
TRUSTED_PROXY_COUNT = ENV.trusted_proxy_count
CSRF_TRUSTED_ORIGINS = [ENV.public_base_url]

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Seconds that a mailed key to reset a password is good for.
PASSWORD_RESET_TIMEOUT = 3600

# Allauth keeps addresses and their verification; sign-in itself goes through the API's own doors.
ACCOUNT_ADAPTER = "accounts.allauth_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_CONFIRMATION_EXPIRE_DAYS = 3
ACCOUNT_PREVENT_ENUMERATION = True

# Allauth also keeps which Google or Apple account signs whom in. An address alone never leads into an account: the
# adapter says, for each sign-in, whether it may (docs/adr/0051).
SOCIALACCOUNT_ADAPTER = "accounts.allauth_adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_STORE_TOKENS = False
# The staff desk: a second factor for everybody, kept encrypted; sessions that end.
MFA_ADAPTER = "contri.desk.mfa_adapter.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
# A touch is enough: the password was given before.
MFA_WEBAUTHN_USER_VERIFICATION = "discouraged"
MFA_TOTP_ISSUER = "Contri"
# A telephone's clock may be half a minute off.
MFA_TOTP_TOLERANCE = 1
STAFF_IDLE = timedelta(minutes=15)
STAFF_SESSION = timedelta(hours=12)
SESSION_COOKIE_AGE = int(STAFF_SESSION.total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Networks (CIDR) that the desk can be seen from; empty: from everywhere.
STAFF_NETWORKS = list(ENV.staff_networks)

# Whose ID tokens sign people in: the app's own client ids at each provider, and where its keys are published.
GOOGLE_CLIENT_IDS = list(ENV.google_client_ids)
GOOGLE_JWKS_URL = ENV.google_jwks_url
APPLE_CLIENT_IDS = list(ENV.apple_client_ids)
APPLE_JWKS_URL = ENV.apple_jwks_url

RATELIMIT_IP_META_KEY = "contri.core.client_address.client_address"
# Django's own RedisCache increments atomically; the check knows only other packages' backends.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]

# Every page: nothing inline, nothing from elsewhere. A name that a member typed can never become a script in front of
# staff. JSON needs none.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/api/v1/"],
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        # The QR code of the second factor is a picture in its address.
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = ENV.is_production
CSRF_COOKIE_SECURE = ENV.is_production
SECURE_SSL_REDIRECT = ENV.is_production
SECURE_HSTS_SECONDS = 31_536_000 if ENV.is_production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.is_production
SECURE_HSTS_PRELOAD = ENV.is_production
if ENV.trusted_proxy_count:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Bytes of a request body kept in memory; larger JSON has no business here.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
