"""Money, as staff see it: everything can be looked at, nothing can be typed into."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Case, F, QuerySet, When
from django.http import HttpRequest
from django.utils import timezone

from contri.core.admin import ReadOnlyAdmin, ReasonedActionForm, act_on_each, acting_staff
from contri.core.masking import masked_name
from wallets import reconciliation_admin as reconciliation_admin
from wallets import services
from wallets.models import (
    BankAccount,
    Card,
    Deposit,
    Dispute,
    LedgerAccount,
    LedgerJournal,
    LedgerTransfer,
    ParkedCredit,
    SuspenseItem,
    Transaction,
    Wallet,
    Withdrawal,
)
from wallets.queries import balance_of_wallet
from wallets.services.wording import naira


class KoboColumns:
    """Amounts of kobo as people write them."""

    @admin.display(description="amount", ordering="amount_kobo")
    def amount(self, row: Any) -> str:
        """₦1,500.00"""
        return naira(row.amount_kobo)


@admin.register(Wallet)
class WalletAdmin(ReadOnlyAdmin[Wallet]):
    """Whose wallet it is; opening one shows what is in it."""

    list_display = ["id", "user", "currency", "created_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email", "=id"]
    fields = ("id", "user", "currency", "created_at", "available", "held", "owed")
    readonly_fields = fields

    @admin.display(description="can be spent")
    def available(self, wallet: Wallet) -> str:
        """The ledger's word."""
        return naira(balance_of_wallet(wallet.pk).available_kobo)

    @admin.display(description="held")
    def held(self, wallet: Wallet) -> str:
        """Promised to withdrawals, or parked."""
        return naira(balance_of_wallet(wallet.pk).held_kobo)

    @admin.display(description="owes Contri")
    def owed(self, wallet: Wallet) -> str:
        """After a chargeback that the wallet could not cover."""
        return naira(balance_of_wallet(wallet.pk).owed_kobo)


@admin.register(Transaction)
class TransactionAdmin(KoboColumns, ReadOnlyAdmin[Transaction]):
    """Everybody's history."""

    list_display = ["created_at", "wallet_user", "type", "direction", "amount", "status", "reference"]
    list_filter = ["type", "status", "direction", "created_at"]
    list_select_related = ["wallet__user"]
    search_fields = ["=reference", "=wallet__user__email", "=journal_id"]

    action_form = ReasonedActionForm
    actions = ["ask_reversal"]

    @admin.action(description="Ask that it go back to the sender", permissions=["ask_reverse"])
    def ask_reversal(self, request: HttpRequest, lines: QuerySet[Transaction]) -> None:
        """Each transfer between members. Somebody else approves it."""
        act_on_each(
            request,
            lines,
            lambda line, reason: services.ask_reversal(
                actor=acting_staff(request), transaction_id=line.pk, reason=reason
            ),
        )

    def has_ask_reverse_permission(self, request: HttpRequest) -> bool:
        """Who may ask."""
        return request.user.has_perm("wallets.ask_reverse_transaction")

    @admin.display(description="user")
    def wallet_user(self, line: Transaction) -> str:
        """Whose line it is."""
        return str(line.wallet.user)


@admin.register(Deposit)
class DepositAdmin(KoboColumns, ReadOnlyAdmin[Deposit]):
    """Money on its way in."""

    list_display = ["created_at", "reference", "amount", "status", "failure", "state", "attempts", "last_error"]
    list_filter = ["status", "state", "provider", "created_at"]
    search_fields = ["=reference"]


