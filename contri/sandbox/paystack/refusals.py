"""Every way in which Paystack says no, with the words and codes it uses."""

from dataclasses import dataclass
from typing import Any


@dataclass(eq=False)
class PaystackRefusalError(Exception):
    """An error answer. Old endpoints send only status and message; newer ones a type, a code and the next step too."""

    message: str
    http_status: int = 400
    code: str = ""
    next_step: str = ""
    type: str = "validation_error"

    def body(self) -> dict[str, Any]:
        """The JSON of the answer."""
        if not self.code:
            return {"status": False, "message": self.message}
        return {
            "status": False,
            "message": self.message,
            "meta": {"nextStep": self.next_step},
            "type": self.type,
            "code": self.code,
        }


def no_authorization_header() -> PaystackRefusalError:
    """The call names no key."""
    return PaystackRefusalError("No Authorization Header was found", 401)


def malformed_authorization_header() -> PaystackRefusalError:
    """The header is not `Bearer <key>`."""
    return PaystackRefusalError("Format is Authorization: Bearer [secret key]", 401)


def invalid_key() -> PaystackRefusalError:
    """The key is not this merchant's secret key."""
    return PaystackRefusalError("Invalid key", 401)


def missing(message: str) -> PaystackRefusalError:
    """A required parameter is not there."""
    return PaystackRefusalError(message, code="missing_params", next_step="Provide all required params")


def invalid(message: str) -> PaystackRefusalError:
    """A parameter has a value that cannot be."""
    return PaystackRefusalError(
        message, code="invalid_params", next_step="Ensure that the value(s) you're passing are valid."
    )


def duplicate_transaction() -> PaystackRefusalError:
    """`/transaction/initialize` saw this reference before."""
    return PaystackRefusalError(
        "Duplicate Transaction Reference",
        code="duplicate_reference",
        next_step="Try and create the Transaction or Charge with a new reference",
    )


def duplicate_charge() -> PaystackRefusalError:
    """`/transaction/charge_authorization` saw this reference before."""
    return PaystackRefusalError(
        "Duplicate charge request for reference",
        code="duplicate_reference",
        next_step="Try and create the Transaction or Charge with a new reference",
    )


def transaction_not_found() -> PaystackRefusalError:
    """No transaction has this reference or id."""
    return PaystackRefusalError(
        "Transaction reference not found.",
        code="transaction_not_found",
        next_step="Ensure that you're passing the reference of a transaction that exists on this integration",
    )


def authorization_mismatch() -> PaystackRefusalError:
    """The saved card is unknown, or was saved with another email address."""
    return PaystackRefusalError(
        "Email does not match Authorization code. Authorization may be inactive or belong to a different email. "
        "Please confirm.",
        code="invalid_params",
        next_step="Ensure that the email is the one the authorization was created with",
    )


def unknown_bank(code: str) -> PaystackRefusalError:
    """No bank has this code."""
    return invalid(f"Unknown bank code: {code}")


def account_not_resolvable() -> PaystackRefusalError:
    """The bank knows no such account."""
    return PaystackRefusalError(
        "Could not resolve account name. Check parameters or try again.",
        422,
        code="invalid_bank_code",
        next_step="Ensure that you're passing the correct bank code. Use the List Banks Endpoint to get the list of "
        "all available banks and their corresponding bank codes",
    )


def test_mode_limit() -> PaystackRefusalError:
    """The fourth real lookup of a day with a test key."""
    return PaystackRefusalError(
        "Test mode daily limit of 3 live bank resolves exceeded. Use test bank codes 001 or upgrade to live mode.", 429
    )


def invalid_recipient() -> PaystackRefusalError:
    """No recipient has this code."""
    return PaystackRefusalError(
        "Recipient specified is invalid",
        code="invalid_transfer_recipient",
        next_step="Provide a valid recipient. Ensure you are passing the recipient code in the recipient param",
    )


def duplicate_transfer() -> PaystackRefusalError:
    """A transfer has this reference already: an earlier attempt arrived."""
    return PaystackRefusalError(
        "Please provide a unique reference. Reference already exists on a transfer",
        code="duplicate_transfer_reference",
        next_step="Create a new reference for the new transfer",
    )


def insufficient_balance() -> PaystackRefusalError:
    """The merchant's own balance does not cover amount and fee."""
    return PaystackRefusalError(
        "Your balance is not enough to fulfil this request",
        code="insufficient_balance",
        next_step="Ensure that your balance is sufficient before initiating a transfer",
        type="api_error",
    )


def transfer_not_found() -> PaystackRefusalError:
    """No transfer has this reference, code or id."""
    return PaystackRefusalError("Transfer not found", 404)


def fully_reversed() -> PaystackRefusalError:
    """Nothing is left of the transaction to send back."""
    return PaystackRefusalError(
        "Transaction has been fully reversed",
        code="transaction_fully_reversed",
        next_step="Ensure the transaction has not been refunded before",
        type="api_error",
    )


def dispute_not_found() -> PaystackRefusalError:
    """No dispute has this id."""
    return PaystackRefusalError("Dispute not found", 404)


def refund_not_found() -> PaystackRefusalError:
    """No refund has this id."""
    return PaystackRefusalError("Refund not found", 404)
