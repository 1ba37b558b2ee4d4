"""Reading environment variables one by one, remembering each fault instead of stopping at the first."""

import base64
import binascii
import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

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

SERVICE_ACCOUNT_FIELDS = ("client_email", "private_key", "token_uri")
BUCKET_NAMES = ("S3_BUCKET", "S3_REGION", "S3_ENDPOINT_URL", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY")
MINIMUM_SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Bucket:
    """Where pictures are kept when not on the disk. Empty keys: the machine's own role; empty endpoint: Amazon's."""

    name: str
    region: str
    endpoint_url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)


class Reader:
    """Reads variables one by one and remembers each fault instead of stopping at the first."""

    def __init__(self, source: Mapping[str, str]) -> None:
        self._source = source
        self.faults: list[str] = []
        self.asked_for: set[str] = set()

    def optional(self, name: str) -> str:
        """It may be missing: "" then."""
        self.asked_for.add(name)
        return self._source.get(name, "").strip()

    def text(self, name: str) -> str:
        """It may not be missing."""
        value = self.optional(name)
        if not value:
            self.faults.append(f"{name} is missing")
        return value

    def one_of(self, name: str, choices: tuple[str, ...]) -> str:
        """It is one of these words."""
        return self._checked(name, lambda value: value in choices, f"must be one of {', '.join(choices)}")

    def secret(self, name: str) -> str:
        """It is long enough to be one."""
        return self._checked(
            name,
            lambda value: len(value) >= MINIMUM_SECRET_LENGTH,
            f"needs at least {MINIMUM_SECRET_LENGTH} characters",
        )

    def http_url(self, name: str, *, default: str = "") -> str:
        """It is an address of the web, without a slash at its end."""
        if default and not self.optional(name):
            return default
        value = self._checked(
            name, lambda value: _is_url(value, ("http", "https")), "must be a URL that starts with http:// or https://"
        )
        return value.rstrip("/")

    def optional_url(self, name: str, schemes: tuple[str, ...]) -> str:
        """It is missing, or a URL of one of these schemes."""
        return self.url(name, schemes) if self.optional(name) else ""

    def url(self, name: str, schemes: tuple[str, ...]) -> str:
        """It is a URL of one of these schemes."""
        return self._checked(name, lambda value: _is_url(value, schemes), f"must be a URL ({', '.join(schemes)})")

    def names(self, name: str) -> tuple[str, ...]:
        """It lists at least one, with commas between them."""
        return _split(self.text(name))

    def optional_names(self, name: str) -> tuple[str, ...]:
        """It may be missing, or lists some with commas between them."""
        return _split(self.optional(name))

    def origins(self, name: str) -> tuple[str, ...]:
        """It lists origins as browsers send them: scheme and host, no path."""
        origins = _split(self.optional(name))
        for origin in origins:
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or not parts.netloc or parts.path:
                self.faults.append(f"{name} must list origins like https://app.example.ng, without a path")
        return origins

    def networks(self, name: str) -> tuple[str, ...]:
        """It lists networks, or addresses."""
        networks = _split(self.optional(name))
        for network in networks:
            try:
                ip_network(network)
            except ValueError:
                self.faults.append(f"{name} must list networks like 192.0.2.0/24, not {network}")
        return networks

    def count(self, name: str, *, default: int) -> int:
        """It is a whole number, not negative."""
        value = self.optional(name)
        if not value:
            return default
        if not (value.isascii() and value.isdigit()):
            self.faults.append(f"{name} must be a whole number, 0 or more")
            return default
        return int(value)

    def fernet_keys(self, name: str) -> tuple[str, ...]:
        """It lists keys for encrypted fields, the newest first."""
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
        """Where pictures go, or None; a bucket that is told by half is a fault."""
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


def unknown_names(source: Mapping[str, str], known: set[str]) -> list[str]:
    """Faults for names that look like ours and are none: a misspelt variable would be ignored silently."""
    ours = known | RESERVED_NAMES
    strangers = sorted(name for name in source if name.startswith(OUR_PREFIXES) and name not in ours)
    return [_unknown_name_fault(name, ours) for name in strangers]


def _unknown_name_fault(name: str, ours: set[str] | frozenset[str]) -> str:
    nearest = difflib.get_close_matches(name, ours, n=1)
    hint = f"; did you mean {nearest[0]}?" if nearest else ""
    return f"{name} is not a variable of Contri{hint}"