@admin.register(Withdrawal)
class WithdrawalAdmin(KoboColumns, ReadOnlyAdmin[Withdrawal]):
    """Money on its way out. `needs_review` is a queue: what several days of trying did not bring to an end."""

    list_display = ["created_at", "reference", "amount", "status", "state", "attempts", "last_error", "bank_account"]
    list_filter = ["state", "status", "provider", "created_at"]
    list_select_related = ["bank_account"]
    search_fields = ["=reference"]
    action_form = ReasonedActionForm
    actions = ["try_again", "ask_release"]

    @admin.action(description="Try again (asks first, same reference)", permissions=["retry"])
    def try_again(self, request: HttpRequest, withdrawals: QuerySet[Withdrawal]) -> None:
        """Each of them that was left to a person."""
        act_on_each(
            request,
            withdrawals,
            lambda withdrawal, reason: services.retry_withdrawal(
                actor=acting_staff(request), withdrawal_id=withdrawal.pk, reason=reason, at=timezone.now()
            ),
        )

    @admin.action(description="Ask that its money be given back", permissions=["ask_release"])
    def ask_release(self, request: HttpRequest, withdrawals: QuerySet[Withdrawal]) -> None:
        """Each of them that is known never to have been paid. Somebody else approves it."""
        act_on_each(
            request,
            withdrawals,
            lambda withdrawal, reason: services.ask_release(
                actor=acting_staff(request), withdrawal_id=withdrawal.pk, reason=reason
            ),
        )

    def has_ask_release_permission(self, request: HttpRequest) -> bool:
        """Who may ask."""
        return request.user.has_perm("wallets.ask_release_withdrawal")

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Who may have withdrawals tried again."""
        return request.user.has_perm("wallets.retry_withdrawal")


@admin.register(BankAccount)
class BankAccountAdmin(ReadOnlyAdmin[BankAccount]):
    """Linked bank accounts. `pending` is a queue: names that do not fit."""

    list_display = ["created_at", "user", "bank_name", "number_last4", "holder", "status", "removed_at"]
    list_filter = ["status", ("removed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["user"]
    search_fields = ["=user__email"]
    exclude = ["account_name", "number_encrypted", "number_hash", "recipient_code"]
    readonly_fields = ["holder"]
    unmasked: ClassVar[dict[str, str]] = {"holder": "account_name"}
    action_form = ReasonedActionForm
    actions = ["confirm"]

    @admin.display(description="holder")
    def holder(self, account: BankAccount) -> str:
        """In full only while somebody has to compare it with the person's own name."""
        is_waiting = account.status == BankAccount.Status.PENDING
        return account.account_name if is_waiting else masked_name(account.account_name)

    @admin.action(description="Confirm the name", permissions=["confirm"])
    def confirm(self, request: HttpRequest, accounts: QuerySet[BankAccount]) -> None:
        """Each of them whose name waits for somebody to decide."""
        act_on_each(
            request,
            accounts,
            lambda account, reason: services.confirm_bank_account(
                actor=acting_staff(request), bank_account_id=account.pk, reason=reason
            ),
        )

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        """Who may confirm names."""
        return request.user.has_perm("wallets.confirm_bankaccount")


@admin.register(Card)
class CardAdmin(ReadOnlyAdmin[Card]):
    """Kept cards, without what they are charged by."""

    list_display = ["created_at", "user", "brand", "last4", "expiry_month", "expiry_year", "is_default", "removed_at"]
    list_select_related = ["user"]
    search_fields = ["=user__email"]


class SuspenseActionForm(ReasonedActionForm):
    """The line above the queue: which action, why, and for whom where no deposit says so."""

    email = forms.EmailField(required=False, label="Credit to (address)")


@admin.register(SuspenseItem)
class SuspenseItemAdmin(ReadOnlyAdmin[SuspenseItem]):
    """A queue: money that a provider confirms and that fits nothing."""

    list_display = ["created_at", "provider", "reference", "reason", "amount", "currency", "status"]
    list_filter = ["status", "reason", "provider"]
    search_fields = ["=reference"]
    ordering = ["status", "created_at"]
    action_form = SuspenseActionForm
    actions = ["ask_credit", "ask_write_off"]

    @admin.action(description="Ask that it be credited", permissions=["ask_credit"])
    def ask_credit(self, request: HttpRequest, items: QuerySet[SuspenseItem]) -> None:
        """Each of them, to the address given, else to the deposit's owner. Somebody else approves it."""
        email = request.POST.get("email", "").strip()
        act_on_each(
            request,
            items,
            lambda item, reason: services.ask_suspense_credit(
                actor=acting_staff(request), item_id=item.pk, email=email, reason=reason
            ),
        )

    @admin.action(description="Ask that it be written off", permissions=["ask_write_off"])
    def ask_write_off(self, request: HttpRequest, items: QuerySet[SuspenseItem]) -> None:
        """Each of them. Somebody else approves it."""
        act_on_each(
            request,
            items,
            lambda item, reason: services.ask_suspense_write_off(
                actor=acting_staff(request), item_id=item.pk, reason=reason
            ),
        )

    def has_ask_credit_permission(self, request: HttpRequest) -> bool:
        """Who may ask."""
        return request.user.has_perm("wallets.ask_credit_suspenseitem")

    def has_ask_write_off_permission(self, request: HttpRequest) -> bool:
        """Who may ask that it be written off."""
        return request.user.has_perm("wallets.ask_write_off_suspenseitem")

    @admin.display(description="amount", ordering="amount_minor")
    def amount(self, item: SuspenseItem) -> str:
        """In the currency beside it."""
        return naira(item.amount_minor).removeprefix("₦")


