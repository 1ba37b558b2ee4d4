"""What Contri needs of a payment provider, and the only three kinds of answer there are.

`Unknown` (time-out, 5xx, junk, "still working on it") is never a failure: it is resolved by asking again for the same
reference. Amounts are kobo, or hundredths of whatever `currency` says.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")

# What `Unknown` says of a payment to a bank that waits for a password which the provider sent to our own phone.
AWAITS_PASSWORD = "waits for the one-time password"  # noqa: S105 - a sentence, no password


class Why(StrEnum):
    """Why a provider said no."""

    NOT_FOUND = "not_found"
    DECLINED = "declined"
    ABANDONED = "abandoned"
    DUPLICATE = "duplicate"
    LOW_FLOAT = "low_float"
    BAD_RECIPIENT = "bad_recipient"
    REVERSED = "reversed"
    NEEDS_ATTENTION = "needs_attention"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Succeeded(Generic[T]):
    """The provider did it, or knows it."""

    value: T


@dataclass(frozen=True, slots=True)
class Failed:
    """The provider says no, and means it."""

    why: Why
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say yet.

    `retry_after` is the provider's own wish, in seconds. `is_away` when it is not about the thing asked for: the
    provider does not answer, or not us, and would not answer the next question either.
    """

    detail: str
    retry_after: int | None = None
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page where a person pays."""

    reference: str
    authorization_url: str


@dataclass(frozen=True, slots=True)
class Started:
    """A kept card is being charged; `authorization_url` is where its owner must confirm it first, or ""."""

    authorization_url: str


@dataclass(frozen=True, slots=True)
class ChargedCard:
    """A card that paid and may be charged again. `code` is a secret of ours and the provider's."""

    code: str = field(repr=False)
    signature: str = field(repr=False)
    email: str = field(repr=False)
    last4: str
    brand: str
    expiry_month: int
    expiry_year: int


@dataclass(frozen=True, slots=True)
class Charge:
    """Money that came in, as the provider confirms it server to server."""

    reference: str
    amount: int
    requested_amount: int
    currency: str
    is_of_this_environment: bool
    fee: int
    card: ChargedCard | None = None


class Outcome(StrEnum):
    """How a dispute ended, or that it has not."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class Contested:
    """A payment that its payer contests at their bank. `stage` and `resolution` are the provider's own words."""

    code: str
    reference: str
    amount: int
    currency: str
    is_of_this_environment: bool
    outcome: Outcome
    stage: str
    resolution: str
    respond_by: datetime | None


@dataclass(frozen=True, slots=True)
class Plea:
    """What we say to a dispute: that we give `amount` kobo back, or (0) why the payment stands, and what shows it."""

    amount: int
    message: str
    # About whoever paid, and a page that says the same for the bank to read.
    payer_name: str = field(repr=False)
    payer_email: str = field(repr=False)
    payer_phone: str = field(repr=False)
    page: str = field(repr=False)

    @property
    def accepts(self) -> bool:
        """Whether the claim is accepted."""
        return self.amount > 0


class Standing(StrEnum):
    """Where an entry of a provider's list stands."""

    DONE = "done"
    OPEN = "open"
    FAILED = "failed"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a provider's list of what came in or went out."""

    reference: str
    amount: int
    fee: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines of such a list."""

    entries: list[Entry]
    is_last: bool


@dataclass(frozen=True, slots=True)
class DisputePage:
    """The codes of some of the disputes that were opened lately."""

    codes: list[str]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that went out to a bank."""

    reference: str
    code: str
    amount: int
    fee: int


@dataclass(frozen=True, slots=True)
class Destination:
    """A bank account to pay to. `recipient_code` is its name at a provider that wants recipients registered first."""

    account_number: str = field(repr=False)
    bank_code: str
    account_name: str = field(repr=False)
    recipient_code: str = ""


