"""Runs and their forks as trees: who goes on from whom, in the order in which they are drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from playground.training.record import Run


def families(runs: Sequence[Run]) -> tuple[tuple[Run, ...], ...]:
    """The families of at least two, each with a parent before its forks.

    The latest fork of a parent comes first: so no line from a parent to its fork crosses another fork. A fork
    whose parent is not among the runs begins a family of its own.
    """
    there = {run.run for run in runs}
    forks = defaultdict[str, list[Run]](list)
    for run in runs:
        forks[run.parent if run.parent in there else ""].append(run)
    trees = (_tree(root, forks) for root in forks[""])
    return tuple(tree for tree in trees if len(tree) > 1)


def _tree(root: Run, forks: Mapping[str, Sequence[Run]]) -> tuple[Run, ...]:
    found, waiting = dict[str, Run](), [root]
    while waiting:
        run = waiting.pop()
        if run.run not in found:  # a record that was tampered with may name itself
            found[run.run] = run
            waiting += sorted(forks.get(run.run, ()), key=lambda fork: (fork.parent_epoch, fork.created))
    return tuple(found.values())
