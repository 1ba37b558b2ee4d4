"""Contri's settings with the peers' apps beside its own."""

from contri.settings import *  # noqa: F403
from contri.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "mptt", "djmoney", "hordak"]
DEFAULT_CURRENCY = "NGN"
HORDAK_CURRENCIES = ["NGN"]
