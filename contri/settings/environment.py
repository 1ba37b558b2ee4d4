"""The environment of this process, read once."""

import os

from contri.env import Environment, load

ENV: Environment = load(os.environ)
