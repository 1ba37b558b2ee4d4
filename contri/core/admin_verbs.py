"""Actions of the admin that are nothing but verbs: each with its permission, called for every chosen row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from contri.core.admin import M, ReadOnlyAdmin, ReasonedActionForm, act_on_each, acting_staff

Given = dict[str, object]


def nothing(request: HttpRequest) -> Given:
    """The verb needs to know who acts on what, and why."""
    return {}


def moment(request: HttpRequest) -> Given:
    """The verb needs to know when, as well."""
    return {"at": timezone.now()}


@dataclass(frozen=True, slots=True)
class StaffVerb:
    """A verb that staff with `permission` can have done to chosen rows.

    It is called with `actor`, `reason`, the row's id as `row_as`, and whatever else `given` takes from the request.
    """

    name: str
    says: str
    permission: str
    verb: Callable[..., object]
    row_as: str
    given: Callable[[HttpRequest], Given] = nothing

    def run(self, page: Any, request: HttpRequest, rows: QuerySet[Any]) -> None:
        """Do it to each row on its own, and tell the person what came of it. `page` is the admin that asks."""
        more = self.given(request)
        act_on_each(
            request,
            rows,
            lambda row, reason: self.verb(actor=acting_staff(request), reason=reason, **{self.row_as: row.pk}, **more),
        )


class ActingAdmin(ReadOnlyAdmin[M]):
    """Rows that nobody may touch here, and verbs that staff can have done to them, with a reason."""

    staff_verbs: ClassVar[tuple[StaffVerb, ...]] = ()
    action_form = ReasonedActionForm

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Those verbs that this person may have done."""
        return {
            verb.name: (verb.run, verb.name, verb.says)
            for verb in self.staff_verbs
            if request.user.has_perm(verb.permission)
        }
