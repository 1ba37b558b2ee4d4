"""Every environment variable of Contri, in one typed object.

`load` reads them all, collects every fault, and either returns a complete `Environment` or raises one
`EnvironmentFaultsError` that lists them. Nothing else in the project reads `os.environ`.
"""

from collections.abc import Mapping

import environ

from contri.env.environment import Environment
from contri.env.production import production_faults
from contri.env.reading import Bucket, Reader, unknown_names

__all__ = ["Bucket", "Environment", "EnvironmentFaultsError", "load"]

REDIS_SCHEMES = ("redis", "rediss", "unix")
STAGES = ("local", "test", "production")

FLUTTERWAVE_BASE_URL = "https://api.flutterwave.com/v3"

# Where Google and Apple publish the keys that sign their ID tokens.
GOOGLE_JWKS_URL = "https://www.googleapis.com/oauth2/v3/certs"
APPLE_JWKS_URL = "https://appleid.apple.com/auth/keys"
# EMAIL_URL=sendgrid://:<API key>@api.sendgrid.com; without TLS for a server on this machine.
SENDGRID_SCHEMES = ("sendgrid", "sendgrid+http")
# Where Google takes pushes.
FCM_BASE_URL = "https://fcm.googleapis.com"


class EnvironmentFaultsError(Exception):
    """The environment cannot run Contri; `faults` names every variable that is wrong and why."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        listed = "\n".join(f"  - {fault}" for fault in faults)
        super().__init__(f"Contri cannot start: {len(faults)} fault(s) in the environment\n{listed}")


def load(source: Mapping[str, str]) -> Environment:
    """Read `source` (usually `os.environ`) into an `Environment`.

    Raises:
        EnvironmentFaultsError: something is missing, malformed, weak in production, or spelt like nothing we know.
    """
    reader = Reader(source)
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
    faults = reader.faults + unknown_names(source, reader.asked_for)
    if bool(environment.flutterwave_secret_key) != bool(environment.flutterwave_secret_hash):
        faults.append("FLUTTERWAVE_SECRET_KEY and FLUTTERWAVE_SECRET_HASH are set both or neither")
    if environment.is_production:
        # Of a variable that is wrong anyway one fault is enough.
        named = {fault.split()[0] for fault in faults}
        faults += [fault for fault in production_faults(environment) if fault.split()[0] not in named]
    if faults:
        raise EnvironmentFaultsError(faults)
    return environment
