"""Payments that a bank wants back."""

from django.contrib import admin
from django.http import HttpRequest

from contri.core.admin_verbs import ActingAdmin, StaffVerb, moment
from wallets import services
from wallets.admin.columns import KoboColumns
from wallets.models import Dispute
from wallets.services.wording import naira


@admin.register(Dispute)
class DisputeAdmin(KoboColumns, ActingAdmin[Dispute]):
    """A queue with a deadline: payments that a bank wants back, and what we say to that."""

    list_display = ["respond_by", "reference", "whose", "amount", "status", "stage", "taken", "owed", "answer", "told"]
    list_filter = ["status", "state", "resolution", "provider"]
    list_select_related = ["deposit__wallet__user"]
    search_fields = ["=reference", "=code", "=deposit__wallet__user__email"]
    staff_verbs = (
        StaffVerb(
            "contest",
            "Contest it (the bank reads the reason)",
            "wallets.contest_dispute",
            services.contest_dispute,
            "dispute_id",
            moment,
        ),
        StaffVerb(
            "ask_acceptance",
            "Ask that it be accepted",
            "wallets.ask_accept_dispute",
            services.ask_dispute_acceptance,
            "dispute_id",
        ),
        StaffVerb(
            "try_again",
            "Ask again how it stands",
            "wallets.retry_dispute",
            services.retry_dispute,
            "dispute_id",
            moment,
        ),
    )

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """The open ones by their deadline; of all that ever were, the newest first."""
        is_queue = request.GET.get("status__exact") == Dispute.Status.OPEN
        return ("respond_by",) if is_queue else ()

    @admin.display(description="user")
    def whose(self, dispute: Dispute) -> str:
        """Who was credited with the payment."""
        return str(dispute.deposit.wallet.user) if dispute.deposit else "nobody"

    @admin.display(description="the provider has it", boolean=True)
    def told(self, dispute: Dispute) -> bool:
        """Whether our answer has arrived."""
        return dispute.answered_at is not None

    @admin.display(description="taken from the wallet")
    def taken(self, dispute: Dispute) -> str:
        """What the wallet gave."""
        return naira(dispute.taken_kobo)

    @admin.display(description="owed since")
    def owed(self, dispute: Dispute) -> str:
        """What the wallet could not cover."""
        return naira(dispute.owed_kobo)
