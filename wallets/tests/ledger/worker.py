"""A process that moves money between two accounts until it is killed: `python -m wallets.tests.ledger.worker A B NAME`.

It prints the key of each movement once PostgreSQL has acknowledged it, and nothing before.
"""

import os
import sys
from itertools import count
from uuid import UUID

import django

from contri.core.errors import DomainError


def main(debit: UUID, credit: UUID, name: str) -> None:
    """Move one kobo at a time."""
    from wallets.tests.ledger.books import move

    for number in count():
        key = f"{name}:{number}"
        try:
            move(debit, credit, 1, key=key)
        except DomainError:
            continue
        sys.stdout.write(f"{key}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    main(UUID(sys.argv[1]), UUID(sys.argv[2]), sys.argv[3])
