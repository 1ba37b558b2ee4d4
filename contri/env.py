"""Every environment variable of Contri, in one typed object.

`load` reads them all, collects every fault, and either returns a complete `Environment` or raises one
`EnvironmentFaultsError` that lists them. Nothing else in the project reads `os.environ`.
"""

import base64
import binascii
import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import environ

T = TypeVar("T")

REDIS_SCHEMES = ("redis", "rediss", "unix")
STAGES = ("local", "test", "production")

# Names the outside relies on that belong to capabilities which read them elsewhere or later: never "unknown".
RESERVED_NAMES = frozenset(
    {
        "PORT",
        "SANDBOX_PORT",
    }
)

# A name that starts like one of ours and is not ours is a spelling mistake, and a silent one would be costly.
OUR_PREFIXES = (
    "PAYSTACK_",
    "SENDGRID_",
    "FLUTTERWAVE_",
    "SMILE_ID_",
    "FCM_",
    "CORS_ALLOWED",
    "STAFF_",
    "PIN_PEP",
    "FIELD_ENC",
    "JWT_SIGN",
    "S3_",
)

FLUTTERWAVE_BASE_URL = "https://api.flutterwave.com/v3"

# Where Google and Apple publish the keys that sign their ID tokens.
GOOGLE_JWKS_URL = "https://www.googleapis.com/oauth2/v3/certs"
APPLE_JWKS_URL = "https://appleid.apple.com/auth/keys"
# EMAIL_URL=sendgrid://:<API key>@api.sendgrid.com; without TLS for a server on this machine.
SENDGRID_SCHEMES = ("sendgrid", "sendgrid+http")
# Where Google takes pushes.
FCM_BASE_URL = "https://fcm.googleapis.com"
SERVICE_ACCOUNT_FIELDS = ("client_email", "private_key", "token_uri")

BUCKET_NAMES = ("S3_BUCKET", "S3_REGION", "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")

MINIMUM_SECRET_LENGTH = 32
WEAK_SECRETS = ("changeme", "secret", "insecure", "example", "password")


class EnvironmentFaultsError(Exception):
    """The environment cannot run Contri; `faults` names every variable that is wrong and why."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        listed = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"Contri cannot start: {len(faults)} fault(s) in the environment\n{listed}")


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where pictures are kept when not on the disk. Empty keys: the machine's own role; empty endpoint: Amazon's."""

    name: str
    region: str
    endpoint_url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """What the surroundings told this process. Secrets are kept out of `repr`."""

    stage: str
    public_base_url: str
    allowed_hosts: tuple[str, ...]
    cors_allowed_origins: tuple[str, ...]
    trusted_proxy_count: int
    staff_networks: tuple[str, ...]
    database_url: str
    redis_url: str
    email_url: str
    sendgrid_webhook_key: str
    sentry_dsn: str
    traces_endpoint: str
    broker_url: str
    metrics_token: str
    metrics_port: int
    backup_folder: str
    backup_recipients: tuple[str, ...]
    backup_identity_file: str
    pg_programs: str
    secret_key: str
    jwt_signing_key: str
    pin_pepper: str
    old_jwt_signing_keys: tuple[str, ...]
    old_pin_peppers: tuple[str, ...]
    field_encryption_keys: tuple[str, ...]
    paystack_base_url: str
    paystack_secret_key: str
    paystack_public_key: str
    flutterwave_base_url: str
    flutterwave_secret_key: str
    flutterwave_secret_hash: str
    smile_id_base_url: str
    smile_id_partner_id: str
    smile_id_api_key: str
    fcm_base_url: str
    fcm_project_id: str
    fcm_service_account: Mapping[str, str]
    google_client_ids: tuple[str, ...]
    google_jwks_url: str
    apple_client_ids: tuple[str, ...]
    apple_jwks_url: str
    bucket: Bucket | None

    @property
    def is_production(self) -> bool:
        """Whether weak settings must be refused and development conveniences stay off."""
        return self.stage == "production"

    def __repr__(self) -> str:
        return f"Environment(stage={self.stage!r})"


