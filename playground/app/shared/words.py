"""What is said about a run, in one line or a few words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from playground.app.components.clock import when, zone
from playground.app.components.markdown import literal
from playground.lab.lab import Lab
from playground.runs.snapshot import Snapshot
from playground.text.durations import duration
from playground.text.sentences import one_line
from playground.training.record import Run, RunState

_ICONS = {
    RunState.QUEUED: ":material/hourglass_empty:",
    RunState.RUNNING: ":material/play_arrow:",
    RunState.PAUSED: ":material/pause:",
    RunState.STOPPED: ":material/stop:",
    RunState.DONE: ":material/check:",
    RunState.DIVERGED: ":material/trending_up:",
    RunState.FAILED: ":material/error:",
    RunState.INTERRUPTED: ":material/power_off:",
}
_MOST_NAMES = 3
SAMPLE = "the bundled sample, not the full set"


def shortened(name: str, most: int = 40) -> str:
    """A name that leaves room for other things: its beginning and its end."""
    return name if len(name) <= most else f"{name[: most // 2 - 1]}…{name[-(most // 2) :]}"


def listed(names: Iterable[str]) -> str:
    """The first few of some names, and how many more there are."""
    every = [shortened(name, 40) or "a run without a name" for name in names]
    shown, more = every[:_MOST_NAMES], len(every) - _MOST_NAMES
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def state_line(lab: Lab, snapshot: Snapshot) -> str:
    """One line about a run: what it does, how far it is, how long it will take."""
    run = snapshot.run
    doing = "stopping, then evaluating the test images" if snapshot.ending else run.state
    parts = [f"{_ICONS[run.state]} **{literal(run.name)}** · {doing}"]
    if run.state is RunState.QUEUED:
        parts.append(_waiting(lab, run))
    elif run.batches_in_epoch:
        parts.append(_progress(snapshot))
    if run.state.is_live and not snapshot.ending and snapshot.seconds_left is not None:
        parts.append(f"{duration(snapshot.seconds_left)} left")
    if run.state is RunState.RUNNING and snapshot.images_per_second:
        parts.append(f"{snapshot.images_per_second:,.0f} images/s")
    if run.state.is_final and run.train_seconds:
        parts.append(f"trained {duration(run.train_seconds)}")
    return " · ".join(parts)


def _waiting(lab: Lab, run: Run) -> str:
    live = [snapshot.run for snapshot in lab.library.live()]
    names = [each.run for each in live]
    if run.run not in names:  # another process has it, or it ended a moment ago
        return "waiting for another process"
    if live[0].state is RunState.PAUSED:
        return f"waits for {literal(live[0].name)}, which is paused"
    return f"place {names.index(run.run)} in the queue"


def _progress(snapshot: Snapshot) -> str:
    run, planned = snapshot.run, snapshot.run.experiment.training.epochs
    if run.state is RunState.DONE:
        return f"{planned} epoch{'s' * (planned > 1)}"
    return f"epoch {min(snapshot.step / run.batches_in_epoch, planned):.1f} of {planned}"


def epochs_trained(run: Run) -> float:
    """Epochs whose weights are kept; with a fraction where the last one was cut short by a stop."""
    return run.ends[-1] if run.epochs else 0.0


def after_training(run: Run, epoch: int | None = None) -> str:
    """How far the weights of a run's epoch, or of its last, were trained, and on what.

    Such as "after 3 of 6 epochs (bundled sample)".
    """
    done, planned = run.ends[epoch - 1] if epoch else epochs_trained(run), run.experiment.training.epochs
    epochs = f"{planned} epoch{'s' * (planned > 1)}"
    words = f"after {done:.2g} of {epochs}" if done < planned else f"after {epochs}"
    words += ", still training" if run.state.is_live else ""
    averaging = run.experiment.data.averaging
    words += f", each image averaged with {averaging}" if averaging else ""
    return words + (" (bundled sample)" if run.data.name == "sample" else "")


def run_label(run: Run) -> str:
    """A run in a list, as text: its name, how well it does, when it was made here.

    While it is trained the label stays as it is: a list tells what was chosen in it by its label.
    """
    scores = (("validation", run.validation_accuracy), ("test", run.test_accuracy))
    known = [f"{name} {value:.2%}" for name, value in scores if value is not None]
    doing = ["in training"] if run.state.is_live else known[:1]
    made = () if run.example else (when(run.created, zone()),)
    return " · ".join([one_line(run.name), *doing, *made])


def run_labels(runs: Iterable[Run]) -> dict[str, str]:
    """The labels of runs in a list, by run. Where several would be the same their own numbers stand behind."""
    labels = {run.run: run_label(run) for run in runs}
    times = Counter(labels.values())
    return {run: f"{label} · {run}" if times[label] > 1 else label for run, label in labels.items()}
