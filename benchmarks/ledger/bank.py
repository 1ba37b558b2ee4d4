"""The bank test for a minute: `python -m contri.local with -- python -m benchmarks.ledger.bank --seconds 60`.

Eight writers move money between eight hot wallets while readers sum them up. Exits with 1 unless every sum was the
same, nothing was ever negative, no writer saw an error and the books balance afterwards.
"""

import argparse
import os

import django
from django.core.management import call_command
from rich.console import Console


def main() -> None:
    """Open the bank, let it run, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--writers", type=int, default=8)
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)

    from wallets.tests.ledger.bank import open_bank, run_bank

    with Console(stderr=True).status(f"{options.writers} writers for {options.seconds:.0f} s"):
        report = run_bank(open_bank(), writers=options.writers, seconds=options.seconds)
    Console().print(report)
    raise SystemExit(0 if report.is_sound else 1)


if __name__ == "__main__":
    main()
