"""`python -m contri.mutation [ledger] [pin] [pots] …`: how many small bugs in what money depends on no test finds.

One process, at a low priority; minutes for each part, or with `--every 4` a quarter of them, for one mutant of four.
What no test finds is listed in `.mutation-<part>.txt`, and `--again` tries the mutants of that list once more.
"""

import argparse
import os
import sys

import pytest

# Everything that acts tell and record.
ACTS = "circles/tests/test_what_acts_leave.py"
# What is mutated, and the tests that are to find it: they are as near to it as they are in the suite.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ledger": (
        ("wallets.ledger.accounts", "wallets.ledger.each", "wallets.ledger.posting"),
        (
            "wallets/tests/ledger/test_posting.py",
            "wallets/tests/ledger/test_guards.py",
            "wallets/tests/ledger/test_checks.py",
            "wallets/tests/ledger/test_races.py",
            "wallets/tests/test_circle_money.py",
            "wallets/tests/test_putting_right.py",
            "wallets/tests/test_withdrawals.py",
            "circles/tests/test_due_together.py",
        ),
    ),
    "pin": (
        (
            "accounts.pin_hashing",
            "accounts.services.pin",
            "accounts.services.pin_reset",
            "accounts.services.pin_tokens",
        ),
        (
            "accounts/tests/test_pin.py",
            "accounts/tests/test_pin_reset.py",
            "accounts/tests/test_new_keys.py",
            "wallets/tests/test_cooling_off.py",
        ),
    ),
    "pots": (
        ("wallets.services.circle_money", "wallets.services.many_circles", "circles.services.due_together"),
        ("wallets/tests/test_circle_money.py", "circles/tests/test_due_together.py"),
    ),
    "paying": (
        ("circles.services.paying_in", "circles.services.collecting"),
        ("circles/tests/test_paying_in.py", "circles/tests/test_arrears.py", "circles/tests/test_hard_cases.py"),
    ),
    "payday": (
        ("circles.services.payday", "circles.services.surplus"),
        (
            "circles/tests/test_a_whole_life.py",
            "circles/tests/test_hard_cases.py",
            "circles/tests/test_short_pots.py",
            "circles/tests/test_cancelling.py",
            ACTS,
        ),
    ),
    "late-fees": (("circles.services.fees",), ("circles/tests/test_late_fees.py", ACTS)),
    "arrears": (("circles.services.arrears",), ("circles/tests/test_arrears.py", ACTS)),
    "security": (
        ("circles.services.securing", "circles.dividing", "circles.shares"),
        ("circles/tests/test_security.py", "circles/tests/test_short_pots.py", "circles/tests/test_arrears.py", ACTS),
    ),
    "auctions": (("circles.bids", "circles.services.bidding"), ("circles/tests/test_auctions.py", ACTS)),
    "cancelling": (
        ("circles.services.cancelling", "circles.services.refunding"),
        ("circles/tests/test_cancelling.py", "circles/tests/test_security.py", ACTS),
    ),
    "departing": (("circles.services.departing",), ("circles/tests/test_removal.py", ACTS)),
    "handing-over": (("circles.services.handing_over",), ("circles/tests/test_handing_over.py", ACTS)),
    "dissolving": (
        ("circles.services.dissolving", "circles.dividing"),
        ("circles/tests/test_dissolving.py", "circles/tests/test_security.py", ACTS),
    ),
}
LOWEST = 10


def main() -> int:
    """Run one after the other; the exit code is pytest's."""
    parser = argparse.ArgumentParser(prog="contri.mutation", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(PARTS)}; all of them if none")
    parser.add_argument("--every", type=int, default=1, help="one mutant of so many")
    parser.add_argument("--most", type=int, default=1000, help="give up on a mutant after so many tests")
    parser.add_argument("--again", action="store_true", help="only those that the last run's list says are alive")
    asked = parser.parse_args()
    os.nice(LOWEST)
    codes = []
    for name in asked.names or list(PARTS):
        modules, tests = PARTS[name]
        how = [f"--every={asked.every}", f"--most={asked.most}", f"--verdicts=.mutation-{name}.txt"]
        how += ["--again"] if asked.again else []
        options = ["-p", "contri.mutation.plugin", "-q", "--show-capture=no", *how, *tests]
        if child := os.fork():
            codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        else:
            os._exit(pytest.main([*options, *(f"--mutate={module}" for module in modules)]))
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
