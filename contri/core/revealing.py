"""What the desk masks, shown to who says why."""

from collections.abc import Sequence

from django.db import models, transaction

from contri.core import audit
from contri.core.errors import refuse_if
from contri.core.two_people import ReasonMissingError


@transaction.atomic
def reveal_fields(
    *, actor: models.Model, row: models.Model, names: Sequence[str], reason: str
) -> list[tuple[str, str]]:
    """The masked fields `names` of `row`, each with its label. Who asked, and why, goes on record first.

    Raises:
        ReasonMissingError: no reason was given.
    """
    refuse_if(not reason.strip(), ReasonMissingError)
    fields = [field for field in row._meta.concrete_fields if field.name in names]
    audit.record(actor, row, f"saw {', '.join(str(field.verbose_name) for field in fields)}", reason=reason)
    return [(str(field.verbose_name), str(field.value_from_object(row) or "")) for field in fields]
