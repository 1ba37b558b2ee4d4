"""Mails that are no notices, and those that carry one."""

from notifications.kinds.kind import MailKind

# A notice that is also worth a mail. Facts: title, body
NOTICE_MAIL = MailKind("notice", "{title}", "notice")
# The same, where it can wait a while for others: what has gathered for one person by then goes as one mail.
WAITING_NOTICE_MAIL = MailKind("waiting_notice", "{title}", "notice")

# Of accounts. Facts: first_name; key and link where a person proves that the address is theirs
VERIFY_EMAIL = MailKind("verify_email", "Confirm your email address", "verify_email")
CLOSE_ACCOUNT = MailKind("close_account", "Close your Contri account", "close_account")
PIN_RESET_CODE = MailKind("pin_reset_code", "Your code for a new PIN", "pin_reset_code")
RESET_PASSWORD = MailKind("reset_password", "Reset your Contri password", "reset_password")
