"""The peer: a python-socketio room over Redis that writes a row into PostgreSQL for each message, as its docs show."""

import os
from typing import Any

import psycopg_pool
import socketio

DATABASE_URL, REDIS_URL = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]

TABLE = """
CREATE TABLE IF NOT EXISTS peer_message (
    id bigserial PRIMARY KEY, room text NOT NULL, sender text NOT NULL, client_id text NOT NULL, body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), UNIQUE (room, sender, client_id)
)
"""
INSERT = "INSERT INTO peer_message (room, sender, client_id, body) VALUES (%s, %s, %s, %s) RETURNING id, created_at"

server = socketio.AsyncServer(async_mode="asgi", client_manager=socketio.AsyncRedisManager(REDIS_URL))
app = socketio.ASGIApp(server)
pool: psycopg_pool.AsyncConnectionPool | None = None


async def _pool() -> psycopg_pool.AsyncConnectionPool:
    global pool
    if pool is None:
        pool = psycopg_pool.AsyncConnectionPool(DATABASE_URL, min_size=1, max_size=10, open=False)
        await pool.open()
        async with pool.connection() as connection:
            await connection.execute(TABLE)
    return pool


@server.event  # type: ignore[untyped-decorator]  # socketio ships no types
async def connect(sid: str, environ: dict[str, Any]) -> None:
    """Everybody is in the one room."""
    await _pool()
    await server.enter_room(sid, "circle")


@server.on("message.send")  # type: ignore[untyped-decorator]
async def send(sid: str, frame: dict[str, Any]) -> None:
    """Write a row, then tell the room."""
    async with (await _pool()).connection() as connection:
        row = await connection.execute(INSERT, ("circle", sid, frame["client_id"], frame["body"]))
        number, created_at = await row.fetchone() or (None, None)
    message = {"id": number, "sender": sid, "created_at": str(created_at), **frame}
    await server.emit("message.new", {"message": message}, room="circle")
