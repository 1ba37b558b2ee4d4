"""The peers' tables. People, sessions and PIN tokens are Contri's own; wallets and transfers are the peers'."""

import hashlib
import hmac
import os
from datetime import datetime
from uuid import UUID, uuid4

import jwt
from fastapi import HTTPException
from pydantic import BaseModel, Field
from sqlalchemy import Column, DateTime
from sqlmodel import Field as Stored
from sqlmodel import SQLModel

DATABASE_URL = os.environ["DATABASE_URL"]


def moment(**options: object) -> object:
    """A column of moments in UTC."""
    return Stored(sa_column=Column(DateTime(timezone=True), **options))


class User(SQLModel, table=True):
    """A person."""

    __tablename__ = "accounts_user"
    id: UUID = Stored(primary_key=True)
    first_name: str
    last_name: str
    is_active: bool


class Session(SQLModel, table=True):
    """A device that is signed in."""

    __tablename__ = "accounts_session"
    id: UUID = Stored(primary_key=True)
    user_id: UUID
    expires_at: datetime = moment()
    ended_at: datetime | None = moment()


class PinToken(SQLModel, table=True):
    """Proof that the PIN was given."""

    __tablename__ = "accounts_pintoken"
    id: UUID = Stored(primary_key=True)
    user_id: UUID
    token_hash: bytes
    purpose: str
    expires_at: datetime = moment()
    used_at: datetime | None = moment()


class Wallet(SQLModel, table=True):
    """A balance that is updated in place."""

    __tablename__ = "peer_wallet"
    id: UUID = Stored(primary_key=True, default_factory=uuid4)
    user_id: UUID = Stored(unique=True)
    balance: int


class Transfer(SQLModel, table=True):
    """Money that moved."""

    __tablename__ = "peer_transfer"
    id: UUID = Stored(primary_key=True, default_factory=uuid4)
    sender_id: UUID = Stored(index=True)
    payee_id: UUID = Stored(index=True)
    amount: int
    note: str
    balance_after: int
    created_at: datetime = moment(nullable=False)


class TransferIn(BaseModel):
    """What is sent in."""

    recipient_id: UUID
    amount: str = Field(pattern=r"^(0|[1-9][0-9]*)(\.[0-9]{1,2})?$")
    note: str = Field(default="", max_length=200)


def session_id_in(authorization: str) -> UUID:
    """The session that an access token names, once its signature and dates hold."""
    try:
        claims = jwt.decode(
            authorization.removeprefix("Bearer "), os.environ["JWT_SIGNING_KEY"], algorithms=["HS256"], issuer="contri"
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401) from error
    return UUID(claims["sid"])


def hash_of(pin_token: str) -> bytes:
    """What is kept of a PIN token."""
    return hmac.new(os.environ["PIN_PEPPER"].encode(), f"pin-token:{pin_token}".encode(), hashlib.sha256).digest()


def answer(sent: Transfer, payee: User) -> dict[str, object]:
    """What the sender is told."""
    return {
        "id": sent.id,
        "amount": f"{sent.amount / 100:.2f}",
        "note": sent.note,
        "counterparty": {"id": payee.id, "display_name": f"{payee.first_name} {payee.last_name[:1]}."},
        "balance_after": f"{sent.balance_after / 100:.2f}",
        "created_at": sent.created_at,
    }
