"""What Prometheus is told. Other apps call the functions here and never touch the client library.

Every process counts for itself. With PROMETHEUS_MULTIPROC_DIR set, the counts of all processes over that folder are
added up whenever one of them is asked, so that it does not matter which worker a scrape meets. What is in tables
(depths, ages) is not counted but read when asked: see contri.core.figures.

Labels take few values each: templates of addresses, names of tasks and operations; never ids, addresses or amounts.
"""

from prometheus_client import Counter, Gauge, Histogram

# The client library's own name for the folder where the processes of one machine keep their counts.
SHARED_FOLDER = "PROMETHEUS_MULTIPROC_DIR"

# Seconds. Money calls are meant to take 50 ms and must not take 1 s.
REQUEST_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
PROVIDER_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
TASK_BUCKETS = (0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300)

_requests = Histogram(
    "contri_request_seconds", "HTTP requests, by route template", ["method", "route", "status"], buckets=REQUEST_BUCKETS
)
_tasks = Histogram("contri_task_seconds", "Celery tasks, by outcome", ["task", "outcome"], buckets=TASK_BUCKETS)
_task_waits = Histogram(
    "contri_task_wait_seconds", "From being queued to being started", ["task"], buckets=TASK_BUCKETS
)
_provider_calls = Histogram(
    "contri_provider_call_seconds",
    "Calls to providers, by outcome: ok, refused or unknown",
    ["provider", "operation", "outcome"],
    buckets=PROVIDER_BUCKETS,
)
_webhooks = Counter("contri_webhooks_total", "Calls to our webhooks, by result", ["provider", "result"])
_sockets = Gauge("contri_sockets_open", "Sockets that are open", ["socket"], multiprocess_mode="livesum")
_socket_ends = Counter("contri_socket_ends_total", "Sockets that ended, by close code", ["socket", "code"])
_happenings = Counter("contri_happenings_total", "Things worth counting that have no measure of their own", ["what"])


def happened(what: str, *, times: int = 1) -> None:
    """Count something that took place, by a fixed name in snake case: `happened("pin_locked")`."""
    _happenings.labels(what).inc(times)


def request_answered(*, method: str, route: str, status: int, seconds: float) -> None:
    """One HTTP request is over."""
    _requests.labels(method, route, str(status)).observe(seconds)


def task_ended(*, task: str, outcome: str, seconds: float) -> None:
    """One run of a task is over: `done`, `failed` or `put_off`."""
    _tasks.labels(task, outcome).observe(seconds)


def task_waited(*, task: str, seconds: float) -> None:
    """A task began that was queued `seconds` ago."""
    _task_waits.labels(task).observe(max(seconds, 0.0))


def provider_answered(*, provider: str, operation: str, outcome: str, seconds: float) -> None:
    """One call to a provider is over: `ok`, `refused` (it said no) or `unknown` (it is open what it did)."""
    _provider_calls.labels(provider, operation, outcome).observe(seconds)


def webhook_came(*, provider: str, result: str) -> None:
    """Somebody called a webhook of ours: `kept`, `repeat` or `refused`."""
    _webhooks.labels(provider, result).inc()


def socket_opened(socket: str) -> None:
    """A socket is open. Pair it with `socket_ended`."""
    _sockets.labels(socket).inc()


def socket_ended(socket: str, *, code: int) -> None:
    """A socket that was open is not any more."""
    _sockets.labels(socket).dec()
    _socket_ends.labels(socket, str(code)).inc()
