"""The worker's door: every task runs as a call of its own, under the request id of whoever queued it."""

import logging
from time import monotonic, time
from typing import Any

from celery import Task
from celery.exceptions import Ignore, Reject, Retry
from celery.signals import before_task_publish

from contri.core import metrics
from contri.core.context import call_context, current_call
from contri.core.logs import facts

logger = logging.getLogger(__name__)

REQUEST_ID_HEADER = "contri_request_id"
QUEUED_AT_HEADER = "contri_queued_at"
NOT_FAILURES = (Retry, Ignore, Reject)


class CalledTask(Task):  # type: ignore[type-arg]  # generic in the stubs only
    """Celery's task, with one log line and one measurement for every run."""

    abstract = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run it. A task that nobody's request queued (the beat's) goes by its own id."""
        queued_by = self.request.get(REQUEST_ID_HEADER) or self.request.id or ""
        with call_context(request_id=queued_by):
            self._note_wait()
            return self._run_and_record(args, kwargs)

    def _run_and_record(self, args: Any, kwargs: Any) -> Any:
        started = monotonic()
        outcome = "done"
        try:
            return super().__call__(*args, **kwargs)
        except NOT_FAILURES:
            outcome = "put_off"
            raise
        except BaseException:
            outcome = "failed"
            raise
        finally:
            self._record(outcome, monotonic() - started)

    def _note_wait(self) -> None:
        queued_at = self.request.get(QUEUED_AT_HEADER)
        if isinstance(queued_at, (int, float)):
            metrics.task_waited(task=str(self.name), seconds=time() - queued_at)

    def _record(self, outcome: str, seconds: float) -> None:
        milliseconds = round(seconds * 1000)
        metrics.task_ended(task=str(self.name), outcome=outcome, seconds=seconds)
        logger.info(
            "%s %s in %d ms",
            self.name,
            outcome,
            milliseconds,
            extra=facts(kind="task", task=self.name, task_id=self.request.id, outcome=outcome, ms=milliseconds),
        )


@before_task_publish.connect(dispatch_uid="contri.core.calls")
def carry_call(headers: dict[str, Any] | None = None, **_: Any) -> None:
    """Send along who is asking, and since when the task has waited."""
    if headers is None:
        return
    headers[QUEUED_AT_HEADER] = time()
    if (request_id := current_call().request_id) != "-":
        headers[REQUEST_ID_HEADER] = request_id
