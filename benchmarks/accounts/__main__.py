"""Measure accounts: `python -m contri.local with -- python -m benchmarks.accounts [--tries 200] [--rounds 30]`.

First the races, then whether an answer or its time tells who has an account. Exits with 1 when one does not hold.
"""

import argparse
import logging
import os

import django
from django.core.management import call_command
from rich.console import Console
from rich.progress import track
from rich.table import Table


def main() -> int:
    """Race, measure, tell; 1 when something does not hold."""
    asked = _arguments()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    # A line for each of two thousand requests would drown what they add up to.
    logging.disable(logging.WARNING)
    call_command("migrate", verbosity=0)
    console = Console()
    return int(not (_race(console, asked.rounds) & _measure(console, asked.tries)))


def _race(console: Console, rounds: int) -> bool:
    from benchmarks.accounts import races

    outcomes = races.run(rounds)
    for outcome in outcomes:
        console.print(f"{'holds' if outcome.holds else 'BROKEN'}  {outcome.name}: {outcome.told}", highlight=False)
    return all(outcome.holds for outcome in outcomes)


def _measure(console: Console, tries: int) -> bool:
    from benchmarks.accounts import answers

    known = answers.people(tries)
    # Whatever is made at the first call is not measured.
    for door in answers.DOORS:
        answers.measure(door, known[:2])
    measured = [answers.measure(door, known) for door in track(answers.DOORS, console=Console(stderr=True))]
    table = Table("door", "known, ms", "unknown, ms", "difference", "noise", "answers", "tells who has an account")
    for one in measured:
        medians = (sorted(times)[len(times) // 2] for times in (one.known, one.unknown))
        told = ["no", "YES"][one.tells]
        figures = (f"{figure:.2f}" for figure in (*medians, one.difference, one.noise))
        table.add_row(one.name, *figures, str(len(one.answers)), told)
    console.print(table)
    return not any(one.tells for one in measured)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="benchmarks.accounts")
    parser.add_argument("--tries", type=int, default=200, help="addresses of each kind at each door")
    parser.add_argument("--rounds", type=int, default=30, help="rounds of each race")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
