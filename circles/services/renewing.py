"""A circle that has gone all the way round goes on: as a new one, with the same rules or others.

Nothing is carried over but the rules and the invitation. Who was in the old circle joins the new one like everybody
else, by its code, and so accepts its charter: nobody is bound for another round by having been in the last.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import User
from circles import chat_texts, invites
from circles.errors import CircleRenewedError
from circles.models import Circle, CircleStatus, MembershipStatus
from circles.services.access import lock_circle_as_host, require_state
from circles.services.chat_lines import write_in_chat
from circles.services.forming import Rules, found_circle
from circles.services.telling import announce_change, tell
from contri.core import audit
from contri.core.errors import refuse_if
from notifications import kinds


@transaction.atomic
def renew_circle(
    *, actor: User, circle_id: UUID, changes: Mapping[str, Any], at: datetime, name: str | None = None
) -> Circle:
    """Found the next round of a completed circle, and invite everybody who was in it to the end.

    `changes` are the rules that differ from the old circle's; a new start date is always one of them.

    Raises:
        NotHostError, InvalidStateError: not its host, or it is not completed.
        CircleRenewedError: it goes on already.
        MemberRestrictedError, SecurityMissingError, ValidationFaultsError: as for founding any circle.
    """
    old = lock_circle_as_host(actor, circle_id)
    require_state(old, CircleStatus.COMPLETED)
    refuse_if(Circle.objects.filter(renews=old).exists(), CircleRenewedError)
    new = found_circle(actor, name or old.name, replace(Rules.of(old), **changes), at, renews=old)
    _invite_everybody(old, new, actor)
    audit.record(actor, old, f"renewed the circle as {new.pk}")
    write_in_chat(old, chat_texts.CIRCLE_RENEWED, at=at, starts_on=new.cycle_start_date.isoformat())
    announce_change(old)
    return new


def _invite_everybody(old: Circle, new: Circle, actor: User) -> None:
    to_the_end = old.memberships.filter(status=MembershipStatus.ACTIVE).exclude(user=actor)
    facts = {
        "member": actor.display_name,
        "starts_on": new.cycle_start_date.isoformat(),
        "code": invites.as_shown(new.invite_code),
    }
    tell(to_the_end.order_by("joined_at").values_list("user_id", flat=True), kinds.CIRCLE_RENEWED, new, **facts)
