"""A complete environment for running here: what is set stays as it is, what is missing gets a local value.

The names are those the outside relies on; `contri/env` reads and checks them. Variables of capabilities that nothing
reads yet are not filled.
"""

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from contri.local.faults import LocalFaultError
from contri.local.ports import LOOPBACK
from contri.local.programs import postgres_clients

DEFAULT_PORT = 8000
DEFAULT_SANDBOX_PORT = 8001
PROVIDER_KEYS = (
    "PAYSTACK_SECRET_KEY",
    "PAYSTACK_PUBLIC_KEY",
    "FLUTTERWAVE_SECRET_KEY",
    "FLUTTERWAVE_SECRET_HASH",
    "SMILE_ID_PARTNER_ID",
    "SMILE_ID_API_KEY",
    "FCM_PROJECT_ID",
    "SANDBOX_SENDGRID_API_KEY",
    "SANDBOX_SENDGRID_SIGNING_KEY",
)
OWN_SECRETS = ("SECRET_KEY", "JWT_SIGNING_KEY", "PIN_PEPPER", "FIELD_ENCRYPTION_KEYS", "METRICS_TOKEN")

# With all of these leading elsewhere nobody would ask the sandbox anything.
SANDBOX_TARGETS = (
    "PAYSTACK_BASE_URL",
    "FLUTTERWAVE_BASE_URL",
    "SMILE_ID_BASE_URL",
    "GOOGLE_JWKS_URL",
    "APPLE_JWKS_URL",
    "FCM_BASE_URL",
    "EMAIL_URL",
)


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the web server and the sandbox listen, all on loopback."""

    web: int
    sandbox: int
    sandbox_smtp: int


def chosen_ports(environ: Mapping[str, str], *, smtp: int) -> Ports:
    """PORT, SANDBOX_PORT and SANDBOX_SMTP_PORT as set, or 8000, 8001 and `smtp`.

    Raises:
        LocalFaultError: one is not a port number, or two are the same.
    """
    ports = Ports(
        web=_port(environ, "PORT", DEFAULT_PORT),
        sandbox=_port(environ, "SANDBOX_PORT", DEFAULT_SANDBOX_PORT),
        sandbox_smtp=_port(environ, "SANDBOX_SMTP_PORT", smtp),
    )
    if len({ports.web, ports.sandbox, ports.sandbox_smtp}) < 3:
        raise LocalFaultError("PORT, SANDBOX_PORT and SANDBOX_SMTP_PORT must be three different ports.")
    return ports


def local_values(
    *, stage: str, database_url: str, redis_url: str, ports: Ports, keys: Mapping[str, str], sandbox_data: Path
) -> dict[str, str]:
    """A value for every variable that Contri and its sandbox read."""
    public = f"http://{LOOPBACK}:{ports.web}"
    sandbox = f"http://{LOOPBACK}:{ports.sandbox}"
    return {
        "STAGE": stage,
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PORT": str(ports.web),
        "PUBLIC_BASE_URL": public,
        "ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
        "CORS_ALLOWED_ORIGINS": f"http://localhost:{ports.web},{public},{sandbox}",
        "TRUSTED_PROXY_COUNT": "0",
        "SENTRY_DSN": "",
        "PG_PROGRAMS": str(postgres_clients()),
        "PAYSTACK_BASE_URL": f"{sandbox}/paystack",
        "FLUTTERWAVE_BASE_URL": f"{sandbox}/flutterwave",
        "SMILE_ID_BASE_URL": f"{sandbox}/smileid/v1",
        "FCM_BASE_URL": f"{sandbox}/fcm",
        "FCM_CREDENTIALS": _service_account(keys, token_uri=f"{sandbox}/google/token"),
        "SENDGRID_WEBHOOK_KEY": _public_half(keys["SANDBOX_SENDGRID_SIGNING_KEY"]),
        "GOOGLE_CLIENT_IDS": "contri.apps.example",
        "GOOGLE_JWKS_URL": f"{sandbox}/google/oauth2/v3/certs",
        "APPLE_CLIENT_IDS": "ng.contri.app",
        "APPLE_JWKS_URL": f"{sandbox}/apple/auth/keys",
        "EMAIL_URL": f"smtp://{LOOPBACK}:{ports.sandbox_smtp}",
        "SANDBOX_PORT": str(ports.sandbox),
        "SANDBOX_SMTP_PORT": str(ports.sandbox_smtp),
        "SANDBOX_DATA": str(sandbox_data),
        "SANDBOX_WEBHOOK_BASE_URL": public,
        **{name: keys[name] for name in (*OWN_SECRETS, *PROVIDER_KEYS)},
    }


def _service_account(keys: Mapping[str, str], *, token_uri: str) -> str:
    """A key file as Google hands them out, for the sandbox's Google."""
    account = {
        "type": "service_account",
        "project_id": keys["FCM_PROJECT_ID"],
        "client_email": f"contri@{keys['FCM_PROJECT_ID']}.iam.gserviceaccount.invalid",
        "private_key_id": "local",
        "private_key": keys["FCM_PRIVATE_KEY"],
        "token_uri": token_uri,
    }
    return json.dumps(account)


def _public_half(private_key: str) -> str:
    key = serialization.load_der_private_key(base64.b64decode(private_key), password=None).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return base64.b64encode(key.public_bytes(serialization.Encoding.DER, form)).decode()


def production_like_values() -> dict[str, str]:
    """What differs where real money would flow. For checks only: these addresses and keys lead nowhere."""
    return {
        "PUBLIC_BASE_URL": "https://api.contri.invalid",
        "ALLOWED_HOSTS": "api.contri.invalid",
        "CORS_ALLOWED_ORIGINS": "https://app.contri.invalid",
        "TRUSTED_PROXY_COUNT": "1",
        "PAYSTACK_BASE_URL": "https://paystack.invalid",
        "PAYSTACK_SECRET_KEY": f"sk_live_{secrets.token_hex(20)}",
        "PAYSTACK_PUBLIC_KEY": f"pk_live_{secrets.token_hex(20)}",
        "FLUTTERWAVE_BASE_URL": "https://flutterwave.invalid/v3",
        "FLUTTERWAVE_SECRET_KEY": f"FLWSECK-{secrets.token_hex(16)}-X",
        "FLUTTERWAVE_SECRET_HASH": secrets.token_hex(24),
        "SMILE_ID_BASE_URL": "https://smileid.invalid/v1",
        "FCM_BASE_URL": "https://fcm.invalid",
        "GOOGLE_JWKS_URL": "https://google.invalid/certs",
        "APPLE_JWKS_URL": "https://apple.invalid/keys",
        "EMAIL_URL": "smtp+tls://contri:unused@mail.contri.invalid:587",
    }


def filled(environ: Mapping[str, str], values: Mapping[str, str]) -> dict[str, str]:
    """`environ` with each variable of `values` that it lacks. A variable set to the empty string counts as set."""
    return {**values, **environ}


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise LocalFaultError(f"{name} must be a port number from 1 to 65535, not {text!r}.")
    return int(text)
