"""What wallets answer when accounts asks: about the dashboard, about what to do next, about closing an account."""

from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models import User
from accounts.registries import (
    ActionRequired,
    action_required_sources,
    dashboard_parts,
    erasures,
    export_parts,
    obligations,
)
from contri.core.money import CURRENCY, naira_from_kobo
from wallets import leaving
from wallets.queries import WalletBalance, bank_accounts_of, wallet_balances


def register() -> None:
    """Be asked from now on."""
    dashboard_parts.register(dashboard_part)
    action_required_sources.register(actions_required)
    obligations.register(obligations_of)
    erasures.register(leaving.erase)
    export_parts.register(leaving.export_part)


def dashboard_part(user: User) -> Mapping[str, Any]:
    """What can be spent."""
    return {"wallet_balance": naira_from_kobo(_balance(user).available_kobo), "currency": CURRENCY}


def actions_required(user: User) -> Iterable[ActionRequired]:
    """Whoever may withdraw needs a bank account to withdraw to."""
    if user.kyc_tier and not bank_accounts_of(user).exists():
        yield ActionRequired(
            code="link_bank",
            title="Link your bank account",
            detail="Then you can withdraw what you receive.",
            action_url="/banks",
        )


def obligations_of(user: User) -> Iterable[str]:
    """An account with money in it cannot be closed."""
    balance = _balance(user)
    if balance.available_kobo or balance.held_kobo:
        yield "There is money in the wallet."
    if balance.owed_kobo:
        yield "A payment that was taken back is not made up for yet."


def _balance(user: User) -> WalletBalance:
    return wallet_balances([user.pk])[user.pk]
