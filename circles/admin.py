"""Circles as staff see them: how they stand, and the verbs that staff may use on them."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Count, Exists, F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin.acting import acting_user
from circles import appeal_admin, card_admin, chat_admin, services
from circles.admin_inlines import ReadOnlyInline
from circles.models import (
    ActState,
    CharterVersion,
    Circle,
    Contribution,
    ContributionStatus,
    Cycle,
    Debt,
    DiscountShare,
    Handover,
    Membership,
    Nominee,
    Pause,
    Payout,
    Refund,
    ScheduledAct,
    Vote,
)
from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each
from contri.core.admin_verbs import ActingAdmin, Given, StaffVerb, moment
from contri.core.masking import masked_email
from contri.core.money import naira_from_kobo
from wallets.models import LedgerAccount, Purpose

# These register themselves.
__all__ = ["CircleAdmin", "appeal_admin", "card_admin", "chat_admin"]


class MembershipInline(ReadOnlyInline):
    """Who is in it."""

    model = Membership
    fields = ["user", "role", "status", "hands", "joined_at", "ended_at"]


class CycleInline(ReadOnlyInline):
    """Its turns."""

    model = Cycle
    fields = ["number", "status", "due_at", "grace_ends_at", "delayed_days", "closed_at"]


class CharterInline(ReadOnlyInline):
    """Its rules."""

    model = CharterVersion
    fields = ["number", "sha256", "document"]


class PauseInline(ReadOnlyInline):
    """When its clocks stood still."""

    model = Pause
    fields = ["started_at", "ended_at", "shifted_days", "reason"]


STEER = "circles.steer_circle"


def as_staff(request: HttpRequest) -> Given:
    """A host may do the same, within limits that do not hold for staff."""
    return {"as_staff": True, **moment(request)}


@admin.register(Circle)
class CircleAdmin(ActingAdmin[Circle]):
    """Circles, with how they are funded and who is late."""

    list_display = ["name", "host", "status", "amount", "frequency", "size", "pot", "late", "stuck", "cycle_start_date"]
    list_filter = ["status", "frequency", "payout_order", "shortfall_policy", "created_at"]
    list_select_related = ["host"]
    search_fields = ["name", "=host__email", "=invite_code"]
    exclude = ["draw_sealed_seed"]
    inlines = [MembershipInline, CycleInline, CharterInline, PauseInline]
    staff_verbs = (
        StaffVerb("pause", "Pause: stop all clocks", STEER, services.pause_circle, "circle_id", as_staff),
        StaffVerb("resume", "Resume: set the clocks going", STEER, services.resume_circle, "circle_id", as_staff),
        StaffVerb(
            "cancel", "Cancel before it begins, with refunds", STEER, services.cancel_circle, "circle_id", as_staff
        ),
        StaffVerb(
            "dissolve",
            "Dissolve: no more payouts, settle net positions",
            "circles.dissolve_circle",
            services.dissolve_circle,
            "circle_id",
            moment,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Circle]:
        """Circles with their pot, how many contributions are late, and failed acts."""
        pot = LedgerAccount.objects.filter(owner_id=OuterRef("pk"), purpose=Purpose.POT)
        late = Contribution.objects.filter(cycle__circle=OuterRef("pk"), status=ContributionStatus.LATE)
        failing = ScheduledAct.objects.filter(circle=OuterRef("pk"), state=ActState.PENDING, attempts__gt=0)
        circles: QuerySet[Circle] = super().get_queryset(request)
        return circles.annotate(
            pot_held=Coalesce(Subquery(pot.values(held=F("credits_posted") - F("debits_posted"))[:1]), 0),
            late_count=Coalesce(
                Subquery(late.values("cycle__circle").annotate(number=Count("pk")).values("number")), 0
            ),
            is_stuck=Exists(failing),
        )

    @admin.display(description="₦ each", ordering="amount_kobo")
    def amount(self, circle: Circle) -> str:
        """What everybody pays."""
        return naira_from_kobo(circle.amount_kobo)

    @admin.display(description="₦ in the pot", ordering="pot_held")
    def pot(self, circle: Any) -> str:
        """What the ledger holds for it."""
        return naira_from_kobo(circle.pot_held)

    @admin.display(description="Late", ordering="late_count")
    def late(self, circle: Any) -> int:
        """Contributions that are late now."""
        number: int = circle.late_count
        return number

    @admin.display(description="Stuck", boolean=True)
    def stuck(self, circle: Any) -> bool:
        """Whether an act of it fails."""
        return bool(circle.is_stuck)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin[Membership]):
    """Who is in which circle, and what staff decide about them."""

    list_display = ["user", "circle", "role", "status", "hands", "joined_at", "ended_at", "accelerated_at", "payee"]
    list_filter = ["status", "role", ("accelerated_at", admin.EmptyFieldListFilter)]
    list_select_related: ClassVar[list[str]] = ["user", "circle", "payee"]
    search_fields = ["=user__email", "=circle__id", "circle__name"]
    action_form = ReasonedActionForm
    actions = ["expel", "record_death"]

    @admin.action(description="Remove from a circle that runs, and settle", permissions=["expel"])
    def expel(self, request: HttpRequest, members: QuerySet[Membership]) -> None:
        """Take each out."""

        def verb(member: Membership, reason: str) -> object:
            return services.expel_member(
                actor=acting_user(request),
                circle_id=member.circle_id,
                membership_id=member.pk,
                reason=reason,
                at=timezone.now(),
            )

        act_on_each(request, members, verb)

    @admin.action(description="The member has died (reason: the evidence)", permissions=["record_death"])
    def record_death(self, request: HttpRequest, members: QuerySet[Membership]) -> None:
        """Settle all circles of each person."""

        def verb(member: Membership, evidence: str) -> object:
            return services.record_death(
                actor=acting_user(request), user_id=member.user_id, evidence=evidence, at=timezone.now()
            )

        act_on_each(request, members, verb)

    def has_expel_permission(self, request: HttpRequest) -> bool:
        """Who may take people out of circles."""
        return request.user.has_perm("circles.expel_member")

    def has_record_death_permission(self, request: HttpRequest) -> bool:
        """Who may record a death."""
        return request.user.has_perm("circles.record_death")


@admin.register(Vote)
class VoteAdmin(ReadOnlyAdmin[Vote]):
    """What circles decide. Who voted how is nobody's business."""

    list_display = ["circle", "number", "subject", "about", "status", "outcome", "needed", "opened_at", "decided_at"]
    list_filter = ["subject", "status"]
    list_select_related: ClassVar[list[str]] = ["circle", "about"]
    search_fields = ["=circle__id", "circle__name"]


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin[Handover]):
    """Places that members offered, and who took them over for what."""

    list_display = ["circle", "leaver", "status", "newcomer", "worth_kobo", "offered_at", "expires_at", "done_at"]
    list_filter = ["status"]
    list_select_related: ClassVar[list[str]] = ["circle", "leaver", "newcomer"]
    search_fields = ["=circle__id", "=leaver__user__email"]
    exclude = ["code"]


