"""The ledger's proofs, long: `python -m benchmarks.ledger.proofs`. The suite runs the same ones, for seconds.

The bank test for a minute, 2,000 lives of the model, races in a hundred rounds, ten killed workers, each guard and each
lock taken away in turn, tampered books. Takes some ten minutes on two cores; exits as pytest does.
"""

import os
import subprocess
import sys

PROOFS = ["wallets/tests/ledger", "wallets/tests/test_locks.py", "wallets/tests/test_transfer_proofs.py"]


def main() -> None:
    """Run them; what is on the command line goes to pytest."""
    os.environ.update({"LEDGER_PROOFS": "long", "LEDGER_MODEL_RUNS": os.environ.get("LEDGER_MODEL_RUNS", "2000")})
    command = [sys.executable, "-m", "pytest", "-n", "2", *PROOFS, *sys.argv[1:]]
    raise SystemExit(subprocess.run(command, check=False).returncode)  # noqa: S603 - our own program


if __name__ == "__main__":
    main()
