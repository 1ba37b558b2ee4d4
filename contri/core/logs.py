"""What every log line carries."""

import logging

from contri.core.context import current_call


class CallFilter(logging.Filter):
    """Adds the request id of the call being served to each record."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = current_call().request_id
        return True
