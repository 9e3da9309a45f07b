"""The example: a run of `quick` that comes with the playground. Where it is, and making it again.

    python -m playground train quick --seed 0
    python -m playground.services.example [RUN]

makes it from that run, by default the newest of this home that will do.
"""

import sys
from pathlib import Path

from playground.core.presets import DEFAULT_PRESET, PRESETS
from playground.core.run import Run, RunState
from playground.errors import PlaygroundError, RunError
from playground.services.artifacts import RunFolder, RunFolders
from playground.services.kept import Kept
from playground.services.sample import DATA_FOLDER, stands_in_for
from playground.services.settings import load_settings

EXAMPLE = "example"
"""The name of its run, and of its folder."""

EXAMPLE_FOLDER = DATA_FOLDER / EXAMPLE
MOST_BYTES = 2**20  # everybody who fetches the project carries it
_DIGITS = 5  # of the values of its curve; a chart shows four


def will_do(run: Run) -> bool:
    """Whether a run is `quick` as it stands, done, and trained on images that the sample can stand in for."""
    as_it_stands = run.experiment == PRESETS[DEFAULT_PRESET].experiment
    return as_it_stands and run.state is RunState.DONE and stands_in_for(run.data.fingerprint)


def make_example(kept: Kept, folder: Path = EXAMPLE_FOLDER) -> Run:
    """Copy a run as the example, with the weights and validation scores of its last epoch alone.

    Raises:
        RunError: It will not do, or is larger than 1 MB.
    """
    run = kept.read()
    if not will_do(run):
        raise RunError(f"Run {run.run} is no finished run of {DEFAULT_PRESET} as it stands, on the full set.")
    for old in folder.glob("*"):
        old.unlink()
    copy, last = RunFolder(folder), len(run.epochs)
    copy.keep_epoch(last, *kept.epoch(last))
    copy.keep_test_logits(kept.test_logits())
    copy.keep_curve({name: [float(f"{v:.{_DIGITS}g}") for v in values] for name, values in kept.curve().items()})
    example = run.model_copy(update={"run": folder.name, "name": f"{run.name} (example)", "example": True})
    copy.write(example)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > MOST_BYTES:
        raise RunError(f"The example in {folder} has {size:,} bytes; {MOST_BYTES:,} are the most.")
    return example


def newest_that_will_do(folders: RunFolders) -> Kept:
    """The newest run of a home that can become the example; RunError where there is none."""
    fitting = [run for run in map(_readable, folders.paths()) if run is not None and will_do(run)]
    if not fitting:
        raise RunError(f"No run here will do: python -m playground train {DEFAULT_PRESET} --seed 0")
    return folders.folder(max(fitting, key=lambda run: run.created).run)


def _readable(folder: Path) -> Run | None:
    try:
        return Kept(folder).read()
    except RunError:
        return None


if __name__ == "__main__":
    try:
        home = RunFolders(load_settings().home)
        made = make_example(home.folder(sys.argv[1]) if len(sys.argv) > 1 else newest_that_will_do(home))
    except PlaygroundError as error:
        sys.exit(str(error))
    print(f"{made.name}: {made.parameters:,} parameters, {made.test_accuracy:.2%} of the test images")
