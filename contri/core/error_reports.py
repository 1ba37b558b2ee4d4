"""Error reports to Sentry, without anything that is a secret or a person's.

Sentry's own scrubber looks at the first level only and knows neither PINs nor BVNs: ours goes all the way down, over
events, transactions, breadcrumbs and logs alike. Bodies, cookies, headers and local variables are never collected.
"""

from typing import TYPE_CHECKING, Any

import sentry_sdk

from contri.core.context import current_call
from contri.core.redaction import redact

if TYPE_CHECKING:
    from sentry_sdk._types import DataCollectionUserOptions

# Where something went wrong, and nothing of what was being said.
COLLECTED: "DataCollectionUserOptions" = {
    "user_info": False,
    "cookies": {"mode": "off"},
    "http_headers": {"request": {"mode": "off"}},
    "http_bodies": [],
    "url_query_params": {"mode": "off"},
    "database_query_data": False,
    "queues": False,
    "stack_frame_variables": False,
}
NEVER_SENT = ("data", "cookies", "headers", "query_string", "env")


def report_errors_to(dsn: str, *, stage: str, **options: Any) -> None:
    """Start reporting what goes wrong in this process to `dsn`."""
    sentry_sdk.init(
        dsn=dsn,
        environment=stage,
        data_collection=COLLECTED,
        max_request_body_size="never",
        before_send=scrubbed,
        before_send_transaction=scrubbed,
        before_breadcrumb=scrubbed_breadcrumb,
        **options,
    )


def scrubbed(event: Any, _hint: Any) -> Any:
    """An event as it may leave the machine: no request data, nothing secret, findable by its request id."""
    request = event.get("request", {})
    for part in NEVER_SENT:
        request.pop(part, None)
    # The address may hold an invite code or a key from a mail; which route it was, `transaction` says.
    request.pop("url", None)
    # The sentence is there as a whole; what was put into it would travel nameless beside it.
    event.get("logentry", {}).pop("params", None)
    event.get("extra", {}).pop("request", None)
    clean = redact(event)
    clean.setdefault("tags", {})["request_id"] = current_call().request_id
    return clean


def scrubbed_breadcrumb(crumb: Any, _hint: Any) -> Any:
    """A breadcrumb as it may leave the machine; of calls to others only where they went, not with what."""
    data = crumb.get("data") or {}
    for part in ("http.query", "http.fragment", "url"):
        data.pop(part, None)
    return redact(crumb)
