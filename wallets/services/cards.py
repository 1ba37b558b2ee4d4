"""Cards that people keep, to be charged without typing them again."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.models import User
from contri.core import audit
from contri.core.crypto import encrypt, keyed_hash
from contri.core.locking import require_transaction
from notifications import kinds
from notifications.services import notify
from wallets.errors import CardNotFoundError, CardNotReusableError, ProviderUnavailableError
from wallets.models import Card, Deposit
from wallets.providers.base import ChargedCard, Succeeded, Unknown
from wallets.providers.registry import provider_named
from wallets.queries import cards_of


def keep_card(*, user_id: UUID, provider: str, charged: ChargedCard) -> Card:
    """Keep a card that has just paid, in the caller's transaction; the first one becomes the default.

    The same plastic again is the same row, charged from now on by what the newer payment yielded.
    """
    require_transaction()
    owner = User.objects.select_for_update(no_key=True).get(pk=user_id)
    signature = keyed_hash("card", f"{provider}:{charged.signature}")
    mine = cards_of(owner)
    card = mine.filter(provider=provider, signature_hash=signature).first()
    is_new = card is None
    if card is None:
        card = Card(user=owner, provider=provider, signature_hash=signature, is_default=not mine.exists())
    card.code_encrypted, card.email, card.last4 = encrypt(charged.code), charged.email, charged.last4
    card.brand, card.expiry_month, card.expiry_year = charged.brand, charged.expiry_month, charged.expiry_year
    card.save()
    if is_new:
        audit.record(owner, card, "kept a card", flag=audit.ADDITION)
        notify(recipient_id=user_id, kind=kinds.CARD_KEPT, facts={"card": str(card)})
    return card


def keep_card_of_deposit(*, actor: User, reference: str) -> Card:
    """Keep the card that paid one of `actor`'s deposits.

    Raises:
        CardNotReusableError: it is no finished deposit of theirs, or its card cannot be charged again.
        ProviderUnavailableError: the provider does not answer.
    """
    finished = Deposit.objects.filter(status=Deposit.Status.SUCCEEDED, wallet__user=actor)
    deposit = finished.filter(reference=reference).first()
    if deposit is None:
        raise CardNotReusableError
    answer = provider_named(deposit.provider).verify_charge(reference=reference)
    if isinstance(answer, Unknown):
        raise ProviderUnavailableError(retry_after=answer.retry_after)
    if not isinstance(answer, Succeeded) or answer.value.card is None:
        raise CardNotReusableError
    with transaction.atomic():
        return keep_card(user_id=actor.pk, provider=deposit.provider, charged=answer.value.card)


@transaction.atomic
def make_default(*, actor: User, card_id: UUID) -> Card:
    """Charge this card where none is named.

    Raises:
        CardNotFoundError: it is not theirs.
    """
    card = _locked(actor, card_id)
    if not card.is_default:
        cards_of(actor).update(is_default=False)
        card.is_default = True
        card.save(update_fields=["is_default"])
        audit.record(actor, card, "chose the default card")
    return card


@transaction.atomic
def remove_card(*, actor: User, card_id: UUID, at: datetime) -> None:
    """Forget a card and what it is charged by; if it was the default, the oldest of the others takes its place.

    Raises:
        CardNotFoundError: it is not theirs.
    """
    card = _locked(actor, card_id)
    was_default, card.is_default, card.removed_at, card.code_encrypted = card.is_default, False, at, b""
    card.save(update_fields=["is_default", "removed_at", "code_encrypted"])
    if was_default and (heir := cards_of(actor).first()):
        heir.is_default = True
        heir.save(update_fields=["is_default"])
    audit.record(actor, card, "removed a card", flag=audit.DELETION)


def _locked(actor: User, card_id: UUID) -> Card:
    # Everything about a person's cards takes turns on the person: one default, whoever comes at once.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=actor.pk)
    card = cards_of(actor).filter(pk=card_id).first()
    if card is None:
        raise CardNotFoundError
    return card
