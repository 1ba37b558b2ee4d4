"""Disputes that no webhook told of: a payer's bank gives hours to answer, and one that nobody answers is lost."""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from wallets.errors import ProviderUnavailableError
from wallets.models import Dispute
from wallets.providers.base import Succeeded
from wallets.providers.registry import offered_providers, provider_named
from wallets.services.disputes import review_dispute

logger = logging.getLogger(__name__)

# Longer than a provider sends a webhook again for (Paystack: 72 hours), and than we should ever be away.
LOOKS_BACK = timedelta(days=7)
# A hundred a page; a list that never ends is a mistake.
MOST_PAGES = 100


def find_disputes(*, at: datetime) -> int:
    """Take up the disputes of the last week that the providers list and we do not know; returns how many.

    What a provider does not answer is asked again next time: nothing is remembered but the disputes themselves.
    """
    return sum(_take_up(provider, at) for provider in offered_providers())


def _take_up(provider: str, at: datetime) -> int:
    return sum(_is_taken_up(provider, code, at) for code in _unknown(provider, at))


def _is_taken_up(provider: str, code: str, at: datetime) -> bool:
    try:
        return review_dispute(code=code, at=at, provider=provider) is not None
    except ProviderUnavailableError as away:
        # One that is not to be understood must not keep the others waiting.
        logger.warning("how dispute %s stands is not known: %s", code, away.detail)
        return False


def _unknown(provider: str, at: datetime) -> Iterator[str]:
    for page in range(1, MOST_PAGES + 1):
        answer = provider_named(provider).disputes(since=at - LOOKS_BACK, page=page)
        if not isinstance(answer, Succeeded):
            logger.warning("the disputes of %s are not to be had: %s", provider, answer)
            break
        codes = answer.value.codes
        known = Dispute.objects.filter(provider=provider, code__in=codes).values_list("code", flat=True)
        yield from sorted(set(codes) - set(known))
        if answer.value.is_last:
            break
