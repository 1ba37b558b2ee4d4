"""A security key made of software: what a browser and a key answer to the desk's questions."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

HERE = "https://testserver"
FLAG = AuthenticatorData.FLAG


@dataclass
class KeyDevice:
    """One key, with one credential. `origin` is the page that the browser says it shows."""

    origin: str = HERE
    secret: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    credential_id: bytes = b"credential of a key in a test"

    def registered(self, question: dict[str, Any]) -> str:
        """The answer to "be a key of this account"."""
        asked = question["publicKey"]
        public = AttestedCredentialData.create(
            Aaguid.NONE, self.credential_id, ES256.from_cryptography_key(self.secret.public_key())
        )
        told = self._told(asked["rp"]["id"], FLAG.UP | FLAG.AT, public)
        attested = AttestationObject.create("none", told, {})
        client = self._client("webauthn.create", asked["challenge"])
        return self._answer(client, attestationObject=websafe_encode(attested), transports=["usb"])

    def signed(self, question: dict[str, Any]) -> str:
        """The answer to "sign this"."""
        asked = question["publicKey"]
        told = self._told(asked["rpId"], FLAG.UP)
        client = self._client("webauthn.get", asked["challenge"])
        signature = self.secret.sign(told + client.hash, ec.ECDSA(hashes.SHA256()))
        return self._answer(client, authenticatorData=websafe_encode(told), signature=websafe_encode(signature))

    def _told(self, site: str, flags: Any, public: AttestedCredentialData | None = None) -> AuthenticatorData:
        told: AuthenticatorData = AuthenticatorData.create(
            hashlib.sha256(site.encode()).digest(), flags, 1, public or b""
        )
        return told

    def _client(self, kind: str, challenge: str) -> CollectedClientData:
        return CollectedClientData.create(kind, challenge, self.origin)

    def _answer(self, client: CollectedClientData, **response: Any) -> str:
        name = websafe_encode(self.credential_id)
        response["clientDataJSON"] = websafe_encode(client)
        return json.dumps(
            {"type": "public-key", "id": name, "rawId": name, "response": response, "clientExtensionResults": {}}
        )