def load(source: Mapping[str, str]) -> Environment:
    """Read `source` (usually `os.environ`) into an `Environment`.

    Raises:
        EnvironmentFaultsError: something is missing, malformed, weak in production, or spelt like nothing we know.
    """
    reader = _Reader(source)
    environment = Environment(
        stage=reader.one_of("STAGE", STAGES),
        public_base_url=reader.http_url("PUBLIC_BASE_URL"),
        allowed_hosts=reader.names("ALLOWED_HOSTS"),
        cors_allowed_origins=reader.origins("CORS_ALLOWED_ORIGINS"),
        trusted_proxy_count=reader.count("TRUSTED_PROXY_COUNT", default=0),
        staff_networks=reader.networks("STAFF_NETWORKS"),
        database_url=reader.url("DATABASE_URL", ("postgres", "postgresql")),
        redis_url=reader.url("REDIS_URL", REDIS_SCHEMES),
        email_url=reader.url("EMAIL_URL", (*environ.Env.EMAIL_SCHEMES, *SENDGRID_SCHEMES)),
        sendgrid_webhook_key=reader.optional("SENDGRID_WEBHOOK_KEY"),
        sentry_dsn=reader.optional("SENTRY_DSN"),
        # Where an OTLP collector takes traces, like http://collector:4318/v1/traces; unset: nothing is traced.
        traces_endpoint=reader.optional_url("TRACES_ENDPOINT", ("http", "https")),
        # A Redis of its own for Celery's messages, which must not be evicted; unset: the same as REDIS_URL.
        broker_url=reader.optional_url("BROKER_URL", REDIS_SCHEMES),
        # Whoever has it may read /metrics; unset: nobody.
        metrics_token=reader.optional("METRICS_TOKEN"),
        # Where workers and the beat offer their counts; 0: nowhere.
        metrics_port=reader.count("METRICS_PORT", default=0),
        # Of the machine that makes backups only, and of the one that tries them.
        backup_folder=reader.optional("BACKUP_FOLDER"),
        backup_recipients=reader.optional_names("BACKUP_RECIPIENTS"),
        backup_identity_file=reader.optional("BACKUP_IDENTITY_FILE"),
        # The folder of pg_dump and pg_restore, when they are not on the PATH or too old.
        pg_programs=reader.optional("PG_PROGRAMS"),
        secret_key=reader.secret("SECRET_KEY"),
        jwt_signing_key=reader.secret("JWT_SIGNING_KEY"),
        pin_pepper=reader.secret("PIN_PEPPER"),
        # Newest first. They make nothing any more, and what they made still holds: docs/operating.md, "Keys".
        old_jwt_signing_keys=reader.optional_names("OLD_JWT_SIGNING_KEYS"),
        old_pin_peppers=reader.optional_names("OLD_PIN_PEPPERS"),
        field_encryption_keys=reader.fernet_keys("FIELD_ENCRYPTION_KEYS"),
        paystack_base_url=reader.http_url("PAYSTACK_BASE_URL"),
        paystack_secret_key=reader.text("PAYSTACK_SECRET_KEY"),
        paystack_public_key=reader.text("PAYSTACK_PUBLIC_KEY"),
        flutterwave_base_url=reader.http_url("FLUTTERWAVE_BASE_URL", default=FLUTTERWAVE_BASE_URL),
        flutterwave_secret_key=reader.optional("FLUTTERWAVE_SECRET_KEY"),
        flutterwave_secret_hash=reader.optional("FLUTTERWAVE_SECRET_HASH"),
        smile_id_base_url=reader.http_url("SMILE_ID_BASE_URL"),
        smile_id_partner_id=reader.text("SMILE_ID_PARTNER_ID"),
        smile_id_api_key=reader.text("SMILE_ID_API_KEY"),
        fcm_base_url=reader.http_url("FCM_BASE_URL", default=FCM_BASE_URL),
        fcm_project_id=reader.optional("FCM_PROJECT_ID"),
        fcm_service_account=reader.service_account("FCM_CREDENTIALS", needed_for="FCM_PROJECT_ID"),
        google_client_ids=reader.optional_names("GOOGLE_CLIENT_IDS"),
        google_jwks_url=reader.http_url("GOOGLE_JWKS_URL", default=GOOGLE_JWKS_URL),
        apple_client_ids=reader.optional_names("APPLE_CLIENT_IDS"),
        apple_jwks_url=reader.http_url("APPLE_JWKS_URL", default=APPLE_JWKS_URL),
        bucket=reader.bucket(),
    )
    faults = reader.faults + _unknown_names(source, reader.asked_for)
    if bool(environment.flutterwave_secret_key) != bool(environment.flutterwave_secret_hash):
        faults.append("FLUTTERWAVE_SECRET_KEY and FLUTTERWAVE_SECRET_HASH are set both or neither")
    if environment.is_production:
        # Of a variable that is wrong anyway one fault is enough.
        named = {fault.split()[0] for fault in faults}
        faults += [fault for fault in _production_faults(environment) if fault.split()[0] not in named]
    if faults:
        raise EnvironmentFaultsError(faults)
    return environment