@admin.register(DiscountShare)
class DiscountShareAdmin(ReadOnlyAdmin[DiscountShare]):
    """What recipients gave up, and to whom it went."""

    list_display = ["payout", "slot", "amount_kobo", "paid_at"]
    list_select_related: ClassVar[list[str]] = ["payout", "slot"]
    search_fields = ["=payout__cycle__circle__id"]


@admin.register(Nominee)
class NomineeAdmin(ReadOnlyAdmin[Nominee]):
    """Who inherits what. Who they are is shown to who says why."""

    list_display = ["user", "relationship", "masked"]
    readonly_fields: ClassVar[list[str]] = ["masked"]
    concealed = ("full_name", "email")
    unmasked: ClassVar[dict[str, str]] = {"masked": "email"}
    list_select_related: ClassVar[list[str]] = ["user"]
    search_fields = ["=user__email", "=email"]

    @admin.display(description="email")
    def masked(self, nominee: Nominee) -> str:
        """But for most of it."""
        return masked_email(nominee.email)


@admin.register(Contribution)
class ContributionAdmin(ReadOnlyAdmin[Contribution]):
    """What members owe and have paid."""

    list_display = ["membership", "cycle", "amount_kobo", "paid_kobo", "status", "due_at", "paid_at", "late_at"]
    list_filter = ["status", "source", "due_at"]
    list_select_related: ClassVar[list[str]] = ["membership", "cycle"]
    search_fields = ["=membership__user__email", "=cycle__circle__id"]


@admin.register(Payout)
class PayoutAdmin(ReadOnlyAdmin[Payout]):
    """What recipients were due and have had."""

    list_display = ["cycle", "membership", "amount_kobo", "paid_kobo", "paid_at"]
    list_filter = ["paid_at"]
    list_select_related: ClassVar[list[str]] = ["membership", "cycle"]
    search_fields = ["=membership__user__email", "=cycle__circle__id"]


@admin.register(Debt)
class DebtAdmin(ReadOnlyAdmin[Debt]):
    """What recipients still wait for."""

    list_display = ["contribution", "payout", "amount_kobo", "opened_at", "settled_at"]
    list_filter = [("settled_at", admin.EmptyFieldListFilter)]
    list_select_related: ClassVar[list[str]] = ["contribution", "payout"]


@admin.register(Refund)
class RefundAdmin(ReadOnlyAdmin[Refund]):
    """What went back to members."""

    list_display = ["contribution", "amount_kobo", "refunded_at", "actor"]
    list_select_related: ClassVar[list[str]] = ["contribution", "actor"]


@admin.register(ScheduledAct)
class ScheduledActAdmin(ReadOnlyAdmin[ScheduledAct]):
    """What circles will do by themselves, what they did, and what fails."""

    list_display = ["circle", "kind", "number", "state", "due_at", "next_try_at", "done_at", "attempts", "last_error"]
    list_filter = ["state", "kind", ("last_error", admin.EmptyFieldListFilter)]
    list_select_related: ClassVar[list[str]] = ["circle"]
    search_fields = ["=circle__id", "circle__name"]
