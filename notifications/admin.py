"""What people were told, as staff see it."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each, acting_staff
from contri.core.masking import masked_email
from notifications import services
from notifications.models import Device, MailDelivery, Notification, PushDelivery, UnreachableAddress


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin[Notification]):
    """Notices: of what kind; their words, which name people and amounts, for a reason only."""

    list_display = ["created_at", "recipient", "kind", "read_at"]
    concealed = ("title", "body")
    list_filter = ["type", "priority", "kind", "created_at"]
    list_select_related = ["recipient"]
    search_fields = ["=recipient__email"]


@admin.register(MailDelivery)
class MailDeliveryAdmin(ReadOnlyAdmin[MailDelivery]):
    """The mail outbox. What a mail says is never shown: it may open an account."""

    list_display = ["created_at", "masked", "kind", "state", "attempts", "last_error", "finished_at"]
    list_filter = ["state", "kind"]
    search_fields = ["=to"]
    exclude = ["sealed_facts", "to"]
    unmasked: ClassVar[dict[str, str]] = {"masked": "to"}
    readonly_fields = ["masked"]
    action_form = ReasonedActionForm
    actions = ["send_again"]

    @admin.display(description="to")
    def masked(self, mail: MailDelivery) -> str:
        """To whom, but for most of the address."""
        return masked_email(mail.to)

    @admin.action(description="Send again", permissions=["send_again"])
    def send_again(self, request: HttpRequest, mails: QuerySet[MailDelivery]) -> None:
        """Each of them that was not sent, from its first try on."""
        act_on_each(
            request,
            mails,
            lambda mail, reason: services.retry_mail(actor=acting_staff(request), delivery_id=mail.id, reason=reason),
        )

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        """Who may have mails sent again."""
        return request.user.has_perm("notifications.retry_mail")


@admin.register(Device)
class DeviceAdmin(ReadOnlyAdmin[Device]):
    """Where people are pushed to, without the tokens."""

    list_display = ["created_at", "user", "platform", "last_seen_at"]
    list_filter = ["platform"]
    list_select_related = ["user"]
    search_fields = ["=user__email"]
    exclude = ["token"]


@admin.register(PushDelivery)
class PushDeliveryAdmin(ReadOnlyAdmin[PushDelivery]):
    """The push outbox."""

    concealed = ("title", "body")
    list_display = ["created_at", "device", "kind", "state", "attempts", "due_at", "last_error", "finished_at"]
    list_filter = ["state", "kind", "is_urgent"]
    list_select_related = ["device"]
    search_fields = ["=device__user__email"]


@admin.register(UnreachableAddress)
class UnreachableAddressAdmin(ReadOnlyAdmin[UnreachableAddress]):
    """Addresses that nothing is sent to any more."""

    list_display = ["masked", "why", "since"]
    list_filter = ["why"]
    search_fields = ["=address"]
    readonly_fields = ["masked"]
    concealed = ("address",)
    unmasked: ClassVar[dict[str, str]] = {"masked": "address"}
    action_form = ReasonedActionForm
    actions = ["write_again"]

    @admin.display(description="address")
    def masked(self, row: UnreachableAddress) -> str:
        """But for most of it."""
        return masked_email(row.address)

    @admin.action(description="Write to it again", permissions=["trust"])
    def write_again(self, request: HttpRequest, addresses: QuerySet[UnreachableAddress]) -> None:
        """Each of them."""
        act_on_each(
            request,
            addresses,
            lambda row, reason: services.trust_address(actor=acting_staff(request), address=row.address, reason=reason),
        )

    def has_trust_permission(self, request: HttpRequest) -> bool:
        """Who may have addresses written to again."""
        return request.user.has_perm("notifications.trust_address")
