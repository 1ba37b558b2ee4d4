"""Many seeds at once: a process each for a share of them, with a Redis key space of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit


def run_fleet(first: int, seeds: int, jobs: int, options: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The outcome of every seed from `first` on, as each is done, in the order in which they end."""
    fleet = [_start(first + job, len(range(job, seeds, jobs)), jobs, job, options) for job in range(jobs)]
    try:
        for ship in fleet:
            yield from map(json.loads, ship.stdout or ())
    finally:
        for ship in fleet:
            ship.terminate()
            ship.wait()


def _start(seed: int, seeds: int, stride: int, number: int, options: Sequence[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "manage.py", "simulate", "--json", f"--seed={seed}", f"--seeds={seeds}"]
    environ = {**os.environ, "REDIS_URL": _with_key_space(os.environ["REDIS_URL"], 1 + number)}
    return subprocess.Popen(  # noqa: S603 - our own command line
        [*command, f"--stride={stride}", *options], env=environ, stdout=subprocess.PIPE, text=True
    )


def _with_key_space(redis_url: str, number: int) -> str:
    return urlunsplit(urlsplit(redis_url)._replace(path=f"/{number}"))
