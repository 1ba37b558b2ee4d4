"""What people are told about their account."""

from notifications.kinds.kind import NoticeKind, NoticeType, Priority, Topic

EMAIL_VERIFIED = NoticeKind(
    "email_verified",
    "Email address confirmed",
    "{email} is confirmed. Welcome to Contri.",
    type=NoticeType.SUCCESS,
    topic=Topic.SECURITY,
)
EMAIL_UNREACHABLE = NoticeKind(
    "email_unreachable",
    "We cannot reach you by mail",
    "Mail to {email} comes back. Nothing is sent there any more; write to us to have it checked or changed.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    topic=Topic.SECURITY,
)
PASSWORD_CHANGED = NoticeKind(
    "password_changed",
    "Your password was changed",
    "Every other device was signed out. If this was not you, reset your password now and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_SET = NoticeKind(
    "pin_set",
    "Your PIN is set",
    "It guards every movement of your money. If this was not you, change your password now and write to us.",
    type=NoticeType.SUCCESS,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_RESET = NoticeKind(
    "pin_reset",
    "Your PIN was reset",
    "Withdrawals wait for a day. If this was not you, change your password now and write to us: your money is "
    "still here.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_CHANGED = NoticeKind(
    "pin_changed",
    "Your PIN was changed",
    "If this was not you, change your password now and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
SESSION_REVOKED = NoticeKind(
    "session_revoked",
    "We signed one of your devices out",
    "A sign-in of yours was used twice, as if it had been copied. We ended it; please sign in again on that device.",
    type=NoticeType.ACTION_REQUIRED,
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)

NEW_DEVICE = NoticeKind(
    "new_device",
    "Signed in on a new device",
    "Somebody signed in to your account with: {device}. If this was not you, change your password now.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PASSWORD_GUESSED = NoticeKind(
    "password_guessed",
    "Somebody tries to sign in to your account",
    "A wrong password was given several times within an hour. If this was not you, choose a new one that you use "
    "nowhere else.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
PIN_LOCKED = NoticeKind(
    "pin_locked",
    "Your PIN is locked for a while",
    "A wrong PIN was given five times. If this was not you, change your password now.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
SOCIAL_LINKED = NoticeKind(
    "social_linked",
    "{provider} signs you in from now on",
    "A {provider} account with your address was linked. If this was not you, unlink it and write to us.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
SOCIAL_UNLINKED = NoticeKind(
    "social_unlinked",
    "{provider} does not sign you in any more",
    "The {provider} account was unlinked. If this was not you, change your password now.",
    priority=Priority.HIGH,
    mails=True,
    topic=Topic.SECURITY,
)
IDENTITY_APPROVED = NoticeKind(
    "identity_approved",
    "Your {id_type} is verified",
    "Thank you. Your limits are those of tier {tier} from now on.",
    type=NoticeType.SUCCESS,
    mails=True,
    topic=Topic.SECURITY,
)
IDENTITY_REJECTED = NoticeKind(
    "identity_rejected",
    "Your {id_type} could not be verified",
    "What you entered does not fit the records. Check number, names and date of birth, and try again.",
    type=NoticeType.ACTION_REQUIRED,
    mails=True,
    topic=Topic.SECURITY,
)
IDENTITY_IN_REVIEW = NoticeKind(
    "identity_in_review",
    "We are looking at your {id_type}",
    "The records match only in part, so a person at Contri will decide. There is nothing for you to do.",
    topic=Topic.SECURITY,
)
