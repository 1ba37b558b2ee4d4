"""Where people are signed in, and by what."""

from typing import ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from django.contrib import admin

from accounts.models import Session
from contri.core.admin import ReadOnlyAdmin
from contri.core.masking import masked_address

# Allauth offers its rows for editing; here an address is verified by its owner's key, or vouched for with a reason;
# and a second factor is set up by its owner, or taken away with a reason.
admin.site.unregister(EmailAddress)
# Nor are its social accounts edited; its tables of apps and tokens stay empty.
admin.site.unregister([SocialAccount, SocialApp, SocialToken])
admin.site.unregister(Authenticator)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin[Session]):
    """Devices that are or were signed in."""

    list_display = ["created_at", "user", "user_agent", "masked", "last_used_at", "ended_at", "end_reason"]
    list_filter = ["end_reason", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=id"]
    readonly_fields = ["masked"]
    concealed = ("address",)
    unmasked: ClassVar[dict[str, str]] = {"masked": "address"}

    @admin.display(description="address")
    def masked(self, session: Session) -> str:
        """About where."""
        return masked_address(session.address)


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin[SocialAccount]):
    """Google and Apple accounts that sign people in."""

    list_display = ["date_joined", "user", "provider", "last_login"]
    # What the provider said of them: their address and name.
    exclude = ["extra_data"]
    concealed = ("uid",)
    list_filter = ["provider"]
    list_select_related = ["user"]
    search_fields = ["=user__email"]
