"""The refusals of accounts: one class, one stable code each."""

from contri.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotAuthenticatedError,
    NotFoundError,
    UpstreamError,
)


class EmailTakenError(InvalidInputError):
    """An account with this address exists already."""

    code = "email_taken"
    title = "This address has an account"


class InvalidCredentialsError(NotAuthenticatedError):
    """Address and password do not fit each other."""

    code = "invalid_credentials"
    title = "Wrong address or password"


class WrongPasswordError(ForbiddenError):
    """That is not your password."""

    code = "invalid_credentials"
    title = "Wrong password"
    is_kept_for_replay = False


class AccountDisabledError(ForbiddenError):
    """This account has been closed or suspended; support can tell why."""

    code = "account_disabled"
    title = "This account is disabled"


class SignedOutError(NotAuthenticatedError):
    """The access token's session has ended, or its owner may not sign in any more."""

    code = "not_authenticated"
    title = "Sign in first"


class TokenInvalidError(NotAuthenticatedError):
    """The token is expired, ended or not one of ours."""

    code = "token_invalid"
    title = "The token is not valid"


class TokenReusedError(NotAuthenticatedError):
    """This refresh token was used before; everybody who holds one of its family must log in again."""

    code = "token_reused"
    title = "The refresh token was used before"


class VerificationKeyInvalidError(InvalidInputError):
    """The key is expired, used or mistyped; ask for a new mail."""

    code = "verification_key_invalid"
    title = "The key is not valid"


class ResetKeyInvalidError(InvalidInputError):
    """The key is expired, used or mistyped; ask for a new mail."""

    code = "reset_key_invalid"
    title = "The key is not valid"


class ClosingKeyInvalidError(InvalidInputError):
    """The link is expired or used; ask for a new mail."""

    code = "closing_key_invalid"
    title = "The link is not valid"


class SessionNotFoundError(NotFoundError):
    """There is no such session of yours."""

    code = "session_not_found"
    title = "No such session"


class UserNotFoundError(NotFoundError):
    """Nobody with exactly this address or number can be sent money."""

    code = "user_not_found"
    title = "Nobody found"


class WeakPinError(InvalidInputError):
    """This PIN is among the first that a thief tries."""

    code = "weak_pin"
    title = "This PIN is too easy to guess"


class PicturesUnavailableError(UpstreamError):
    """Pictures cannot be kept just now; yours is as it was."""

    code = "pictures_unavailable"
    title = "Pictures cannot be kept now"


class PinIncorrectError(ForbiddenError):
    """That is not your PIN."""

    code = "pin_incorrect"
    title = "Wrong PIN"
    is_kept_for_replay = False


class PinLockedError(ForbiddenError):
    """Too many wrong PINs; wait until the lock ends."""

    code = "pin_locked"
    title = "The PIN is locked"
    is_kept_for_replay = False


class PinNotSetError(ConflictError):
    """Set a PIN first."""

    code = "pin_not_set"
    title = "No PIN is set"
    is_kept_for_replay = False


class PinRequiredError(ForbiddenError):
    """Confirm with your PIN: send the X-Pin-Token from /auth/pin/verify."""

    code = "pin_required"
    title = "Your PIN is needed"
    is_kept_for_replay = False


class PinResetCodeInvalidError(InvalidInputError):
    """The code is wrong, expired or used; after five wrong ones it is worth nothing. Ask for a new mail."""

    code = "pin_reset_code_invalid"
    title = "The code is not valid"


class WithdrawalsLockedError(ForbiddenError):
    """Withdrawals wait for a day after a reset of the PIN (`because`: `pin_reset`), on a new device (`new_device`) and
    to a new bank account (`new_bank_account`); `locked_until` tells when they go on."""

    code = "withdrawals_locked"
    title = "Withdrawals wait for a while"


class PinTokenInvalidError(ForbiddenError):
    """The PIN token is expired, used, or was given for something else."""

    code = "pin_token_invalid"
    title = "The PIN token is not valid"
    is_kept_for_replay = False


class IdentityInUseError(ConflictError):
    """This number has been proved by another account."""

    code = "identity_in_use"
    title = "This identity belongs to another account"


class IdentityCheckRunningError(ConflictError):
    """A number of this kind is being checked already; wait for the verdict."""

    code = "identity_check_running"
    title = "A check is under way"


class IdentityAlreadyVerifiedError(ConflictError):
    """You have proved a number of this kind already."""

    code = "identity_already_verified"
    title = "Already verified"


class CheckNotReviewableError(ConflictError):
    """This check is not waiting for a decision."""

    code = "check_not_reviewable"
    title = "Nothing to decide"


class AlreadyBannedError(ConflictError):
    """The account is banned already."""

    code = "already_banned"
    title = "Already banned"


class NotBannedError(ConflictError):
    """The account is not banned."""

    code = "not_banned"
    title = "Not banned"


class NoSuchGroupError(InvalidInputError):
    """Staff are in one of the groups that exist: support, compliance, finance maker, finance checker, auditor."""

    code = "no_such_staff_group"
    title = "There is no such group"


class NotStaffError(ConflictError):
    """They are not staff."""

    code = "not_staff"
    title = "Not a member of staff"


class NoSecondFactorError(ConflictError):
    """They have no second factor that could be taken away."""

    code = "no_second_factor"
    title = "No second factor"


class ReasonRequiredError(InvalidInputError):
    """Say why: the reason is kept in the audit trail."""

    code = "reason_required"
    title = "A reason is required"


class AccountHasObligationsError(ConflictError):
    """Money or an unfinished circle is still yours."""

    code = "account_has_obligations"
    title = "The account cannot be closed yet"


class AlreadyVerifiedError(ConflictError):
    """The address is verified already."""

    code = "already_verified"
    title = "Already verified"


class ReviewNotPossibleError(ConflictError):
    """Tier 3 comes on top of tier 2: both numbers must be proved first."""

    code = "review_not_possible"
    title = "Not at tier 2"


class LimitsInThePastError(InvalidInputError):
    """New limits hold from tomorrow at the earliest: what happened under the old ones stays right."""

    code = "limits_in_the_past"
    title = "Limits cannot change backwards"


class InvalidIdTokenError(NotAuthenticatedError):
    """The ID token is forged, expired, for another app or of another nonce."""

    code = "invalid_id_token"
    title = "The ID token is not valid"


class SignInKeysUnavailableError(UpstreamError):
    """The provider's keys cannot be fetched now; nothing was decided."""

    code = "sign_in_unavailable"
    title = "Sign-in with this provider is away for a moment"


class SocialLinkRefusedError(ConflictError):
    """An account has this address already; sign in to it with its password, which a mail can reset."""

    code = "social_link_refused"
    title = "This address has an account"


class SocialAddressMissingError(InvalidInputError):
    """The ID token bears no address, so that no account can be opened with it."""

    code = "social_address_missing"
    title = "No address in the ID token"


class SocialAccountTakenError(ConflictError):
    """This Google or Apple account signs somebody else in."""

    code = "social_account_taken"
    title = "Linked to another account"


class SocialAccountLinkedError(ConflictError):
    """Another account of this provider signs you in already; unlink it first."""

    code = "social_account_linked"
    title = "One of this provider is linked"


class SocialIdentityNotFoundError(NotFoundError):
    """No account of this provider is linked."""

    code = "social_identity_not_found"
    title = "Not linked"


class LastSignInMethodError(ConflictError):
    """Without it you could not sign in any more; set a password first."""

    code = "last_sign_in_method"
    title = "The only way in"
