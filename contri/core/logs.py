"""How log lines look: JSON for machines in production, one readable line for people everywhere else.

Code logs with the standard library, as every package it uses does; structlog only renders. What a line says beyond its
sentence comes as `extra=facts(…)`. Every line carries the request id of the call being served, beside it that
of the call which began what is gone on with, and no line carries a secret (contri.core.redaction).
"""

import logging
from typing import Any

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import EventDict, Processor

from contri.core.context import current_call
from contri.core.redaction import redact

_FACTS = "contri_facts"


def facts(**named: object) -> dict[str, dict[str, object]]:
    """What to hand to a logger as `extra`: fields of their own in the JSON line."""
    return {_FACTS: named}


def json_lines() -> logging.Formatter:
    """One JSON object a line."""
    return _formatter(structlog.processors.JSONRenderer(sort_keys=True, default=str))


def readable_lines() -> logging.Formatter:
    """Moment, level, logger, request id, sentence."""
    return _formatter(_readable)


def _formatter(renderer: Any) -> logging.Formatter:
    own: list[Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_facts,
        structlog.processors.format_exc_info,
    ]
    last: list[Processor] = [ProcessorFormatter.remove_processors_meta, _redact, _add_call, renderer]
    return ProcessorFormatter(foreign_pre_chain=own, processors=last)


def _add_facts(_logger: object, _method: str, line: EventDict) -> EventDict:
    return {**getattr(line["_record"], _FACTS, {}), **line}


def _redact(_logger: object, _method: str, line: EventDict) -> EventDict:
    hidden: EventDict = redact(line)
    return hidden


def _add_call(_logger: object, _method: str, line: EventDict) -> EventDict:
    # After the redaction: ids are sane by now, and one made of digits must stay searchable.
    call = current_call()
    line["request_id"] = call.request_id
    if call.begun_by:
        line["begun_by"] = call.begun_by
    return line


def _readable(_logger: object, _method: str, line: EventDict) -> str:
    calls = " for ".join(line[name] for name in ("request_id", "begun_by") if name in line)
    head = "{timestamp:.19} {level} {logger} [{calls}] {event}".format(calls=calls, **line)
    return f"{head}\n{line['exception']}" if "exception" in line else head
