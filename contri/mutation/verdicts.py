"""What came of the mutants."""

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from contri.mutation.mutants import Mutant


@dataclass
class Verdicts:
    """Killed, survived, or in a function that no test of the run enters, which counts as survived."""

    killed: Counter[str] = field(default_factory=Counter)
    survived: list[Mutant] = field(default_factory=list)
    untried: list[Mutant] = field(default_factory=list)

    def note(self, mutant: Mutant, *, is_killed: bool, is_tried: bool) -> None:
        """One more."""
        self.killed[mutant.module] += is_killed
        if not is_killed:
            (self.survived if is_tried else self.untried).append(mutant)
        sys.stderr.write("." if is_killed else "s" if is_tried else "u")
        sys.stderr.flush()

    def tell(self, file: Path | None) -> None:
        """Say how many were killed, by module, and list the others."""
        alive = Counter(mutant.module for mutant in (*self.survived, *self.untried))
        lines = [_share(module, self.killed[module], alive[module]) for module in sorted({*self.killed, *alive})]
        lines += [_share("together", sum(self.killed.values()), sum(alive.values()))]
        lines += [f"survived: {mutant}" for mutant in self.survived]
        lines += [f"not tried: {mutant}" for mutant in self.untried]
        text = "\n".join(lines)
        sys.stderr.write(f"\n{text}\n")
        if file:
            file.write_text(f"{text}\n")


def _share(name: str, killed: int, alive: int) -> str:
    return f"{name}: {killed} of {killed + alive} killed, {100 * killed / max(killed + alive, 1):.1f} %"
