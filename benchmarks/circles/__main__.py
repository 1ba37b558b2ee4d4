"""Measure the circle engine: `python -m contri.local with -- python -m benchmarks.circles idle_tick|due_moment`.

What each of them measures, and what it measured, is in README.md beside this file.
"""

import os
import sys

import django
from django.core.management import call_command


def main(arguments: list[str]) -> int:
    """Make the tables, and measure what was asked for; 1 when a figure is not reached."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.circles import due_moment, idle_tick

    if arguments[:1] == ["due_moment"]:
        return due_moment.main(int(arguments[1]) if arguments[1:] else due_moment.CIRCLES)
    return idle_tick.main()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
