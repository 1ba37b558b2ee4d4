"""Through which provider a new payout goes. One that has a reference already stays where it is, whatever happens."""

import logging
from datetime import datetime, timedelta

from django.db import transaction

from wallets.models import ProviderHealth
from wallets.providers.base import PaymentAnswer, Unknown
from wallets.providers.registry import DEFAULT, second_to

logger = logging.getLogger(__name__)

# Not answering for this long is more than a hiccup.
AWAY_FOR = timedelta(minutes=1)
# So long after it last did not answer, the next payout tries it again.
TRIED_AGAIN_AFTER = timedelta(minutes=10)
# The central bank's codes mean the same bank to every provider; longer ones are each provider's own.
SHARED_BANK_CODE_LENGTH = 3


def provider_for_payout(*, bank_code: str, at: datetime) -> str:
    """The default provider; the second one while the default is away and both know the bank by the same code."""
    if len(bank_code) != SHARED_BANK_CODE_LENGTH:
        return DEFAULT
    health = ProviderHealth.objects.filter(provider=DEFAULT).first()
    return second_to(DEFAULT) if health is not None and _is_away(health, at) else DEFAULT


@transaction.atomic
def note_answer(*, provider: str, answer: PaymentAnswer, at: datetime) -> None:
    """Remember whether the provider answered; writes only where that is news."""
    health = ProviderHealth.objects.select_for_update().filter(provider=provider).first()
    if not (isinstance(answer, Unknown) and answer.is_away):
        if health is not None and health.away_since is not None:
            ProviderHealth.objects.filter(pk=provider).update(away_since=None, last_away_at=None)
            logger.warning("%s answers again", provider)
        return
    if health is None:
        ProviderHealth.objects.get_or_create(provider=provider, defaults={"away_since": at, "last_away_at": at})
        return
    is_long_ago = health.last_away_at is None or at - health.last_away_at > TRIED_AGAIN_AFTER
    since = at if is_long_ago or health.away_since is None else health.away_since
    ProviderHealth.objects.filter(pk=provider).update(away_since=since, last_away_at=at)
    if at - since >= AWAY_FOR:
        logger.error("%s has not answered since %s: new payouts go elsewhere", provider, since)


def _is_away(health: ProviderHealth, at: datetime) -> bool:
    if health.away_since is None or health.last_away_at is None:
        return False
    return health.last_away_at - health.away_since >= AWAY_FOR and at - health.last_away_at <= TRIED_AGAIN_AFTER
