"""Appeals against marks on records: staff read them beside the facts and decide, with a reason."""

from functools import partial
from typing import ClassVar

from django.contrib import admin

from circles import services
from circles.models import Appeal
from contri.core.admin_verbs import ActingAdmin, StaffVerb, moment
from contri.core.money import naira_from_kobo

DECIDE = "circles.decide_appeal"
grant = partial(services.decide_appeal, is_granted=True)
reject = partial(services.decide_appeal, is_granted=False)


@admin.register(Appeal)
class AppealAdmin(ActingAdmin[Appeal]):
    """What members say was not their fault, and what was decided."""

    list_display = [
        "member",
        "circle",
        "cycle",
        "amount",
        "late_at",
        "reason",
        "status",
        "appealed_at",
        "decided_by",
        "decided_reason",
    ]
    list_filter = ["status", "appealed_at"]
    list_select_related: ClassVar[list[str]] = [
        "contribution__membership__user",
        "contribution__cycle__circle",
        "decided_by",
    ]
    search_fields = ["=contribution__membership__user__email", "=contribution__cycle__circle__id"]
    staff_verbs = (
        StaffVerb("grant", "Grant: it counts no more", DECIDE, grant, "appeal_id", moment),
        StaffVerb("reject", "Reject: it stays on the record", DECIDE, reject, "appeal_id", moment),
    )

    @admin.display(description="Member", ordering="contribution__membership__user")
    def member(self, appeal: Appeal) -> str:
        """Whose record it is."""
        return str(appeal.contribution.membership.user)

    @admin.display(description="Circle", ordering="contribution__cycle__circle")
    def circle(self, appeal: Appeal) -> str:
        """In which circle it happened."""
        return appeal.contribution.cycle.circle.name

    @admin.display(description="Cycle", ordering="contribution__cycle__number")
    def cycle(self, appeal: Appeal) -> int:
        """In which of its cycles."""
        return appeal.contribution.cycle.number

    @admin.display(description="₦ due", ordering="contribution__amount_kobo")
    def amount(self, appeal: Appeal) -> str:
        """What was to be paid."""
        return naira_from_kobo(appeal.contribution.amount_kobo)

    @admin.display(description="Late since", ordering="contribution__late_at")
    def late_at(self, appeal: Appeal) -> object:
        """When it became late, if it did."""
        return appeal.contribution.late_at
