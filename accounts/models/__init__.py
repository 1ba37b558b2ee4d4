"""People, how they prove who they are, and what each level of proof allows."""

from accounts.models.identity import CheckStatus, IdentityCheck, IdType
from accounts.models.mail_request import MailKey, MailRequest
from accounts.models.pin import Pin, PinPurpose, PinToken
from accounts.models.session import RefreshUse, Session
from accounts.models.social import SocialProvider
from accounts.models.tier import TierRule
from accounts.models.user import KycStatus, Role, User

__all__ = [
    "CheckStatus",
    "IdType",
    "IdentityCheck",
    "KycStatus",
    "MailKey",
    "MailRequest",
    "Pin",
    "PinPurpose",
    "PinToken",
    "RefreshUse",
    "Role",
    "Session",
    "SocialProvider",
    "TierRule",
    "User",
]
