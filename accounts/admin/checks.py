"""Checks of identity: the KYC queue."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.admin.acting import acting_user
from accounts.models import IdentityCheck
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each


@admin.register(IdentityCheck)
class IdentityCheckAdmin(ReadOnlyAdmin[IdentityCheck]):
    """The KYC queue: filter by status "review". The numbers themselves are shown to nobody."""

    list_display = ["created_at", "user", "id_type", "status", "result_code", "result_text", "state", "last_error"]
    list_filter = ["status", "state", "id_type", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=job_id"]
    exclude = ["number", "number_hash", "details"]
    action_form = ReasonedActionForm
    actions = ["approve", "reject", "try_again"]

    @admin.action(description="Approve", permissions=["review"])
    def approve(self, request: HttpRequest, checks: QuerySet[IdentityCheck]) -> None:
        """The number is theirs."""
        self._review(request, checks, is_approved=True)

    @admin.action(description="Reject", permissions=["review"])
    def reject(self, request: HttpRequest, checks: QuerySet[IdentityCheck]) -> None:
        """It is not, or nobody can tell."""
        self._review(request, checks, is_approved=False)

    @admin.action(description="Try again at the provider", permissions=["review"])
    def try_again(self, request: HttpRequest, checks: QuerySet[IdentityCheck]) -> None:
        """For checks that the worker gave up."""
        actor, at = acting_user(request), timezone.now()
        act_on_each(
            request,
            checks,
            lambda check, reason: services.retry_identity_check(actor=actor, check_id=check.pk, reason=reason, at=at),
        )

    def has_review_permission(self, request: HttpRequest) -> bool:
        """Who may decide."""
        return request.user.has_perm("accounts.review_identity_check")

    def _review(self, request: HttpRequest, checks: QuerySet[IdentityCheck], *, is_approved: bool) -> None:
        actor, at = acting_user(request), timezone.now()
        act_on_each(
            request,
            checks,
            lambda check, reason: services.review_identity_check(
                actor=actor, check_id=check.pk, is_approved=is_approved, reason=reason, at=at
            ),
        )
