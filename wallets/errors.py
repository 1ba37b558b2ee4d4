"""Everything that wallets refuse, each with its stable code."""

from contri.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
    UpstreamError,
)

# --- the ledger


class InsufficientFundsError(ConflictError):
    """There is not enough money that can be spent."""

    code = "insufficient_funds"
    title = "Not enough money"


class AccountNotOpenError(ConflictError):
    """This account is frozen or closed; nothing can be moved out of it or into it."""

    code = "account_not_open"
    title = "The account is not open"


class HoldResolvedError(ConflictError):
    """This hold was settled or released before."""

    code = "hold_resolved"
    title = "The hold is resolved"


class AlreadyReversedError(ConflictError):
    """This movement was reversed before."""

    code = "already_reversed"
    title = "Reversed already"


# --- moving money


class LimitExceededError(ForbiddenError):
    """This is more than the verification tier allows; `limit_type` says which limit, `limit` how much it is."""

    code = "limit_exceeded"
    title = "Over the limit of the tier"


class KycRequiredError(ForbiddenError):
    """Prove a BVN or NIN first."""

    code = "kyc_required"
    title = "Identity not verified yet"


class DebtOutstandingError(ForbiddenError):
    """A payment of yours was taken back by the card's bank; until that is made up for, no money can go out."""

    code = "debt_outstanding"
    title = "You owe for a payment that was taken back"


class SelfTransferError(InvalidInputError):
    """Money cannot be sent to oneself."""

    code = "self_transfer"
    title = "That is your own wallet"


class RecipientNotFoundError(NotFoundError):
    """There is nobody here who could receive this."""

    code = "recipient_not_found"
    title = "No such recipient"


# --- banks and cards


class BankAccountNotFoundError(NotFoundError):
    """There is no such bank account among yours."""

    code = "bank_account_not_found"
    title = "No such bank account"


class BankAccountUnverifiedError(ConflictError):
    """The name on this bank account is not confirmed to be yours yet; our staff look at it."""

    code = "bank_account_unverified"
    title = "The bank account is not confirmed"


class BankAccountLinkedError(ConflictError):
    """This bank account is linked already."""

    code = "bank_account_linked"
    title = "Linked already"


class BankAccountUnresolvedError(RuleViolationError):
    """The bank does not know this account number."""

    code = "bank_account_unresolved"
    title = "No such account at that bank"


class CardNotFoundError(NotFoundError):
    """There is no such card among yours."""

    code = "card_not_found"
    title = "No such card"


class CardNotReusableError(RuleViolationError):
    """This payment yields no card that can be charged again."""

    code = "card_not_reusable"
    title = "The card cannot be kept"


class CardDeclinedError(ConflictError):
    """The card was not charged."""

    code = "card_declined"
    title = "The card was declined"


# --- providers


class ProviderUnavailableError(UpstreamError):
    """The payment provider does not answer just now; nothing was moved."""

    code = "provider_unavailable"
    title = "The payment provider is not available"


# --- staff


class WithdrawalNotFoundError(NotFoundError):
    """There is no such withdrawal."""

    code = "withdrawal_not_found"
    title = "No such withdrawal"


class SuspenseItemNotFoundError(NotFoundError):
    """There is no such item in suspense."""

    code = "suspense_item_not_found"
    title = "No such suspense item"


class ReconciliationItemNotFoundError(NotFoundError):
    """There is no such difference to a provider's list."""

    code = "reconciliation_item_not_found"
    title = "No such difference"


class DisputeNotFoundError(NotFoundError):
    """There is no such dispute."""

    code = "dispute_not_found"
    title = "No such dispute"


class NotContestableError(ConflictError):
    """Nobody of ours was credited with this payment: there is nothing to say for it."""

    code = "dispute_not_contestable"
    title = "Nothing speaks for this payment"


class NothingOwedError(ConflictError):
    """They owe Contri nothing."""

    code = "nothing_owed"
    title = "Nothing is owed"


class OwedOtherwiseError(ConflictError):
    """They owe another sum than when this was asked for."""

    code = "owed_otherwise"
    title = "Another sum is owed by now"


class PasswordNotTakenError(ConflictError):
    """The provider does not take this one-time password for this payment."""

    code = "password_not_taken"
    title = "The provider does not take this password"


class RefundNotFoundError(NotFoundError):
    """There is no such refund."""

    code = "refund_not_found"
    title = "No such refund"


class RefundNotOfferedError(ConflictError):
    """This provider's payments can be sent back on its own pages only."""

    code = "refund_not_offered"
    title = "Not sent back from here"


class PaymentDisputedError(ConflictError):
    """Its payer's bank wants this payment back already: sent back as well, it would be paid twice."""

    code = "payment_disputed"
    title = "The bank wants it back already"


class NotReversibleError(ConflictError):
    """Only money that one member sent to another, and that was not sent back before, is put right this way."""

    code = "not_reversible"
    title = "This cannot be reversed"


class NotWaitingForReviewError(ConflictError):
    """This is not waiting for a person."""

    code = "not_waiting_for_review"
    title = "Nothing to decide here"
