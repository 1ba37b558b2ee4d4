"""A small HTTP client that costs little: keep-alive connections that send ready-made requests and time the answers."""

import asyncio
import re
import time
from collections.abc import Iterator

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
HOST = "127.0.0.1"


class Connection(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._seen = b""
        self._transport: asyncio.Transport | None = None
        self._answered: asyncio.Future[int] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """Called by asyncio. An answer is complete with as many bytes as it announced."""
        self._seen += data
        head, found, body = self._seen.partition(b"\r\n\r\n")
        if not found or self._answered is None:
            return
        length = _LENGTH.search(head)
        if length and len(body) >= int(length[1]):
            self._seen = b""
            self._answered.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio."""
        if self._answered and not self._answered.done():
            self._answered.set_exception(ConnectionError("the server hung up"))

    async def ask(self, request: bytes) -> int:
        """Send one request; the status of its answer."""
        assert self._transport is not None  # noqa: S101 - asyncio has connected it
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answered


async def flat_out(port: int, requests: Iterator[bytes], *, connections: int, seconds: float) -> tuple[float, int]:
    """Every connection asks again as soon as it is answered. How long it took, and how many were answered by 201."""
    opened = await _open(port, connections)
    started = time.perf_counter()
    ends = started + seconds

    async def keep_asking(connection: Connection) -> int:
        answered = 0
        while time.perf_counter() < ends:
            _must_be_created(await connection.ask(next(requests)))
            answered += 1
        return answered

    answered = sum(await asyncio.gather(*map(keep_asking, opened)))
    return time.perf_counter() - started, answered


async def at_rate(
    port: int, requests: Iterator[bytes], *, rate: float, connections: int, seconds: float
) -> list[float]:
    """Ask at fixed moments, however long answers take; milliseconds from each moment to its answer."""
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for connection in await _open(port, connections):
        idle.put_nowait(connection)
    started, took = time.perf_counter(), []

    async def ask_at(moment: float) -> None:
        await asyncio.sleep(moment - time.perf_counter())
        connection = await idle.get()
        _must_be_created(await connection.ask(next(requests)))
        took.append((time.perf_counter() - moment) * 1000)
        idle.put_nowait(connection)

    await asyncio.gather(*(ask_at(started + number / rate) for number in range(int(rate * seconds))))
    return took


async def _open(port: int, connections: int) -> list[Connection]:
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Connection, HOST, port))[1] for _ in range(connections)]


def _must_be_created(status: int) -> None:
    if status != 201:
        raise RuntimeError(f"answered by {status}")
