"""`python -m contri.mutation [ledger] [pin] [circles] [endings]`: how many small bugs in money's code no test finds.

One process, at a low priority; minutes for the ledger and the PIN, an hour for each half of circles, or with
`--every 4` a quarter of it, for one mutant of four. What no test finds is listed in `.mutation-<name>.txt`.
"""

import argparse
import os
import sys

import pytest

MODULES = {
    "ledger": ("wallets.ledger.accounts", "wallets.ledger.each", "wallets.ledger.posting"),
    "pin": (
        "accounts.pin_hashing",
        "accounts.services.pin",
        "accounts.services.pin_reset",
        "accounts.services.pin_tokens",
    ),
    "circles": (
        "circles.services.paying_in",
        "circles.services.payday",
        "circles.services.refunding",
        "circles.services.surplus",
        "circles.services.fees",
        "circles.services.collecting",
        "circles.services.securing",
        "circles.services.arrears",
        "circles.services.cancelling",
    ),
    "endings": (
        "circles.dividing",
        "circles.shares",
        "circles.bids",
        "circles.services.bidding",
        "circles.services.departing",
        "circles.services.takeover",
        "circles.services.handing_over",
        "circles.services.dissolving",
        "circles.services.due_together",
        "wallets.services.circle_money",
        "wallets.services.many_circles",
    ),
}
TESTS = {
    "ledger": (
        "wallets/tests/ledger/test_posting.py",
        "wallets/tests/ledger/test_guards.py",
        "wallets/tests/ledger/test_checks.py",
        "wallets/tests/test_circle_money.py",
        "wallets/tests/test_putting_right.py",
        "wallets/tests/test_withdrawals.py",
        "wallets/tests/ledger/test_races.py",
        "circles/tests/test_due_together.py",
    ),
    "pin": (
        "accounts/tests/test_pin.py",
        "accounts/tests/test_pin_reset.py",
        "accounts/tests/test_new_keys.py",
        "wallets/tests/test_cooling_off.py",
    ),
    "circles": (
        "circles/tests/test_a_whole_life.py",
        "circles/tests/test_arrears.py",
        "circles/tests/test_audit.py",
        "circles/tests/test_cancelling.py",
        "circles/tests/test_hard_cases.py",
        "circles/tests/test_late_fees.py",
        "circles/tests/test_paying_in.py",
        "circles/tests/test_security.py",
        "circles/tests/test_short_pots.py",
        "circles/tests/test_standing.py",
        "circles/tests/test_races.py",
        "circles/tests/test_state_races.py",
    ),
    "endings": (
        "circles/tests/test_auctions.py",
        "circles/tests/test_cancelling.py",
        "circles/tests/test_death.py",
        "circles/tests/test_dissolving.py",
        "circles/tests/test_due_together.py",
        "circles/tests/test_handing_over.py",
        "circles/tests/test_hard_cases.py",
        "circles/tests/test_removal.py",
        "circles/tests/test_short_pots.py",
        "circles/tests/test_turn_orders.py",
        "wallets/tests/test_circle_money.py",
        "circles/tests/test_people_races.py",
    ),
}
LOWEST = 10


def main() -> int:
    """Run one after the other; the exit code is pytest's."""
    parser = argparse.ArgumentParser(prog="contri.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(MODULES)}; all of them if none")
    parser.add_argument("--every", type=int, default=1, help="one mutant of so many")
    parser.add_argument("--most", type=int, default=1000, help="give up on a mutant after so many tests")
    asked = parser.parse_args()
    os.nice(LOWEST)
    codes = []
    for name in asked.names or list(MODULES):
        modules = [f"--mutate={module}" for module in MODULES[name]]
        how = [f"--every={asked.every}", f"--most={asked.most}", f"--verdicts=.mutation-{name}.txt"]
        options = ["-p", "contri.mutation.plugin", "-q", "--show-capture=no", *how]
        if child := os.fork():
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        else:
            os._exit(pytest.main([*options, *modules, *TESTS[name]]))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
