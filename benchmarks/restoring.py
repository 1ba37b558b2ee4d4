"""How long a large backup takes to come back: `python -m contri.local with -- python -m benchmarks.restoring`.

Fills a throw-away database with people, wallets and a million ledger entries (two for each transfer, posted as ever),
backs it up, and drills: restore into a fresh database, row counts, both audits. Tells seconds for each part.
"""

import argparse
import os
import tempfile
from pathlib import Path
from time import monotonic
from uuid import uuid4

import django
import pyrage
from django.core.management import call_command
from rich.progress import track

PEOPLE = 5_000

# Legs of a posting. A wallet's row changes once in it: no version is in another's way.
LEGS = 1_000


def main() -> None:
    """Fill, back up, drill, tell."""
    options = _options()
    with tempfile.TemporaryDirectory() as folder:
        _make_keys(Path(folder))
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        _fill(options.entries // (2 * LEGS))
        started = monotonic()
        call_command("backup")
        print(f"backed up in {monotonic() - started:.1f} s")  # noqa: T201 - a command's answer
        call_command("restore_drill")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000, help="of the ledger; a transfer is two")
    return parser.parse_args()


def _make_keys(folder: Path) -> None:
    identity = pyrage.x25519.Identity.generate()
    (folder / "key.txt").write_text(f"{identity}\n")
    os.environ |= {
        "BACKUP_FOLDER": str(folder / "backups"),
        "BACKUP_RECIPIENTS": str(identity.to_public()),
        "BACKUP_IDENTITY_FILE": str(folder / "key.txt"),
    }


def _fill(postings: int) -> None:
    from django.db import connection, transaction

    from accounts.models import User
    from wallets import chart, ledger
    from wallets.ledger import Leg
    from wallets.services import fold_ledger, open_wallets

    people = [User(email=f"person{n}@example.ng", first_name="Ada", last_name="Okafor") for n in range(PEOPLE)]
    User.objects.bulk_create(people)
    with transaction.atomic():
        wallets = open_wallets(user_ids=[person.pk for person in people]).values()
        clearing = chart.clearing_account("paystack")
    legs = [Leg(clearing, chart.wallet_account(wallet.pk), 100, "deposit") for wallet in wallets]
    for n in track(range(postings), "postings"):
        some = legs[n * LEGS % PEOPLE :][:LEGS]
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '60s'")
            ledger.post(
                scope="benchmark", key=str(n), source="benchmark", source_id=uuid4(), legs=some, initiator_id=None
            )
    fold_ledger()


if __name__ == "__main__":
    main()
