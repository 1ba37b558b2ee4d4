"""gunicorn's settings for the REST API and the staff desk: `gunicorn -c python:contri.gunicorn_conf contri.wsgi`.

Sockets are daphne's. docs/operating.md has the measurement behind both.
"""

import os
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

bind = "0.0.0.0:8000"
# A process a core, four threads each: more threads only queue for the interpreter's lock.
workers = int(os.environ.get("WEB_WORKERS", "2"))
worker_class = "gthread"
threads = 4
# Longer than any request of ours takes, shorter than the proxy waits.
timeout = 30
graceful_timeout = 20
keepalive = 75
# Memory that leaked is given back; jitter keeps the workers from doing so together.
max_requests = 10_000
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm"  # noqa: S108 - in memory, by the container's own mount
# Contri writes a line for each request by itself.
accesslog = None
# A socket to steer it by would want a home folder to lie in.
control_socket_disable = True
errorlog = "-"
# Only the proxy in front is believed, and only about the scheme (Django counts the hops for addresses).
forwarded_allow_ips = "*"
limit_request_line = 4094
limit_request_fields = 60


def child_exit(server: object, worker: Any) -> None:
    """Forget what a worker that ended was holding open."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
