"""Input fields that several of accounts' serializers share."""

import re
from typing import Any

from django.core.validators import RegexValidator
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.passwords import LONGEST_PASSWORD
from accounts.phones import e164

# Control characters and the marks that turn writing direction around: a name with them is there to deceive.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class EmailAddressField(serializers.EmailField):
    """An address, kept in lower case."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=254, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The address in lower case."""
        return str(super().to_internal_value(data)).lower()


class NameField(serializers.CharField):
    """A given or family name."""

    default_error_messages = {"unprintable": "A name is letters, blanks and the usual marks."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=80, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The name, without blanks around it."""
        name = super().to_internal_value(data)
        if _UNPRINTABLE.search(name):
            self.fail("unprintable")
        return name


@extend_schema_field({"type": "string", "example": "0803 123 4567"})
class PhoneNumberField(serializers.CharField):
    """A Nigerian mobile number in any common spelling, kept as E.164; empty for none."""

    default_error_messages = {"invalid": "This is not a Nigerian mobile number."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_blank=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The number in E.164."""
        spelling = super().to_internal_value(data)
        try:
            return e164(spelling)
        except ValueError:
            self.fail("invalid")


class PasswordField(serializers.CharField):
    """A password, exactly as typed."""

    def __init__(self, **kwargs: Any) -> None:
        style = {"input_type": "password"}
        super().__init__(max_length=LONGEST_PASSWORD, trim_whitespace=False, style=style, write_only=True, **kwargs)


class PinField(serializers.CharField):
    """Four to six digits; as a string, because PINs begin with zeros."""

    default_error_messages = {"not_text": "Send the PIN as a string of 4 to 6 digits."}

    def __init__(self, **kwargs: Any) -> None:
        digits = RegexValidator(r"\A[0-9]{4,6}\Z", "A PIN is 4 to 6 digits.", code="invalid_pin")
        super().__init__(validators=[digits], style={"input_type": "password"}, write_only=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The digits."""
        if not isinstance(data, str):
            self.fail("not_text")
        return super().to_internal_value(data)
