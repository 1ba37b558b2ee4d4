"""The environment of this process, read once."""

import os
import sys

from contri.env import Environment, EnvironmentFaultsError, load


def _read() -> Environment:
    """The environment, or the end of the process with every fault listed: a stack trace would bury them."""
    try:
        return load(os.environ)
    except EnvironmentFaultsError as faults:
        sys.exit(str(faults))


ENV: Environment = _read()
