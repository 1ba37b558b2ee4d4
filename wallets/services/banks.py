"""People's bank accounts: linking, choosing, removing, and the directory to pick a bank from."""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Min, Model, Q, QuerySet

from accounts.errors import PinRequiredError
from accounts.models import PinPurpose, User
from accounts.names import words_of
from accounts.services import COOLING_OFF, consume_pin_token
from contri.core import audit, crypto
from contri.core.errors import refuse_if
from notifications import kinds
from notifications.services import notify
from wallets.errors import (
    BankAccountLinkedError,
    BankAccountNotFoundError,
    BankAccountUnresolvedError,
    NotWaitingForReviewError,
    ProviderUnavailableError,
)
from wallets.models import Bank, BankAccount
from wallets.providers.base import Failed, Succeeded, Unknown
from wallets.providers.registry import DEFAULT, provider_named
from wallets.queries import bank_accounts_of

logger = logging.getLogger(__name__)

DIRECTORY_GOOD_FOR = timedelta(days=1)


def bank_directory(*, at: datetime) -> list[Bank]:
    """The Nigerian banks by name, as the provider listed them within the last day; older while it does not answer.

    Raises:
        ProviderUnavailableError: there is no list yet, and the provider does not answer.
    """
    banks = list(Bank.objects.all())
    if banks and max(bank.synced_at for bank in banks) > at - DIRECTORY_GOOD_FOR:
        return banks
    answer = provider_named(DEFAULT).banks()
    if isinstance(answer, Succeeded) and answer.value:
        return _keep_directory([Bank(code=b.code, name=b.name, slug=b.slug, synced_at=at) for b in answer.value])
    logger.warning("the directory of banks could not be read")
    refuse_if(not banks, ProviderUnavailableError)
    return banks


def resolve_bank_account(*, account_number: str, bank_code: str) -> str:
    """The name of the holder of this account, as their bank gives it.

    Raises:
        BankAccountUnresolvedError: the bank knows no such account.
        ProviderUnavailableError: nobody can say now; that is not the same as "no such account".
    """
    answer = provider_named(DEFAULT).resolve_account(account_number=account_number, bank_code=bank_code)
    if isinstance(answer, Unknown):
        raise ProviderUnavailableError(retry_after=answer.retry_after)
    refuse_if(isinstance(answer, Failed), BankAccountUnresolvedError)
    return answer.value.account_name if isinstance(answer, Succeeded) else ""


def link_bank_account(*, actor: User, account_number: str, bank_code: str, pin_token: str, at: datetime) -> BankAccount:
    """Link an account whose holder is `actor`; the first becomes the primary. A name that does not fit is `pending`.

    Raises:
        PinRequiredError, PinTokenInvalidError: see accounts.
        BankAccountLinkedError: it is linked already.
        BankAccountUnresolvedError, ProviderUnavailableError: see `resolve_bank_account`.
    """
    refuse_if(not pin_token, PinRequiredError)
    account_name = resolve_bank_account(account_number=account_number, bank_code=bank_code)
    account = BankAccount(
        user=actor,
        bank_code=bank_code,
        bank_name=_bank_name(bank_code, at),
        number_encrypted=crypto.encrypt(account_number),
        number_hash=crypto.keyed_hash("bank_account", f"{bank_code}:{account_number}"),
        number_last4=account_number[-4:],
        account_name=account_name,
        status=BankAccount.Status.VERIFIED if name_fits(actor, account_name) else BankAccount.Status.PENDING,
    )
    return _write_link(actor, account, pin_token)


@transaction.atomic
def make_primary(*, actor: User, bank_account_id: UUID) -> BankAccount:
    """Make this the account that withdrawals are offered to first.

    Raises:
        BankAccountNotFoundError: it is not theirs.
    """
    account = _locked_account(actor, bank_account_id)
    if not account.is_primary:
        bank_accounts_of(actor).update(is_primary=False)
        account.is_primary = True
        account.save(update_fields=["is_primary"])
        audit.record(actor, account, "chose the primary bank account")
    return account


@transaction.atomic
def remove_bank_account(*, actor: User, bank_account_id: UUID, pin_token: str, at: datetime) -> None:
    """Unlink an account; if it was the primary one, the oldest of the others takes its place.

    A withdrawal on its way there goes on.

    Raises:
        PinRequiredError, PinTokenInvalidError: see accounts.
        BankAccountNotFoundError: it is not theirs.
    """
    consume_pin_token(user=actor, token=pin_token, purpose=PinPurpose.BANK_ACCOUNT)
    account = _locked_account(actor, bank_account_id)
    was_primary, account.is_primary, account.removed_at = account.is_primary, False, at
    account.save(update_fields=["is_primary", "removed_at"])
    if was_primary and (heir := bank_accounts_of(actor).first()):
        heir.is_primary = True
        heir.save(update_fields=["is_primary"])
    audit.record(actor, account, "removed a bank account", flag=audit.DELETION)
    notify(recipient_id=actor.pk, kind=kinds.BANK_ACCOUNT_REMOVED, facts={"bank": str(account)})


