"""What the surroundings tell a process of Contri."""

from collections.abc import Mapping
from dataclasses import dataclass

from contri.env.reading import Bucket


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
