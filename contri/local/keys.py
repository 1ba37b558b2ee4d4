"""Secrets for running here: made once, kept in the data folder, readable by its owner only."""

import base64
import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from contri.local.faults import LocalFaultError


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def _token() -> str:
    return secrets.token_urlsafe(48)


def _rsa_key() -> str:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    plain = serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain).decode()


def _signing_key() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    plain = serialization.NoEncryption()
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, plain)
    return base64.b64encode(der).decode()


# The sandbox gets the provider keys too, so that it can sign as the provider does.
_MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": _token,
    "JWT_SIGNING_KEY": _token,
    "PIN_PEPPER": _token,
    "FIELD_ENCRYPTION_KEYS": _fernet_key,
    "METRICS_TOKEN": _token,
    "PAYSTACK_SECRET_KEY": lambda: f"sk_test_{secrets.token_hex(20)}",
    "PAYSTACK_PUBLIC_KEY": lambda: f"pk_test_{secrets.token_hex(20)}",
    "FLUTTERWAVE_SECRET_KEY": lambda: f"FLWSECK_TEST-{secrets.token_hex(16)}-X",
    "FLUTTERWAVE_SECRET_HASH": lambda: secrets.token_hex(24),
    "FCM_PROJECT_ID": lambda: f"contri-local-{secrets.token_hex(3)}",
    "FCM_PRIVATE_KEY": _rsa_key,
    "SANDBOX_SENDGRID_API_KEY": lambda: f"SG.{secrets.token_hex(16)}",
    "SANDBOX_SENDGRID_SIGNING_KEY": _signing_key,
    "SMILE_ID_PARTNER_ID": lambda: f"{secrets.randbelow(9000) + 1000}",
    "SMILE_ID_API_KEY": lambda: secrets.token_hex(32),
    "POSTGRES_SUPERUSER_PASSWORD": lambda: secrets.token_hex(24),
    "POSTGRES_OWNER_PASSWORD": lambda: secrets.token_hex(24),
    "POSTGRES_APP_PASSWORD": lambda: secrets.token_hex(24),
    "VALKEY_PASSWORD": lambda: secrets.token_hex(24),
}


def fresh_keys() -> dict[str, str]:
    """New keys that nobody keeps."""
    return {name: make() for name, make in _MAKERS.items()}


def kept_keys(file: Path) -> dict[str, str]:
    """The keys in `file`; those it lacks are made and written there first, those it has never change.

    Raises:
        LocalFaultError: the file is there but cannot be read.
    """
    kept = _read(file)
    missing = {name: make() for name, make in _MAKERS.items() if name not in kept}
    if missing:
        kept |= missing
        write_private(file, json.dumps(kept, indent=2) + "\n")
    return kept


def write_private(file: Path, text: str) -> None:
    """Replace `file` in one step with `text`, at mode 0600 from its first byte."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(file)


def _read(file: Path) -> dict[str, str]:
    try:
        kept = json.loads(file.read_text())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise LocalFaultError(
            f"Cannot read the local keys in {file} ({error}): restore the file, or remove {file.parent} to start anew."
        ) from error
    return {str(name): str(value) for name, value in dict(kept).items()}
