"""JSON in, with the values that later layers could not survive refused at the door."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import IO, Any

from django.conf import settings
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer

# An escaped NUL, as opposed to an escaped backslash that happens to stand before "u0000".
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class PayloadTooLarge(APIException):
    """The body is longer than any that this route has use for (413)."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE


class StrictJSONParser(BaseParser):
    """Parses UTF-8 JSON exactly: fractions stay `Decimal`, so that 1500.10 is never 1500.0999 and 1e3 stays visible.

    Refuses NaN and Infinity, numbers of thousands of digits, nesting deeper than the interpreter's stack, U+0000 and
    lone surrogates (PostgreSQL stores neither).
    """

    media_type = "application/json"
    renderer_class = JSONRenderer

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The parsed body.

        Raises:
            ParseError: the body is not JSON that can be kept.
            PayloadTooLarge: it is longer than any that we have use for.
        """
        # Django's own limit guards `request.body` and forms; DRF reads the stream behind them.
        raw = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(raw) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise PayloadTooLarge
        try:
            text = raw.decode("utf-8")
            parsed = json.loads(text, parse_float=Decimal, parse_constant=_refuse_constant)
            canonical = json.dumps(parsed, ensure_ascii=False, default=str)
            canonical.encode("utf-8")
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if _NUL.search(canonical):
            raise ParseError
        return parsed


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
