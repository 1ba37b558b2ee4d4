"""The verbs of accounts."""

from accounts.services.addresses import verify_email
from accounts.services.closing import (
    close_account,
    close_account_of,
    close_account_with_key,
    erase_person,
    reasons_against_closing,
)
from accounts.services.cooling_off import COOLING_OFF, Because, refuse_until, refuse_while_cooling_off
from accounts.services.credentials import change_password, reset_password
from accounts.services.failures import tell_of_failures
from accounts.services.identity import Claim, retry_identity_check, review_identity_check, start_identity_check
from accounts.services.identity_work import (
    callback_token,
    resolve_identity_check,
    work_identity_check,
    work_identity_checks,
)
from accounts.services.limits import announce_limits, ask_limits
from accounts.services.mail_requests import (
    request_closing,
    request_password_reset,
    resend_verification,
    write_requested_mail,
    write_requested_mails,
)
from accounts.services.pin import check_pin, set_pin, verify_pin
from accounts.services.pin_reset import request_pin_reset, reset_pin
from accounts.services.pin_tokens import IssuedPinToken, consume_pin_token
from accounts.services.pin_tokens import hash_of as hash_of_pin_token
from accounts.services.profile import ProfileChanges, remove_picture, set_picture, update_profile
from accounts.services.retention import forget_old_rows
from accounts.services.sessions import Device, end_session, log_out, open_session, refresh_session
from accounts.services.signing_in import NewPerson, log_in, sign_up
from accounts.services.social import SocialSignIn, SocialToken, link_social_identity, sign_in_with
from accounts.services.social_links import unlink_social_identity
from accounts.services.staff import (
    ROLE_OF_GROUP,
    appoint_staff,
    ban_user,
    dismiss_staff,
    grant_tier_3,
    reset_second_factor,
    reveal_person,
    unban_user,
    vouch_for_address,
)

__all__ = [
    "COOLING_OFF",
    "ROLE_OF_GROUP",
    "Because",
    "Claim",
    "Device",
    "IssuedPinToken",
    "NewPerson",
    "ProfileChanges",
    "SocialSignIn",
    "SocialToken",
    "announce_limits",
    "appoint_staff",
    "ask_limits",
    "ban_user",
    "callback_token",
    "change_password",
    "check_pin",
    "close_account",
    "close_account_of",
    "close_account_with_key",
    "consume_pin_token",
    "dismiss_staff",
    "end_session",
    "erase_person",
    "forget_old_rows",
    "grant_tier_3",
    "hash_of_pin_token",
    "link_social_identity",
    "log_in",
    "log_out",
    "open_session",
    "reasons_against_closing",
    "refresh_session",
    "refuse_until",
    "refuse_while_cooling_off",
    "remove_picture",
    "request_closing",
    "request_password_reset",
    "request_pin_reset",
    "resend_verification",
    "reset_password",
    "reset_pin",
    "reset_second_factor",
    "resolve_identity_check",
    "retry_identity_check",
    "reveal_person",
    "review_identity_check",
    "set_picture",
    "set_pin",
    "sign_in_with",
    "sign_up",
    "start_identity_check",
    "tell_of_failures",
    "unban_user",
    "unlink_social_identity",
    "update_profile",
    "verify_email",
    "verify_pin",
    "vouch_for_address",
    "work_identity_check",
    "work_identity_checks",
    "write_requested_mail",
    "write_requested_mails",
]
