"""A provider of ID tokens for tests: a key pair, its public half served over HTTP as Google and Apple serve theirs."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa


class Issuer:
    """Signs tokens; counts how often its keys were fetched."""

    def __init__(self) -> None:
        self.private_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.kid = "key-1"
        self.fetches = 0
        self.is_away = False
        self.url = ""

    @property
    def jwks(self) -> dict[str, Any]:
        """What is published."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.private_key.public_key()))
        return {"keys": [{**public, "kid": self.kid, "use": "sig", "alg": "RS256"}]}

    def google(self, **claims: Any) -> dict[str, Any]:
        """The claims of a good token of Google's."""
        now = int(time.time())
        return {
            "iss": "https://accounts.google.com",
            "aud": "contri-web.apps.googleusercontent.com",
            "sub": "110169484474386276334",
            "email": "Ada.Obi@gmail.com",
            "email_verified": True,
            "given_name": "Ada",
            "family_name": "Obi",
            "iat": now,
            "exp": now + 3600,
            **claims,
        }

    def apple(self, **claims: Any) -> dict[str, Any]:
        """The claims of a good token of Apple's, with its truth as text."""
        now = int(time.time())
        return {
            "iss": "https://appleid.apple.com",
            "aud": "ng.contri.app",
            "sub": "001234.abcdef.5678",
            "email": "xyz@privaterelay.appleid.com",
            "email_verified": "true",
            "is_private_email": "true",
            "iat": now,
            "exp": now + 600,
            **claims,
        }

    def sign(self, claims: dict[str, Any], **headers: Any) -> str:
        """A token signed with the published key."""
        return jwt.encode(claims, self.private_key, algorithm="RS256", headers={"kid": self.kid, **headers})


@contextmanager
def serving(issuer: Issuer) -> Iterator[Issuer]:
    """`issuer` with its keys at `issuer.url`."""

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.fetches += 1
            self.send_response(503 if issuer.is_away else 200)
            self.send_header("Cache-Control", "public, max-age=3600")
            self.end_headers()
            self.wfile.write(json.dumps(issuer.jwks).encode())

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Keys)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    issuer.url = f"http://127.0.0.1:{server.server_port}/keys"
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
