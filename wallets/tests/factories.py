"""Money for tests: it always comes in through the ledger."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import Session, User
from accounts.tokens import AccessToken
from contri.core import crypto
from contri.core.idempotency import Answer, Ticket
from wallets import chart, ledger
from wallets.ledger import Leg
from wallets.models import AccountStatus, BankAccount, Transaction, Wallet
from wallets.queries import WalletBalance, wallet_balances
from wallets.services import Recipient, open_wallet, transfer_money

TODAY = datetime(2027, 1, 29, 9, tzinfo=UTC)
ACCOUNT_NUMBER = "0123456784"


@transaction.atomic
def fund(user: User, kobo: int) -> Wallet:
    """Put `kobo` into the user's wallet, as a deposit does."""
    wallet = open_wallet(user_id=user.pk)
    identity = uuid4()
    leg = Leg(chart.clearing_account("paystack"), chart.wallet_account(wallet.pk), kobo, "deposit")
    ledger.post(scope="test", key=identity.hex, source="test", source_id=identity, legs=[leg], initiator_id=None)
    return wallet


@transaction.atomic
def spend(user: User, kobo: int) -> None:
    """Take `kobo` out of the user's wallet again."""
    identity = uuid4()
    account = chart.wallet_account(open_wallet(user_id=user.pk).pk)
    leg = Leg(account, chart.clearing_account("paystack"), kobo, "withdrawal")
    ledger.post(scope="test", key=identity.hex, source="test", source_id=identity, legs=[leg], initiator_id=None)


@transaction.atomic
def freeze(user: User, status: AccountStatus = AccountStatus.FROZEN) -> None:
    """Stop the user's wallet: nothing in, nothing out, or with FROZEN_DEBIT nothing out."""
    ledger.set_status(chart.wallet_account(open_wallet(user_id=user.pk).pk), status)


def send(
    sender: User, payee: User, kobo: int, *, pin_token: str, note: str = "", key: str = "", at: datetime | None = None
) -> Transaction:
    """Transfer `kobo` as the API does: on a device that is signed in, under a fresh key or `key`; the sender's line."""
    at = at or timezone.now()
    ends = timezone.now() + timedelta(hours=1)
    session = Session.objects.create(user=sender, last_used_at=at, expires_at=ends)
    answer = transfer_money(
        caller=AccessToken(user_id=sender.pk, session_id=session.pk, expires_at=ends),
        ticket=Ticket(sender.pk, key or uuid4().hex, b"transfer"),
        recipient=Recipient(user_id=payee.pk),
        amount_kobo=kobo,
        note=note,
        pin_token=pin_token,
        answer=lambda line: Answer(201, "text/plain", line.pk.bytes.hex().encode()),
        at=at,
    )
    return Transaction.objects.get(pk=UUID(answer.body.decode()))


def balance_of(user: User) -> WalletBalance:
    """What is in the user's wallet."""
    return wallet_balances([user.pk])[user.pk]


def spendable(user: User) -> int:
    """Kobo that the user can spend."""
    return balance_of(user).available_kobo


def held(user: User) -> int:
    """Kobo of the user's that cannot be spent now."""
    return balance_of(user).held_kobo


def account_balance(account: UUID) -> int:
    """What a ledger account holds, unfolded entries included."""
    return ledger.balances([account])[account].available


def in_suspense() -> int:
    """Kobo in suspense."""
    with transaction.atomic():
        return account_balance(chart.suspense_account())


def losses() -> int:
    """Kobo that Contri has lost."""
    with transaction.atomic():
        return -account_balance(chart.losses_account())


def link_bank(
    user: User, *, status: BankAccount.Status = BankAccount.Status.VERIFIED, account_number: str = ACCOUNT_NUMBER
) -> BankAccount:
    """A linked bank account, as `link_bank_account` leaves it."""
    return BankAccount.objects.create(
        user=user,
        bank_code="058",
        bank_name="Guaranty Trust Bank",
        number_encrypted=crypto.encrypt(account_number),
        number_hash=crypto.keyed_hash("bank_account", f"058:{account_number}"),
        number_last4=account_number[-4:],
        account_name=f"{user.last_name} {user.first_name}".upper(),
        status=status,
        is_primary=not user.bank_accounts.filter(removed_at=None).exists(),
    )
