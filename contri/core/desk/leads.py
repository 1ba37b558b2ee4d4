"""Links from any row to the user, circle, movement of money, provider events and audit trail that it belongs to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class Lead:
    """One kind of link. `paths` are where a row may keep what it leads to (`user_id`, `wallet.user_id`)."""

    label: str
    paths: tuple[str, ...]
    url: Callable[[Any], str]
    # Only rows of this table (`app.model`) have it; or all but those.
    only: str = ""
    but: str = ""

    def is_for(self, row: models.Model) -> bool:
        """Whether rows like this one lead there at all."""
        table = row._meta.label_lower
        return table != self.but and self.only in ("", table)


_leads: dict[tuple[str, str], Lead] = {}


def register_lead(lead: Lead) -> None:
    """Offer `lead` wherever a row has what it needs."""
    _leads[lead.label, lead.only] = lead


def leads_of(row: models.Model) -> list[tuple[str, str]]:
    """Label and address of every link from `row`. Asks the database nothing: only what was loaded with it counts."""
    found = []
    for lead in (lead for lead in _leads.values() if lead.is_for(row)):
        values = (_loaded(row, path) for path in lead.paths)
        value = next((value for value in values if value), None)
        if value is not None:
            found.append((lead.label, lead.url(value)))
    return [*found, ("Audit trail", f"{reverse('admin:admin_logentry_changelist')}?object_id={row.pk}")]


def _loaded(row: models.Model, path: str) -> Any:
    *through, last = path.split(".")
    for name in through:
        nearer = _loaded_row(row, name)
        if nearer is None:
            return None
        row = nearer
    return row.__dict__.get(last)


def _loaded_row(row: models.Model, name: str) -> models.Model | None:
    """What the foreign key `name` refers to, if it was fetched along with the row."""
    relation = next((field for field in row._meta.concrete_fields if field.name == name), None)
    if not isinstance(relation, models.ForeignKey) or not relation.is_cached(row):
        return None
    nearer: models.Model | None = relation.get_cached_value(row)
    return nearer
