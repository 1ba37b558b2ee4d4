"""FastAPI and SQLModel, asynchronous over asyncpg: `uvicorn benchmarks.http.peers.fastapi_async:app`."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession as Database

from benchmarks.http.peers.models import (
    DATABASE_URL,
    PinToken,
    Session,
    Transfer,
    TransferIn,
    User,
    Wallet,
    answer,
    hash_of,
    session_id_in,
)

app = FastAPI()
engine = create_async_engine(
    DATABASE_URL.replace("postgresql://", "postgresql+asyncpg://"), pool_size=10, max_overflow=0
)


async def database() -> Any:
    """One session of the database a request."""
    async with Database(engine) as opened:
        yield opened


async def caller(authorization: Annotated[str, Header()], db: Annotated[Database, Depends(database)]) -> User:
    """Whoever is signed in."""
    open_session = (
        select(User)
        .join(Session, Session.user_id == User.id)
        .where(Session.id == session_id_in(authorization), Session.ended_at.is_(None))
        .where(Session.expires_at > datetime.now(UTC), User.is_active)
    )
    user = (await db.exec(open_session)).first()
    if user is None:
        raise HTTPException(401)
    return user


@app.post("/wallet/transfer", status_code=201)
async def transfer(
    wanted: TransferIn,
    me: Annotated[User, Depends(caller)],
    x_pin_token: Annotated[str, Header()],
    db: Annotated[Database, Depends(database)],
) -> dict[str, object]:
    """Send money."""
    now = datetime.now(UTC)
    mine = select(PinToken).where(PinToken.token_hash == hash_of(x_pin_token), PinToken.user_id == me.id)
    good = mine.where(PinToken.used_at.is_(None), PinToken.expires_at > now, PinToken.purpose.in_(["", "transfer"]))
    token = (await db.exec(good.with_for_update())).first()
    if token is None:
        raise HTTPException(403)
    token.used_at = now

    payee = await db.get(User, wanted.recipient_id)
    if payee is None or not payee.is_active or payee.id == me.id:
        raise HTTPException(404)

    both = select(Wallet).where(Wallet.user_id.in_([me.id, payee.id])).order_by(Wallet.id).with_for_update()
    wallets = {wallet.user_id: wallet for wallet in await db.exec(both)}
    amount = round(float(wanted.amount) * 100)
    if wallets[me.id].balance < amount:
        raise HTTPException(409)
    wallets[me.id].balance -= amount
    wallets[payee.id].balance += amount

    left = wallets[me.id].balance
    sent = Transfer(
        sender_id=me.id, payee_id=payee.id, amount=amount, note=wanted.note, balance_after=left, created_at=now
    )
    db.add(sent)
    told = answer(sent, payee)
    await db.commit()
    return told
