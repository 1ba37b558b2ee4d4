"""What production refuses to start with, though it would work."""

from urllib.parse import urlsplit

from contri.env.environment import Environment
from contri.env.reading import MINIMUM_SECRET_LENGTH

WEAK_SECRETS = ("changeme", "secret", "insecure", "example", "password")


def production_faults(environment: Environment) -> list[str]:
    """What is weak, unencrypted, or meant for trying out only, a line each."""
    secrets = {
        "SECRET_KEY": environment.secret_key,
        "JWT_SIGNING_KEY": environment.jwt_signing_key,
        "PIN_PEPPER": environment.pin_pepper,
    }
    faults = [f"{name} is a weak secret" for name, value in secrets.items() if _is_weak(value)]
    if len(set(secrets.values()) - {""}) < len([value for value in secrets.values() if value]):
        faults.append("SECRET_KEY, JWT_SIGNING_KEY and PIN_PEPPER must differ from each other")
    if environment.metrics_token and len(environment.metrics_token) < MINIMUM_SECRET_LENGTH:
        faults.append(f"METRICS_TOKEN needs at least {MINIMUM_SECRET_LENGTH} characters")
    if not environment.public_base_url.startswith("https://"):
        faults.append("PUBLIC_BASE_URL must be https in production")
    if "*" in environment.allowed_hosts:
        faults.append("ALLOWED_HOSTS must name the hosts in production, not *")
    if any(not origin.startswith("https://") for origin in environment.cors_allowed_origins):
        faults.append("CORS_ALLOWED_ORIGINS must be https in production")
    faults += _mail_faults(environment)
    if not environment.paystack_secret_key.startswith("sk_live_"):
        faults.append("PAYSTACK_SECRET_KEY must be a live key (sk_live_…) in production")
    if environment.flutterwave_secret_key.startswith("FLWSECK_TEST"):
        faults.append("FLUTTERWAVE_SECRET_KEY must be a live key (FLWSECK-…) in production")
    faults += [
        f"{name} must be https in production"
        for name, value in (
            ("PAYSTACK_BASE_URL", environment.paystack_base_url),
            ("FLUTTERWAVE_BASE_URL", environment.flutterwave_base_url),
            ("SMILE_ID_BASE_URL", environment.smile_id_base_url),
            ("GOOGLE_JWKS_URL", environment.google_jwks_url),
            ("APPLE_JWKS_URL", environment.apple_jwks_url),
            ("FCM_BASE_URL", environment.fcm_base_url),
        )
        if not value.startswith("https://")
    ]
    return faults


def _mail_faults(environment: Environment) -> list[str]:
    scheme = urlsplit(environment.email_url).scheme
    if scheme == "sendgrid+http":
        return ["EMAIL_URL must be sendgrid:// (with TLS) in production"]
    if scheme == "sendgrid" and not environment.sendgrid_webhook_key:
        return ["SENDGRID_WEBHOOK_KEY is missing: without it nobody would learn of mails that bounce"]
    return []


def _is_weak(secret: str) -> bool:
    return len(set(secret)) < 12 or any(word in secret.lower() for word in WEAK_SECRETS)
