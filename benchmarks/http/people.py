"""Who sends money to whom, and the requests they send: everybody signed in, with money and PIN tokens."""

import json
import random
from collections.abc import Iterator
from datetime import timedelta
from uuid import uuid4

import psycopg
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import PinToken, Session, User
from accounts.services import hash_of_pin_token
from accounts.tokens import issue_pair
from wallets import chart, ledger
from wallets.ledger import Leg
from wallets.services import open_wallets

PEOPLE = 1000
EACH_HAS_KOBO = 20_000_000
TIER_WITH_LIMITS = 2

_PEERS_BOOKS = """
    CREATE TABLE peer_wallet (id uuid PRIMARY KEY, user_id uuid NOT NULL UNIQUE, balance bigint NOT NULL);
    CREATE TABLE peer_transfer (id uuid PRIMARY KEY, sender_id uuid NOT NULL, payee_id uuid NOT NULL,
        amount bigint NOT NULL, note varchar NOT NULL, balance_after bigint NOT NULL, created_at timestamptz NOT NULL);
    CREATE INDEX ON peer_transfer (sender_id);
    CREATE INDEX ON peer_transfer (payee_id);
    INSERT INTO peer_wallet SELECT gen_random_uuid(), id, {balance} FROM accounts_user WHERE email LIKE 'person%';
"""


class People:
    """Signed-in people with wallets at Contri's and at the peers'."""

    def __init__(self) -> None:
        users = [
            User(email=f"person{n}@example.ng", first_name="Ada", last_name="Okafor", kyc_tier=TIER_WITH_LIMITS)
            for n in range(PEOPLE)
        ]
        User.objects.bulk_create(users)
        self._users = users
        self._tokens = _sign_in(users)
        _fund(users)
        with connection.cursor() as cursor:
            cursor.execute(_PEERS_BOOKS.format(balance=EACH_HAS_KOBO))

    def requests(self, count: int, *, port: int, path: str) -> Iterator[bytes]:
        """So many transfers of ₦1 between any two of them, each with a PIN token and a key of its own."""
        pairs = [random.sample(self._users, 2) for _ in range(count)]
        proofs = [uuid4().hex for _ in pairs]
        _give_pin_tokens([(sender, proof) for (sender, _), proof in zip(pairs, proofs, strict=True)])
        for (sender, payee), proof in zip(pairs, proofs, strict=True):
            body = json.dumps({"recipient_id": str(payee.pk), "amount": "1.00", "note": "For the yams"})
            yield (
                f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {self._tokens[sender.pk]}\r\nX-Pin-Token: {proof}\r\n"
                f"Idempotency-Key: {proof}\r\nContent-Length: {len(body)}\r\n\r\n{body}"
            ).encode()


def tidy(url: str) -> None:
    """Let autovacuum's work not fall into somebody's turn."""
    with psycopg.connect(url, autocommit=True) as session:
        session.execute("VACUUM (ANALYZE)")


def _sign_in(users: list[User]) -> dict[object, str]:
    now = timezone.now()
    ends = now + timedelta(hours=12)
    sessions = [Session(user=user, last_used_at=now, expires_at=ends) for user in users]
    Session.objects.bulk_create(sessions)
    return {
        session.user_id: issue_pair(
            session_id=session.pk, user_id=session.user_id, number=0, at=now, ends_at=ends
        ).access
        for session in sessions
    }


@transaction.atomic
def _fund(users: list[User]) -> None:
    clearing = chart.clearing_account("paystack")
    source = uuid4()
    for wallet in open_wallets(user_ids=[user.pk for user in users]).values():
        leg = Leg(clearing, chart.wallet_account(wallet.pk), EACH_HAS_KOBO, "deposit")
        ledger.post(
            scope="benchmark", key=str(wallet.pk), source="benchmark", source_id=source, legs=[leg], initiator_id=None
        )


def _give_pin_tokens(wanted: list[tuple[User, str]]) -> None:
    expires = timezone.now() + timedelta(hours=1)
    PinToken.objects.bulk_create(
        PinToken(user=user, token_hash=hash_of_pin_token(proof), purpose="transfer", expires_at=expires)
        for user, proof in wanted
    )
