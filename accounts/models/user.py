"""A person (or Contri itself) with an account."""

import secrets
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower

from contri.core.models import BaseModel

# Without I, L, O, U and 0, 1: read over the telephone, none is taken for another.
REFERRAL_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
REFERRAL_LENGTH = 8


def new_referral_code() -> str:
    """Eight characters that survive being read aloud; 30⁸ of them."""
    return "".join(secrets.choice(REFERRAL_ALPHABET) for _ in range(REFERRAL_LENGTH))


class Role(models.TextChoices):
    """What a person is to Contri. What staff may do comes from their group: finance has two, makers and checkers."""

    MEMBER = "member"
    SUPPORT = "support"
    FINANCE = "finance"
    COMPLIANCE = "compliance"
    AUDITOR = "auditor"
    SUPERUSER = "superuser"


class KycStatus(models.TextChoices):
    """Where a person's latest proof of identity stands."""

    NONE = "none"
    PENDING = "pending"
    REVIEW = "review"
    APPROVED = "approved"
    REJECTED = "rejected"


class UserManager(BaseUserManager["User"]):
    """Finds people by address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this address."""
        return self.get(email=(username or "").lower())

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """For `manage.py createsuperuser`; nothing else makes staff this way."""
        user = self.model(
            email=email.lower(), role=Role.SUPERUSER, is_staff=True, is_superuser=True, is_active=True, **fields
        )
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(BaseModel, AbstractBaseUser, PermissionsMixin):
    """One account. The address is in lower case; names and numbers are erased when the person leaves, the row stays."""

    email = models.EmailField(max_length=254)
    first_name = models.CharField(max_length=80)
    last_name = models.CharField(max_length=80)
    # As a BVN or NIN proved it: people call themselves what they like, but money leaves to this name only.
    proved_name = models.CharField(max_length=161, blank=True, editable=False)
    # E.164. Unverified: it finds a person, it proves nothing about them.
    phone_number = models.CharField(max_length=16, null=True, blank=True)  # noqa: DJ001 - NULL is how many may have none
    avatar = models.FileField(upload_to="avatars", blank=True)
    role = models.CharField(max_length=12, choices=Role, default=Role.MEMBER)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    email_verified_at = models.DateTimeField(null=True, blank=True)
    kyc_status = models.CharField(max_length=10, choices=KycStatus, default=KycStatus.NONE)
    kyc_tier = models.PositiveSmallIntegerField(default=0)
    referral_code = models.CharField(max_length=REFERRAL_LENGTH, default=new_referral_code, editable=False)
    referred_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="referrals")
    banned_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["first_name", "last_name"]

    class Meta:
        permissions = [
            ("ban_user", "Can ban people and lift bans"),
            ("vouch_for_address", "Can take an address as verified"),
            ("grant_tier_3", "Can put people at tier 3"),
            ("reveal_person", "Can see a person's masked data, with a reason"),
            ("manage_staff", "Can appoint and dismiss staff, and take second factors away"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["email"], name="user_email_unique"),
            models.UniqueConstraint(fields=["phone_number"], name="user_phone_number_unique"),
            models.UniqueConstraint(fields=["referral_code"], name="user_referral_code_unique"),
            models.CheckConstraint(condition=models.Q(email=Lower("email")), name="user_email_is_lower_case"),
            models.CheckConstraint(condition=models.Q(kyc_tier__lte=3), name="user_kyc_tier_is_0_to_3"),
            models.CheckConstraint(
                condition=models.Q(banned_at=None) | models.Q(is_active=False), name="user_banned_is_not_active"
            ),
        ]

    def __str__(self) -> str:
        # Copied into audit rows that outlive the person's data: no address here.
        return self.display_name

    @property
    def is_verified(self) -> bool:
        """Whether they have shown that the address is theirs."""
        return self.email_verified_at is not None

    @property
    def display_name(self) -> str:
        """What other people see: "Ada O."."""
        initial = f" {self.last_name[0]}." if self.last_name else ""
        return f"{self.first_name}{initial}"

    @property
    def avatar_url(self) -> str | None:
        """Where their picture is, absolute; None when they have none."""
        if not self.avatar:
            return None
        url: str = self.avatar.url
        return url if url.startswith("http") else f"{settings.PUBLIC_BASE_URL}{url}"
