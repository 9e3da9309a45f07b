"""The buttons of a run that is being trained."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from playground.app.components.heard import heard
from playground.app.components.markdown import sentence
from playground.errors import RunError
from playground.lab.lab import Lab
from playground.runs.snapshot import Snapshot
from playground.training.record import Run, RunState


def steering(lab: Lab, snapshot: Snapshot) -> None:
    """All that steers a run; of one that is over, or of another process, at most its resumption."""
    if snapshot.run.state.can_resume and not snapshot.run.example:
        after = (
            f"Resumes after its last complete epoch, {len(snapshot.run.epochs)}." if snapshot.run.epochs else ""
        )
        _button("Resume", ":material/play_arrow:", lab.trainer.resume, snapshot.run.run, after or "Starts again.")
    if not snapshot.here or snapshot.ending:
        return
    run, state = snapshot.run.run, snapshot.run.state
    if state is RunState.PAUSED:
        _button("Resume", ":material/play_arrow:", lab.trainer.unpause, run, "Continues from here.")
        _button("Step", ":material/skip_next:", lab.trainer.step, run, "Trains on one batch, then pauses again.")
    elif state is RunState.RUNNING:
        _button("Pause", ":material/pause:", lab.trainer.pause, run, "Pauses after the current batch.")
    kept = "Ends after the current batch. The weights are kept and evaluated on the test images."
    _button("Stop", ":material/stop:", lab.trainer.stop, run, kept)
    _rate(lab, snapshot.run)


def step_of(rate: float) -> float:
    """What the arrows of a learning rate add: a tenth of its order of magnitude or of the next one below."""
    return 10.0 ** (math.ceil(math.log10(rate)) - 1) if rate > 0 else 0.001


def _button(label: str, icon: str, tell: Callable[[str], None], run: str, explanation: str) -> None:
    st.button(label, icon=icon, on_click=_shown(lambda: tell(run)), help=explanation)


def _rate(lab: Lab, run: Run) -> None:
    """The full learning rate of the schedule, to be changed while the run goes on."""
    changes = run.rate_changes
    current = changes[-1].learning_rate if changes else run.experiment.training.optimizer.learning_rate
    key = f"rate-{run.run}"

    def change(rate: float) -> None:
        _shown(lambda: lab.trainer.change_learning_rate(run.run, rate))()

    if st.session_state.get(key) != current:  # another tab may have changed it
        st.session_state[key] = current
    st.number_input(
        "Learning rate",
        step=step_of(current),
        format="%g",
        key=key,
        on_change=heard(key, current, change),
        width=150,
        help="The schedule's full rate. A change takes effect at the next batch and is marked on the curves.",
    )


def _shown(tell: Callable[[], None]) -> Callable[[], None]:
    """A click that comes when the run is already over is no fault: it says so and that is all."""

    def told() -> None:
        try:
            tell()
        except RunError as error:
            st.toast(sentence(error))

    return told
