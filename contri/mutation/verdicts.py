"""What came of the mutants."""

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from contri.mutation.mutants import Mutant


@dataclass
class Verdicts:
    """Alive until a test finds it; what is in a function that no test of the run enters stays alive."""

    alive: list[Mutant]
    tried: set[Mutant] = field(default_factory=set)
    killed: Counter[str] = field(default_factory=Counter)

    def note(self, mutant: Mutant, *, is_killed: bool, is_tried: bool) -> None:
        """One more."""
        if is_tried:
            self.tried.add(mutant)
        if is_killed:
            self.killed[mutant.module] += 1
            self.alive.remove(mutant)
        sys.stderr.write("." if is_killed else "s" if is_tried else "u")
        sys.stderr.flush()

    def tell(self, file: Path | None) -> None:
        """Say how many were killed, by module, and list the others."""
        alive = Counter(mutant.module for mutant in self.alive)
        lines = [_share(module, self.killed[module], alive[module]) for module in sorted({*self.killed, *alive})]
        lines += [_share("together", sum(self.killed.values()), len(self.alive))]
        lines += [f"{'survived' if mutant in self.tried else 'not tried'}: {mutant}" for mutant in self.alive]
        text = "\n".join(lines)
        sys.stderr.write(f"\n{text}\n")
        if file:
            file.write_text(f"{text}\n")


def alive_in(file: Path, mutants: Iterable[Mutant]) -> list[Mutant]:
    """Those that an earlier run listed in `file`; the code has to be what it was then."""
    listed = {line.partition(": ")[2] for line in file.read_text().splitlines()}
    return [mutant for mutant in mutants if str(mutant) in listed]


def _share(name: str, killed: int, alive: int) -> str:
    return f"{name}: {killed} of {killed + alive} killed, {100 * killed / max(killed + alive, 1):.1f} %"
