"""People to tell things to."""

from itertools import count
from typing import Any

from django.contrib.auth import get_user_model

_numbers = count(1)


def a_person(**fields: Any) -> Any:
    """Somebody with an address."""
    number = next(_numbers)
    return get_user_model()._default_manager.create(
        email=fields.pop("email", f"person{number}@example.com"), first_name="Ada", last_name="Obi", **fields
    )
