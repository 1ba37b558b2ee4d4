"""Appeals against marks on records: staff read them beside the facts and decide, with a reason."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.acting import acting_user
from circles import services
from circles.models import Appeal
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each
from contri.core.money import naira_from_kobo


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin[Appeal]):
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
    action_form = ReasonedActionForm
    actions = ["grant", "reject"]

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

    @admin.action(description="Grant: it counts no more", permissions=["decide"])
    def grant(self, request: HttpRequest, appeals: QuerySet[Appeal]) -> None:
        """Excuse each mark."""
        self._decide(request, appeals, is_granted=True)

    @admin.action(description="Reject: it stays on the record", permissions=["decide"])
    def reject(self, request: HttpRequest, appeals: QuerySet[Appeal]) -> None:
        """Let each mark stand."""
        self._decide(request, appeals, is_granted=False)

    def _decide(self, request: HttpRequest, appeals: QuerySet[Appeal], *, is_granted: bool) -> None:
        def verb(appeal: Appeal, reason: str) -> object:
            return services.decide_appeal(
                actor=acting_user(request),
                appeal_id=appeal.pk,
                is_granted=is_granted,
                reason=reason,
                at=timezone.now(),
            )

        act_on_each(request, appeals, verb)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Who may decide them."""
        return request.user.has_perm("circles.decide_appeal")
