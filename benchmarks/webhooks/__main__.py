"""How long a provider waits for our 200: `python -m benchmarks.webhooks --url http://127.0.0.1:8000`.

Posts signed events, each a new one, over a few connections to a running Contri, and prints percentiles in milliseconds.
The events are about references that nobody has, so nothing is booked; they stay in that server's inbox, so it refuses
a server that is not local. Signs with PAYSTACK_SECRET_KEY; where that is unset, as the running `make run` does.
"""

import argparse
import hmac
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from contri.local.attach import adopt_running_servers

PATH = "/api/v1/webhooks/paystack"
LOCAL = ("127.0.0.1", "localhost")


def main() -> int:
    """Measure, print, and exit with 1 where an event was not taken."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default="http://127.0.0.1:8000")
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=4)
    options = parser.parse_args()
    if urlsplit(options.url).hostname not in LOCAL:
        parser.error("only for a server on this machine")
    adopt_running_servers(os.environ)
    key = os.environ["PAYSTACK_SECRET_KEY"].encode()
    with (
        httpx.Client(base_url=options.url, timeout=30, trust_env=False) as client,
        ThreadPoolExecutor(options.connections) as pool,
    ):
        answers = list(pool.map(lambda _: _post(client, key), range(options.events)))
    failed = sum(status != 200 for status, _ in answers)
    _print(sorted(milliseconds for _, milliseconds in answers), failed)
    return 1 if failed else 0


def _post(client: httpx.Client, key: bytes) -> tuple[int, float]:
    data = {"id": uuid4().int % 2**60, "reference": f"bench-{uuid4().hex}", "status": "success", "amount": 500000}
    body = json.dumps({"event": "bench.acknowledgement", "data": data}).encode()
    headers = {"x-paystack-signature": hmac.new(key, body, "sha512").hexdigest(), "Content-Type": "application/json"}
    started = time.perf_counter()
    answer = client.post(PATH, content=body, headers=headers)
    return answer.status_code, (time.perf_counter() - started) * 1000


def _print(milliseconds: list[float], failed: int) -> None:
    cuts = statistics.quantiles(milliseconds, n=100)
    figures = {"events": len(milliseconds), "failed": failed} | {
        f"p{cut}_ms": round(cuts[cut - 1], 1) for cut in (50, 95, 99)
    }
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    sys.exit(main())
