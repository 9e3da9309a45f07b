"""The examples: runs of our recipes that come with the playground. Where they are, and making one of a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from playground.data.sources.sample import ASSETS, can_substitute
from playground.errors import RunError
from playground.experiment.presets import PRESETS
from playground.runs.curve_log import write_points
from playground.runs.reader import RunReader
from playground.runs.writer import RunFolders, RunWriter
from playground.training.record import Run, RunState


@dataclass(frozen=True)
class Example:
    """A run that comes with the playground.

    Attributes:
        run: The name of its run, and of its folder.
        preset: What was trained, exactly as it stands.
        most_bytes: Its size at most: everybody who fetches the project carries it.
    """

    run: str
    preset: str
    most_bytes: int

    @property
    def folder(self) -> Path:
        """Where it is."""
        return ASSETS / self.run

    def will_do(self, run: Run) -> bool:
        """Whether a run can be it: the preset as it stands, done, on images that the sample can stand in for."""
        as_it_stands = run.experiment == PRESETS[self.preset].experiment
        return (
            as_it_stands
            and run.state is RunState.DONE
            and can_substitute(run.data.fingerprint, run.experiment.data)
        )


_ALL = (Example("example", "quick", 2**20), Example("example-robust", "robust", 2 * 2**20))
EXAMPLES: Mapping[str, Example] = {each.run: each for each in _ALL}
"""By the names of their runs."""

_DIGITS = 5  # of the values of its curve; a chart shows four


def make_example(kept: RunReader, example: Example, folder: Path | None = None) -> Run:
    """Copy a run as an example, with the weights and validation scores of its last epoch alone.

    Raises:
        RunError: It will not do, or is too large.
    """
    run, folder = kept.read(), folder or example.folder
    if not example.will_do(run):
        raise RunError(f"Run {run.run} is no finished run of {example.preset} as it stands, on the full set.")
    for old in folder.glob("*"):
        old.unlink()
    copy, last = RunWriter(folder), len(run.epochs)
    copy.keep_epoch(last, *kept.epoch(last))
    copy.keep_test_logits(kept.test_logits())
    curve = kept.curve()
    columns = (curve.epochs, curve.losses, curve.accuracies)
    rounded = ([float(f"{value:.{_DIGITS}g}") for value in values] for values in columns)
    write_points(folder, zip(*rounded, strict=True))
    made = run.model_copy(update={"run": folder.name, "name": f"{run.name} (example)", "example": True})
    copy.write(made)
    size = sum(file.stat().st_size for file in folder.iterdir())
    if size > example.most_bytes:
        raise RunError(f"The example in {folder} has {size:,} bytes; {example.most_bytes:,} are the most.")
    return made


def newest_that_will_do(folders: RunFolders, example: Example) -> RunReader:
    """The newest run of a home that can become an example; RunError where there is none."""
    found = (readable(RunReader(folder)) for folder in folders.paths())
    fitting = [run for run in found if run is not None and example.will_do(run)]
    if not fitting:
        raise RunError(f"No run here will do: python -m playground train {example.preset} --seed 0")
    return folders.folder(max(fitting, key=lambda run: run.created).run)


def readable(kept: RunReader) -> Run | None:
    """The record of a run; None where there is none, or it is damaged."""
    try:
        return kept.read()
    except RunError:
        return None
