"""Making a failing plan short: fewer steps, fewer kinds of fault, fewer acts, the same failure."""

from collections.abc import Callable
from dataclasses import replace

from contri.simulation.simulation import Outcome, Plan

Run = Callable[[Plan], Outcome]


def shrink(failed: Outcome, run: Run) -> Outcome:
    """The shortest failing outcome that was found, by leaving out what the failure does not need."""
    best = _keep_if_it_fails(failed, replace(failed.plan, steps=max(failed.step, 1)), run)
    for fault in sorted(best.plan.faults):
        best = _keep_if_it_fails(best, replace(best.plan, faults=best.plan.faults - {fault}), run)
    size = best.plan.steps // 2
    while size:
        for start in range(1, best.plan.steps + 1, size):
            left_out = best.plan.without | frozenset(range(start, min(start + size, best.plan.steps + 1)))
            if left_out != best.plan.without:
                best = _keep_if_it_fails(best, replace(best.plan, without=left_out), run)
        size //= 2
    return best


def _keep_if_it_fails(best: Outcome, shorter: Plan, run: Run) -> Outcome:
    outcome = run(shorter)
    return outcome if kind_of(outcome.error) == kind_of(best.error) else best


def kind_of(error: str) -> str:
    """What went wrong, without whom and how much."""
    return "".join(letter for letter in error.split("\n")[0] if not letter.isdigit())[:60]
