"""`manage.py demo_code`: the code that an authenticator app of the demo staff would show now."""

import time
from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.management.base import BaseCommand

from contri.demo.people import DEMO_TOTP_SECRET


class Command(BaseCommand):
    """Prints six digits."""

    help = "Print the code that demo staff are asked for at the desk; each holds for half a minute, and works once."

    def handle(self, *args: Any, **options: Any) -> None:
        """The code to standard output, and how long it holds to standard error."""
        period = app_settings.TOTP_PERIOD
        now = int(time.time())
        self.stdout.write(format_hotp_value(hotp_value(DEMO_TOTP_SECRET, now // period)))
        self.stderr.write(f"holds for {period - now % period} s")
