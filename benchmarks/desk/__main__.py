"""How the desk's lists open over 100,000 rows each: `python -m contri.local with -- python -m benchmarks.desk [rows]`.

Every list is opened with a hundred rows in every table, and again with a hundred thousand: the same number of queries,
and no statement that looks at more than a bounded number of rows, whatever the table holds. Exits with 1 otherwise.
"""

import os
import sys
from typing import TYPE_CHECKING

import django
from django.core.management import call_command
from django.http import HttpRequest
from django.test import Client

if TYPE_CHECKING:
    from benchmarks.desk.looking import Look

FEW, MANY = 100, 100_000
# Its charts add up fourteen days of money: as many rows as there are of those days.
HOME = "home"
# A list counts up to 2,000 rows and shows 50, each with a few others that it refers to.
MOST_ROWS_LOOKED_AT = 5_000


def main(many: int) -> int:
    """Fill, look, fill, look again, tell."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contri.settings")
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.desk.filling import fill, settle_down, tables_shown, take_guards_off
    from benchmarks.desk.looking import addresses, opened

    tables = tables_shown()
    take_guards_off(tables)
    looks = {}
    browser = _superuser()
    for first, last in ((1, FEW), (FEW + 1, many)):
        for model in tables:
            fill(model, first, last)
        settle_down()
        looks[last] = {name: opened(browser, name, address) for name, address in addresses()}
    return _tell(looks[FEW], looks[many], many)


def _superuser() -> Client:
    """Signed in, with a second factor used."""
    from allauth.account.internal.flows.login import record_authentication
    from allauth.mfa.models import Authenticator
    from django.contrib.auth.signals import user_logged_in

    from accounts.models import User

    boss = User.objects.create_superuser("boss@example.ng", "x", first_name="Bo", last_name="Ss")
    factor = Authenticator.objects.create(user=boss, type="totp", data={})

    def use_second_factor(sender: object, request: HttpRequest, **_signal: object) -> None:
        record_authentication(request, boss, "mfa", id=factor.pk, type="totp")

    user_logged_in.connect(use_second_factor)
    browser = Client()
    browser.force_login(boss)
    return browser


def _tell(few: "dict[str, Look]", many: "dict[str, Look]", rows: int) -> int:
    worse = 0
    _say(f"{'page':60} queries  rows looked at      ms   (with {rows:,} rows in each table)")
    for name, look in many.items():
        is_bad = look.queries != few[name].queries or (look.rows > MOST_ROWS_LOOKED_AT and name != HOME)
        worse += is_bad
        mark = "✗" if is_bad else " "
        _say(f"{mark} {name:58} {few[name].queries:3} {look.queries:3}  {look.rows:14,} {look.milliseconds:7.1f}")
        if is_bad:
            _say(f"      {look.dearest[:2000]}")
    _say(f"{worse} of {len(many)} pages look at too much" if worse else f"all {len(many)} pages are bounded")
    return 1 if worse else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if sys.argv[1:] else MANY))
