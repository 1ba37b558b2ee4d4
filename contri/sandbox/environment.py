"""What the surroundings tell the sandbox: ports, folder, where webhooks go, the keys it shares with its merchant."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

HOST = "127.0.0.1"


class SandboxRefusedError(Exception):
    """The sandbox will not start; the message is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class SandboxEnvironment:
    """The sandbox's settings. `webhook_base_url` empty means: write webhooks down, deliver none."""

    port: int
    smtp_port: int
    data: Path
    webhook_base_url: str
    paystack_secret_key: str
    paystack_public_key: str
    flutterwave_secret_key: str
    flutterwave_secret_hash: str
    google_client_id: str
    apple_client_id: str
    smile_id_partner_id: str
    smile_id_api_key: str
    fcm_project_id: str
    fcm_credentials: str
    sendgrid_api_key: str
    sendgrid_signing_key: str
    settle_seconds: float

    @property
    def base_url(self) -> str:
        """Where this sandbox answers."""
        return f"http://{HOST}:{self.port}"


def read_environment(source: Mapping[str, str]) -> SandboxEnvironment:
    """Read `source` (usually `os.environ`); every value has a default that works on a developer's machine.

    Raises:
        SandboxRefusedError: the stage is production, or a number is none.
    """
    if source.get("STAGE") == "production":
        raise SandboxRefusedError("The sandbox pretends to be a bank and refuses to run where STAGE is production.")
    return SandboxEnvironment(
        port=_port(source, "SANDBOX_PORT", "8001"),
        smtp_port=_port(source, "SANDBOX_SMTP_PORT", "8002"),
        data=Path(source.get("SANDBOX_DATA") or ".local/sandbox"),
        webhook_base_url=source.get("SANDBOX_WEBHOOK_BASE_URL", "").rstrip("/"),
        paystack_secret_key=source.get("PAYSTACK_SECRET_KEY") or "sk_test_contri_sandbox",
        paystack_public_key=source.get("PAYSTACK_PUBLIC_KEY") or "pk_test_contri_sandbox",
        flutterwave_secret_key=source.get("FLUTTERWAVE_SECRET_KEY") or "FLWSECK_TEST-contri-sandbox-X",
        flutterwave_secret_hash=source.get("FLUTTERWAVE_SECRET_HASH") or "contri-sandbox-secret-hash",
        google_client_id=_first(source, "GOOGLE_CLIENT_IDS", "contri.apps.example"),
        apple_client_id=_first(source, "APPLE_CLIENT_IDS", "ng.contri.app"),
        smile_id_partner_id=source.get("SMILE_ID_PARTNER_ID") or "0000",
        smile_id_api_key=source.get("SMILE_ID_API_KEY") or "contri-sandbox-smile-key",
        fcm_project_id=source.get("FCM_PROJECT_ID") or "contri-sandbox",
        fcm_credentials=source.get("FCM_CREDENTIALS", ""),
        sendgrid_api_key=source.get("SANDBOX_SENDGRID_API_KEY") or "SG.sandbox",
        sendgrid_signing_key=source.get("SANDBOX_SENDGRID_SIGNING_KEY", ""),
        settle_seconds=_seconds(source, "SANDBOX_SETTLE_SECONDS", "2"),
    )


@lru_cache(maxsize=1)
def current() -> SandboxEnvironment:
    """The environment of this process, read once."""
    return read_environment(os.environ)


def _first(source: Mapping[str, str], name: str, default: str) -> str:
    return source.get(name, "").split(",")[0].strip() or default


def _port(source: Mapping[str, str], name: str, default: str) -> int:
    text = source.get(name) or default
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        raise SandboxRefusedError(f"{name} must be a port number between 1 and 65535, not {text!r}.")
    return int(text)


def _seconds(source: Mapping[str, str], name: str, default: str) -> float:
    text = source.get(name) or default
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1_000_000:
        raise SandboxRefusedError(f"{name} must be a number of seconds, not {text!r}.")
    return seconds
