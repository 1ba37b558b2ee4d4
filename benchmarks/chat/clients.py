"""Five hundred listeners in one process, as cheap as can be: what is measured is the server.

Run as a process of its own: `python -m benchmarks.chat.clients < plan.json`; it prints what it measured as JSON.
"""

import asyncio
import base64
import json
import os
import re
import statistics
import struct
import sys
import time
from dataclasses import dataclass, field
from functools import partial
from typing import Any

# What a message of the benchmark says: its number and the moment (ns) at which it was sent.
SAID = re.compile(rb'"body":\s*"(\d+):(\d+):')
PADDING = "x" * 120
SETTLE_SECONDS = 60.0
SLOW_SECONDS = 5.0


@dataclass
class Heard:
    """What came, over all listeners."""

    delays: list[float] = field(default_factory=list)
    last: float = 0.0
    doubled: int = 0
    # Whatever is no message: refusals, above all.
    others: list[str] = field(default_factory=list)


class Listener(asyncio.Protocol):
    """One socket: a handshake, then frames, read by their length."""

    def __init__(self, handshake: bytes, heard: Heard, greeting: bytes | None) -> None:
        self.handshake, self.heard, self.greeting = handshake, heard, greeting
        self.buffer = bytearray()
        self.is_open = asyncio.get_running_loop().create_future()
        # In the order in which they came.
        self.seen: dict[int, None] = {}
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Say hello."""
        self.transport = transport
        transport.write(self.handshake)

    def data_received(self, data: bytes) -> None:
        """Read whatever is whole."""
        self.buffer += data
        if not self.is_open.done() and b"\r\n\r\n" in self.buffer:
            head, _, rest = bytes(self.buffer).partition(b"\r\n\r\n")
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head.decode())
            self.buffer = bytearray(rest)
            if self.greeting:
                self.say(self.greeting)
            else:
                self.is_open.set_result(None)
        while (frame := self._frame()) is not None:
            self._on_frame(frame)

    def say(self, payload: bytes) -> None:
        """Send one text frame; a mask of zeros is a mask."""
        length = len(payload)
        head = struct.pack("!BB", 0x81, 0x80 | length) if length < 126 else struct.pack("!BBH", 0x81, 0xFE, length)
        self.transport.write(head + b"\0\0\0\0" + payload)

    def _frame(self) -> bytes | None:
        if len(self.buffer) < 2 or (self.greeting and b"HTTP/1.1" in self.buffer[:8]):
            return None
        length, start = self.buffer[1] & 0x7F, 2
        if length == 126:
            if len(self.buffer) < 4:
                return None
            length, start = struct.unpack("!H", self.buffer[2:4])[0], 4
        if len(self.buffer) < start + length:
            return None
        payload = bytes(self.buffer[start : start + length])
        del self.buffer[: start + length]
        return payload

    def _on_frame(self, payload: bytes) -> None:
        said = SAID.search(payload.replace(b'\\"', b'"'))
        if said is None:
            # socket.io's own: a ping wants a pong, and the answer to its greeting opens the socket.
            if payload == b"2":
                self.say(b"3")
            elif payload.startswith(b"40") and not self.is_open.done():
                self.is_open.set_result(None)
            else:
                self.heard.others.append(payload[:200].decode(errors="replace"))
            return
        now, number = time.monotonic_ns(), int(said[1])
        self.heard.delays.append((now - int(said[2])) / 1e6)
        self.heard.last = now
        self.heard.doubled += number in self.seen
        self.seen[number] = None


async def measure(plan: dict[str, Any]) -> dict[str, Any]:
    """Connect all, then send `messages`, `per_second` of them or (0) all at once, from the first twenty sockets."""
    heard = Heard()
    listeners = await _connected(plan, heard)
    await asyncio.sleep(2.0)
    memory, used_before = memory_of(plan["pid"]), cpu_seconds(plan["pid"])
    began = time.monotonic_ns()
    for listener in listeners[len(listeners) - plan["slow_readers"] :]:
        # Nothing is read for a while: what is sent meanwhile piles up, and is caught up with.
        listener.transport.pause_reading()
        asyncio.get_running_loop().call_later(SLOW_SECONDS, listener.transport.resume_reading)
    for number in range(plan["messages"]):
        if plan["per_second"]:
            due = began / 1e9 + number / plan["per_second"]
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        body = f"{number}:{time.monotonic_ns()}:{PADDING}"
        frame = {"type": "message.send", "client_id": f"{plan['run']}-{number}", "body": body}
        listeners[number % 20].say(_encoded(plan, frame))
    wanted = plan["messages"] * len(listeners)
    deadline = time.monotonic() + SETTLE_SECONDS
    while len(heard.delays) < wanted and time.monotonic() < deadline:
        await asyncio.sleep(0.05)
    if not heard.delays:
        raise SystemExit(f"nothing came within {SETTLE_SECONDS:.0f} s; other frames: {heard.others[:3]}")
    seconds, used = (heard.last - began) / 1e9, cpu_seconds(plan["pid"]) - used_before
    delays = sorted(heard.delays)
    return {
        "deliveries_a_second": round(len(delays) / seconds),
        "cpu_us_a_delivery": round(used / len(delays) * 1e6, 1),
        "p50_ms": round(statistics.median(delays), 1),
        "p99_ms": round(delays[int(len(delays) * 0.99) - 1], 1),
        "missing": wanted - sum(len(listener.seen) for listener in listeners),
        "doubled": heard.doubled,
        # Several senders at once have no order of their own: what counts is that all listeners heard the same.
        "orders": len({tuple(listener.seen) for listener in listeners}),
        "kb_a_connection": round((memory - plan["memory_before"]) / len(listeners), 1),
    }


async def _connected(plan: dict[str, Any], heard: Heard) -> list[Listener]:
    loop, listeners = asyncio.get_running_loop(), []
    for token in plan["tokens"]:
        greeting = b"40" if plan["is_socketio"] else None
        one = partial(Listener, _handshake(plan, token), heard, greeting)
        _, listener = await loop.create_connection(one, plan["host"], plan["port"])
        await asyncio.wait_for(listener.is_open, 30)
        listeners.append(listener)
    return listeners


def _handshake(plan: dict[str, Any], token: str) -> bytes:
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [
        f"GET {plan['path']} HTTP/1.1",
        f"Host: {plan['host']}:{plan['port']}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {key}",
        "Sec-WebSocket-Version: 13",
        f"Authorization: Bearer {token}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def _encoded(plan: dict[str, Any], frame: dict[str, Any]) -> bytes:
    if plan["is_socketio"]:
        return b"42" + json.dumps(["message.send", frame]).encode()
    return json.dumps(frame).encode()


def memory_of(pid: int) -> int:
    """What a process holds, in KB."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:  # noqa: PTH123 - not a file of ours
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))


def cpu_seconds(pid: int) -> float:
    """What a process has used since it began."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - not a file of ours
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Read the plan, follow it, print what came of it."""
    plan = json.load(sys.stdin)
    json.dump(asyncio.run(measure(plan)), sys.stdout)


if __name__ == "__main__":
    main()
