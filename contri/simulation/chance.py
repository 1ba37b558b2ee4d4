"""What Contri leaves to chance, from a seed."""

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch
from uuid import UUID

from django.utils import timezone

_VERSION_7 = 7 << 76
_VARIANT = 0b10 << 62


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Make ids, keys, references and draws, which Contri leaves to chance, follow from `seed`.

    What the simulation itself chooses is drawn elsewhere, so that a new token in a verb does not change who does what.
    """
    drawn = random.Random(f"contri:{seed}")  # noqa: S311 - must be the same again
    tickets = iter(range(1, 1 << 62))

    def uuid7() -> UUID:
        # Milliseconds of the virtual clock, then a counter where others have chance: ordered, and the same again.
        milliseconds = int(timezone.now().timestamp() * 1000)
        return UUID(int=milliseconds << 80 | _VERSION_7 | _VARIANT | next(tickets))

    with (
        patch.object(os, "urandom", drawn.randbytes),
        patch.object(random, "_urandom", drawn.randbytes),
        patch("uuid_utils.compat.uuid7", uuid7),
    ):
        yield
