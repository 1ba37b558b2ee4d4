"""The key that both pretend identity providers sign with: made once, kept in the data folder, known by its id."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from contri.sandbox.environment import current

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

KEY_BITS = 2048
FILE = "identity-key.pem"


@lru_cache(maxsize=1)
def signing_key() -> RSAPrivateKey:
    """The private key; the same again after a restart, so that keys which clients keep stay good."""
    # Imported when first needed: loading it is a good part of the time that the sandbox takes to start.
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    file = current().data / FILE
    if not file.exists():
        fresh = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
        pem = fresh.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(pem)
    loaded = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(loaded, rsa.RSAPrivateKey):
        raise TypeError(f"{file} holds another kind of key")
    return loaded


def published_keys() -> dict[str, Any]:
    """The public half, as both providers publish theirs."""
    return {"keys": [{**_public(), "kid": key_id(), "use": "sig", "alg": "RS256"}]}


def key_id() -> str:
    """What tokens call the key by."""
    return hashlib.sha256(str(_public()["n"]).encode()).hexdigest()[:16]


def _public() -> dict[str, Any]:
    from jwt.algorithms import RSAAlgorithm

    public: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(signing_key().public_key()))
    return {name: public[name] for name in ("kty", "n", "e")}
