"""Dividing an amount of money in whole kobo, so that none is lost; what does not divide is with the last share."""

from collections.abc import Sequence
from itertools import accumulate, pairwise


def shares_of(amount: int, weights: Sequence[int]) -> list[int]:
    """`amount` by weight, rounded down to whole kobo; what does not divide is with the last share.

    >>> shares_of(100, [1, 1, 1])
    [33, 33, 34]
    """
    if not weights:
        return []
    shares = [amount * weight // sum(weights) for weight in weights]
    shares[-1] += amount - sum(shares)
    return shares


def portions(amount: int, owed: Sequence[int]) -> list[int]:
    """`amount` in proportion to what each is owed, in whole kobo; nobody gets more than theirs, no kobo is lost.

    Each gets the difference between two rounded-down running totals, so what does not divide falls to the later ones.
    """
    total = sum(owed)
    amount = min(amount, total)
    running = [0, *(amount * so_far // total for so_far in accumulate(owed) if total)]
    return [after - before for before, after in pairwise(running)] or [0] * len(owed)