@transaction.atomic
def confirm_bank_account(*, actor: Model, bank_account_id: UUID, reason: str) -> BankAccount:
    """Staff: the holder's name, though spelled otherwise, is this person's.

    Raises:
        BankAccountNotFoundError: there is none.
        NotWaitingForReviewError: nobody has to decide on it.
    """
    account = _locked(BankAccount.objects.filter(removed_at=None), bank_account_id)
    refuse_if(account.status != BankAccount.Status.PENDING, NotWaitingForReviewError)
    account.status = BankAccount.Status.VERIFIED
    account.save(update_fields=["status"])
    audit.record(actor, account, "confirmed the bank account's name", reason=reason)
    notify(recipient_id=account.user_id, kind=kinds.BANK_ACCOUNT_LINKED, facts={"bank": str(account)})
    return account


def cooling_off_of(account: BankAccount) -> datetime | None:
    """Until when no withdrawal goes to `account`: a day from its first being linked; None for the owner's first ever.

    Removing an account and linking it again changes nothing.
    """
    is_same = Q(bank_code=account.bank_code, number_hash=account.number_hash)
    linked = BankAccount.objects.filter(user_id=account.user_id)
    moments = linked.aggregate(first=Min("created_at"), same=Min("created_at", filter=is_same))
    return None if moments["first"] == moments["same"] else moments["same"] + COOLING_OFF


def name_fits(person: User, account_name: str) -> bool:
    """Whether the holder's name contains the person's, in whatever order, case or accents.

    That is the name they proved, or as long as they have proved none, the first and last names they gave.
    """
    names = [person.proved_name] if person.proved_name else [person.first_name, person.last_name]
    return all(words_of(name) and words_of(name) <= words_of(account_name) for name in names)


def same_name(one: str, other: str) -> bool:
    """Whether two banks' spellings of a holder's name are of the same words."""
    return words_of(one) == words_of(other)


def _bank_name(code: str, at: datetime) -> str:
    """The bank's name in the directory. Not every code is in it: some are only known to the provider's resolving."""
    try:
        names = {bank.code: bank.name for bank in bank_directory(at=at)}
    except ProviderUnavailableError:
        names = {}
    return names.get(code, f"Bank {code}")


@transaction.atomic
def _write_link(actor: User, account: BankAccount, pin_token: str) -> BankAccount:
    consume_pin_token(user=actor, token=pin_token, purpose=PinPurpose.BANK_ACCOUNT)
    _take_turns(actor)
    account.is_primary = not bank_accounts_of(actor).exists()
    try:
        with transaction.atomic():
            account.save(force_insert=True)
    except IntegrityError as error:
        refuse_if("bank_account_linked_once" in str(error), BankAccountLinkedError)
        raise
    audit.record(actor, account, "linked a bank account", flag=audit.ADDITION)
    is_verified = account.status == BankAccount.Status.VERIFIED
    kind = kinds.BANK_ACCOUNT_LINKED if is_verified else kinds.BANK_ACCOUNT_PENDING
    notify(recipient_id=actor.pk, kind=kind, facts={"bank": str(account)})
    return account


def _take_turns(person: User) -> None:
    """Everything about a person's bank accounts takes turns on the person: one primary, whoever comes at once."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=person.pk)


def _locked_account(actor: User, bank_account_id: UUID) -> BankAccount:
    _take_turns(actor)
    return _locked(bank_accounts_of(actor), bank_account_id)


def _locked(rows: QuerySet[BankAccount], bank_account_id: UUID) -> BankAccount:
    account = rows.select_for_update(no_key=True).filter(pk=bank_account_id).first()
    if account is None:
        raise BankAccountNotFoundError
    return account


@transaction.atomic
def _keep_directory(banks: list[Bank]) -> list[Bank]:
    by_code = {bank.code: bank for bank in banks}
    Bank.objects.exclude(code__in=by_code).delete()
    Bank.objects.bulk_create(
        by_code.values(), update_conflicts=True, unique_fields=["code"], update_fields=["name", "slug", "synced_at"]
    )
    return sorted(by_code.values(), key=lambda bank: (bank.name, bank.code))
