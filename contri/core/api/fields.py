"""Serializer fields shared by every app's API."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from contri.core.money import kobo_from_naira, naira_from_kobo

# More digits than any amount has; refused before int() or str() would spend time on them.
LONGEST_AMOUNT = 24


@extend_schema_field({"type": "string", "pattern": r"^(0|[1-9][0-9]*)\.[0-9]{2}$", "example": "1500.00"})
class NairaField(serializers.Field[int, Any, str, Any]):
    """Kobo inside, naira as a decimal string outside. JSON numbers are accepted when they carry at most two decimals.

    Refuses zero and negative amounts, exponents, blanks, non-ASCII digits and anything beyond the database's bigint.
    """

    default_error_messages = {
        "invalid": 'Send an amount in naira with at most two decimals, such as "1500.00".',
        "not_positive": "The amount must be more than zero.",
    }

    def to_internal_value(self, data: Any) -> int:
        """Kobo of what the client sent."""
        text = self._as_text(data)
        try:
            kobo = kobo_from_naira(text)
        except ValueError:
            self.fail("invalid")
        if kobo <= 0:
            self.fail("not_positive")
        return kobo

    def to_representation(self, value: int) -> str:
        """Naira of the kobo inside."""
        return naira_from_kobo(value)

    def _as_text(self, data: Any) -> str:
        # bool is an int to Python, and True is not one naira. The parser keeps JSON fractions as exact Decimals.
        if isinstance(data, bool) or not isinstance(data, (str, int, Decimal)):
            self.fail("invalid")
        text = str(data)
        if len(text) > LONGEST_AMOUNT:
            self.fail("invalid")
        return text


@extend_schema_field({"type": "string", "pattern": r"^([01][0-9]|2[0-3]):[0-5][0-9]$", "example": "18:00"})
class ClockField(serializers.TimeField):
    """An hour and its minutes. OpenAPI's own format `time` wants seconds and a zone as well."""

    def __init__(self, **kwargs: Any) -> None:
        """The format is fixed."""
        super().__init__(format="%H:%M", **kwargs)