class _Reader:
    """Reads variables one by one and remembers each fault instead of stopping at the first."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self._source = source
        self.faults: list[str] = []
        self.asked_for: set[str] = set()

    def optional(self, name: str) -> str:
        self.asked_for.add(name)
        return self._source.get(name, "").strip()

    def text(self, name: str) -> str:
        value = self.optional(name)
        if not value:
            self.faults.append(f"{name} is missing")
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        return self._checked(name, lambda value: value in choices, f"must be one of {', '.join(choices)}")

    def secret(self, name: str) -> str:
        return self._checked(
            name,
            lambda value: len(value) >= MINIMUM_SECRET_LENGTH,
            f"needs at least {MINIMUM_SECRET_LENGTH} characters",
        )

    def http_url(self, name: str, *, default: str = "") -> str:
        if default and not self.optional(name):
            return default
        value = self._checked(
            name, lambda value: _is_url(value, ("http", "https")), "must be a URL that starts with http:// or https://"
        )
        return value.rstrip("/")

    def optional_url(self, name: str, schemes: tuple[str, ...]) -> str:
        return self.url(name, schemes) if self.optional(name) else ""

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        return self._checked(name, lambda value: _is_url(value, schemes), f"must be a URL ({', '.join(schemes)})")

    def names(self, name: str) -> tuple[str, ...]:
        return _split(self.text(name))

    def optional_names(self, name: str) -> tuple[str, ...]:
        return _split(self.optional(name))

    def origins(self, name: str) -> tuple[str, ...]:
        origins = _split(self.optional(name))
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
                self.faults.append(f"{name} must list origins like https://app.example.ng, without a path")
        return origins

    def networks(self, name: str) -> tuple[str, ...]:
        networks = _split(self.optional(name))
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                self.faults.append(f"{name} must list networks like 192.0.2.0/24, not {network}")
        return networks

    def count(self, name: str, *, default: int) -> int:
        value = self.optional(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()):
            self.faults.append(f"{name} must be a whole number, 0 or more")
            return default
        return int(value)

    def fernet_keys(self, name: str) -> tuple[str, ...]:
        keys = _split(self.text(name))
        if not all(_is_fernet_key(key) for key in keys):
            self.faults.append(f"{name} must list Fernet keys (32 bytes, URL-safe base64), newest first")
        return keys

    def service_account(self, name: str, *, needed_for: str) -> Mapping[str, str]:
        """Google's key file: its JSON, or the path of the file that holds it."""
        value = self.optional(name)
        if not value:
            if self.optional(needed_for):
                self.faults.append(f"{name} is missing, which {needed_for} needs")
            return {}
        account = _json_object(value)
        if not all(isinstance(account.get(field), str) for field in SERVICE_ACCOUNT_FIELDS):
            self.faults.append(f"{name} must be a service account's JSON, or the path of its file")
            return {}
        return {field: str(text) for field, text in account.items()}

    def bucket(self) -> Bucket | None:
        given = {name: self.optional(name) for name in BUCKET_NAMES}
        name, region, endpoint_url, key, secret = given.values()
        if not name and any(given.values()):
            self.faults.append("S3_BUCKET is missing while other S3_ variables are set")
        if bool(key) != bool(secret):
            self.faults.append("S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY must be set both or neither")
        if endpoint_url and not _is_url(endpoint_url, ("http", "https")):
            self.faults.append("S3_ENDPOINT_URL must be a URL that starts with http:// or https://")
        return Bucket(name, region, endpoint_url, key, secret) if name else None

    def _checked(self, name: str, is_good: Callable[[str], bool], complaint: str) -> str:
        value = self.text(name)
        if value and not is_good(value):
            self.faults.append(f"{name} {complaint}")
        return value


def _split(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _json_object(value: str) -> dict[str, object]:
    try:
        parsed = json.loads(value if value.startswith("{") else Path(value).read_text())
    except (OSError, ValueError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.netloc or parts.path) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _is_fernet_key(value: str) -> bool:
    try:
        return len(base64.urlsafe_b64decode(value)) == 32
    except (binascii.Error, ValueError):
        return False


def _unknown_names(source: Mapping[str, str], known: set[str]) -> list[str]:
    ours = known | RESERVED_NAMES
    strangers = sorted(name for name in source if name.startswith(OUR_PREFIXES) and name not in ours)
    return [_unknown_name_fault(name, ours) for name in strangers]


def _unknown_name_fault(name: str, ours: set[str] | frozenset[str]) -> str:
    nearest = difflib.get_close_matches(name, ours, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"{name} is not a variable of Contri{hint}"


def _production_faults(environment: Environment) -> list[str]:
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