@admin.register(Dispute)
class DisputeAdmin(KoboColumns, ReadOnlyAdmin[Dispute]):
    """A queue with a deadline: payments that a bank wants back. They are answered on the provider's own page."""

    list_display = ["respond_by", "reference", "whose", "amount", "status", "stage", "taken", "owed", "state"]
    list_filter = ["status", "state", "resolution", "provider"]
    list_select_related = ["deposit__wallet__user"]
    search_fields = ["=reference", "=code", "=deposit__wallet__user__email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Dispute]:
        """The open ones first, by their deadline."""
        is_over = Case(When(status=Dispute.Status.OPEN, then=0), default=1)
        return super().get_queryset(request).order_by(is_over, F("respond_by").asc(nulls_last=True))

    @admin.display(description="user")
    def whose(self, dispute: Dispute) -> str:
        """Who was credited with the payment."""
        return str(dispute.deposit.wallet.user) if dispute.deposit else "nobody"

    @admin.display(description="taken from the wallet")
    def taken(self, dispute: Dispute) -> str:
        """What the wallet gave."""
        return naira(dispute.taken_kobo)

    @admin.display(description="owed since")
    def owed(self, dispute: Dispute) -> str:
        """What the wallet could not cover."""
        return naira(dispute.owed_kobo)


@admin.register(ParkedCredit)
class ParkedCreditAdmin(KoboColumns, ReadOnlyAdmin[ParkedCredit]):
    """Money over a tier's balance limit, waiting in `held`."""

    list_display = ["created_at", "wallet_user", "amount", "waiting"]
    list_select_related = ["wallet__user"]
    search_fields = ["=wallet__user__email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ParkedCredit]:
        """What still waits first."""
        return super().get_queryset(request).annotate(rest=F("amount_kobo") - F("released_kobo")).order_by("-rest")

    @admin.display(description="user")
    def wallet_user(self, parked: ParkedCredit) -> str:
        """Whose it is."""
        return str(parked.wallet.user)

    @admin.display(description="still waiting")
    def waiting(self, parked: ParkedCredit) -> str:
        """What has not been released yet."""
        return naira(parked.amount_kobo - parked.released_kobo)


@admin.register(LedgerAccount)
class LedgerAccountAdmin(ReadOnlyAdmin[LedgerAccount]):
    """The ledger's accounts; counters of deferred ones follow a second later."""

    list_display = ["id", "purpose", "owner_id", "credits_posted", "debits_posted", "debits_pending", "status"]
    list_filter = ["purpose", "status"]
    search_fields = ["=id", "=owner_id"]


@admin.register(LedgerJournal)
class LedgerJournalAdmin(ReadOnlyAdmin[LedgerJournal]):
    """The ledger's events."""

    list_display = ["created_at", "scope", "key", "source", "source_id", "reason"]
    list_filter = ["scope"]
    search_fields = ["=id", "=key", "=source_id"]


@admin.register(LedgerTransfer)
class LedgerTransferAdmin(ReadOnlyAdmin[LedgerTransfer]):
    """The ledger's entries: never changed, never deleted."""

    list_display = ["created_at", "kind", "phase", "amount", "debit_account_id", "credit_account_id", "journal_id"]
    list_filter = ["kind", "phase"]
    search_fields = ["=id", "=journal__id", "=debit_account__id", "=credit_account__id"]
