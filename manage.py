#!/usr/bin/env python
"""Contri's command line. With none of Contri's variables set it finds the servers that `make run` has started."""

import os
import sys

from contri.local.attach import adopt_running_servers


def main() -> None:
    """Run one management command."""
    adopt_running_servers(os.environ)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