@dataclass(frozen=True, slots=True)
class DirectoryBank:
    """A bank in the provider's directory."""

    code: str
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Payee:
    """A bank account as the provider's resolving names it."""

    account_name: str


CheckoutAnswer = Succeeded[Checkout] | Failed | Unknown
StartedAnswer = Succeeded[Started] | Failed | Unknown
ChargeAnswer = Succeeded[Charge] | Failed | Unknown
DisputeAnswer = Succeeded[Contested] | Failed | Unknown
DisputesAnswer = Succeeded[DisputePage] | Failed | Unknown
PaymentAnswer = Succeeded[Payment] | Failed | Unknown
BanksAnswer = Succeeded[list[DirectoryBank]] | Failed | Unknown
PayeeAnswer = Succeeded[Payee] | Failed | Unknown
# Succeeded with the dispute's code once the provider has taken our answer on.
PleaAnswer = Succeeded[str] | Failed | Unknown
# Succeeded with its reference once the money is back with its payer.
RefundAnswer = Succeeded[str] | Failed | Unknown
PageAnswer = Succeeded[Page] | Failed | Unknown
BalanceAnswer = Succeeded[int] | Failed | Unknown
RecipientAnswer = Succeeded[str] | Failed | Unknown


class PaymentProvider(Protocol):
    """One provider. Every method makes at most one kind of change, and none of them raises for an answer."""

    name: str
    # Whether a bank account must be registered with `create_recipient` before it can be paid to.
    needs_recipients: bool
    # Whether payments can be sent back through its API, and found again afterwards.
    can_refund: bool

    def start_checkout(self, *, reference: str, email: str, amount_kobo: int) -> CheckoutAnswer:
        """Open a page where `email` can pay `amount_kobo` under `reference`."""

    def charge_card(self, *, reference: str, email: str, amount_kobo: int, code: str) -> StartedAnswer:
        """Charge a kept card under `reference`. Says only that it is under way; `verify_charge` says the rest."""

    def verify_charge(self, *, reference: str) -> ChargeAnswer:
        """What became of the payment `reference`."""

    def refund(self, *, reference: str, charge_reference: str, amount_kobo: int) -> RefundAnswer:
        """Send `amount_kobo` of a payment back, marked with our `reference`. Only `find_refund` says how it ended."""

    def find_refund(self, *, reference: str, charge_reference: str, since: datetime) -> RefundAnswer:
        """What became of the refund that bears our `reference` and was begun after `since`."""

    def dispute(self, *, code: str) -> DisputeAnswer:
        """How the dispute `code` stands."""

    def disputes(self, *, since: datetime, page: int) -> DisputesAnswer:
        """Page `page`, from 1, of the disputes that were opened after `since`, however they stand."""

    def answer_dispute(self, *, code: str, plea: Plea) -> PleaAnswer:
        """Say our word about the open dispute `code`. A second word about it is refused, and does no harm."""

    def banks(self) -> BanksAnswer:
        """The directory of banks."""

    def resolve_account(self, *, account_number: str, bank_code: str) -> PayeeAnswer:
        """Whose bank account this is."""

    def create_recipient(self, *, destination: Destination) -> RecipientAnswer:
        """Register a bank account to pay to; the same account gets the same code again."""

    def pay_out(self, *, reference: str, destination: Destination, amount_kobo: int, reason: str) -> PaymentAnswer:
        """Pay to a bank account, at most once for each `reference`."""

    def confirm_payment(self, *, reference: str, password: str) -> PaymentAnswer:
        """Give the one-time password that the payment `reference` waits for."""

    def verify_payment(self, *, reference: str) -> PaymentAnswer:
        """What became of the payment to a bank under `reference`."""

    def listed(self, *, kind: str, since: datetime, until: datetime, page: int) -> PageAnswer:
        """Page `page`, from 1, of what came in (`charge`) or went out (`payment`) in naira and was begun in between."""

    def balance(self) -> BalanceAnswer:
        """Kobo that the provider holds for us and that can be sent out."""
