"""Checks of identity: the KYC queue."""

from functools import partial

from django.contrib import admin

from accounts import services
from accounts.models import IdentityCheck
from contri.core.admin_verbs import ActingAdmin, StaffVerb, moment

REVIEW = "accounts.review_identity_check"
approve = partial(services.review_identity_check, is_approved=True)
reject = partial(services.review_identity_check, is_approved=False)


@admin.register(IdentityCheck)
class IdentityCheckAdmin(ActingAdmin[IdentityCheck]):
    """The KYC queue: filter by status "review". The numbers themselves are shown to nobody."""

    list_display = ["created_at", "user", "id_type", "status", "result_code", "result_text", "state", "last_error"]
    list_filter = ["status", "state", "id_type", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=job_id"]
    exclude = ["number", "number_hash", "details"]
    staff_verbs = (
        StaffVerb("approve", "Approve: the number is theirs", REVIEW, approve, "check_id", moment),
        StaffVerb("reject", "Reject: it is not, or nobody can tell", REVIEW, reject, "check_id", moment),
        StaffVerb("try_again", "Try again at the provider", REVIEW, services.retry_identity_check, "check_id", moment),
    )
