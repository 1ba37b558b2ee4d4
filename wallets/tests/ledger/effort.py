"""How hard the proofs try: a little in the suite, long by `python -m benchmarks.ledger.proofs`."""

import os
from typing import TypeVar

N = TypeVar("N", int, float)

LONG = os.environ.get("LEDGER_PROOFS") == "long"


def effort(in_the_suite: N, in_the_long_run: N) -> N:
    """How often, or for how many seconds."""
    return in_the_long_run if LONG else in_the_suite
