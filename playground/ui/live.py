"""A run on the screen while it is trained, and after: state, speed, time left, charts, and its buttons."""

from __future__ import annotations

import math
from collections.abc import Callable

import streamlit as st

from playground.core.run import Run, RunState
from playground.errors import RunError
from playground.services.jobs import Snapshot
from playground.services.lab import Lab
from playground.ui.live_chart import live_chart
from playground.ui.progress_figures import View, accuracy_figure, loss_figure

REFRESH_SECONDS = 1.0

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


def watched(panel: Callable[[], None], live: bool, every: float = REFRESH_SECONDS) -> None:
    """Show a panel that refreshes itself while something is going on, and costs nothing when not."""
    st.fragment(run_every=every if live else None)(panel)()


def duration(seconds: float) -> str:
    """Minutes and seconds, as 1:05."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{rest:02}" if minutes >= 60 else f"{minutes}:{rest:02}"


def state_line(lab: Lab, snapshot: Snapshot) -> str:
    """One line about a run: what it does, how far it is, how long it will take."""
    run = snapshot.run
    doing = "stopping, then judging on the test images" if snapshot.ending else run.state
    parts = [f"{_ICONS[run.state]} **{run.name}** · {doing}"]
    if run.state is RunState.QUEUED:
        place = [waiting.run.run for waiting in lab.live()].index(run.run) if run.state.is_live else 0
        parts.append(f"place {place} in the queue")
    elif run.batches_in_epoch:
        parts.append(_progress(snapshot))
    if run.state.is_live and not snapshot.ending and snapshot.seconds_left is not None:
        parts.append(f"{duration(snapshot.seconds_left)} left")
    if run.state.is_live and snapshot.images_per_second:
        parts.append(f"{snapshot.images_per_second:,.0f} images/s")
    if run.state.is_final and run.train_seconds:
        parts.append(f"trained {duration(run.train_seconds)}")
    return " · ".join(parts)


def _progress(snapshot: Snapshot) -> str:
    run, planned = snapshot.run, snapshot.run.experiment.training.epochs
    if run.state is RunState.DONE:
        return f"{planned} epoch{'s' * (planned > 1)}"
    return f"epoch {min(snapshot.step / run.batches_in_epoch, planned):.1f} of {planned}"


def run_panel(lab: Lab, run: str, was_live: bool) -> None:
    """The state, buttons and charts of one run. When it ends, the page is drawn once more."""
    snapshot = lab.snapshot(run)
    with st.container(key="run_state"):
        st.markdown(state_line(lab, snapshot))
        if snapshot.steps:
            st.progress(min(1.0, snapshot.step / snapshot.steps))
        st.caption(_details(snapshot))
        if snapshot.run.message:
            st.warning(snapshot.run.message, icon=":material/info:")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            if snapshot.run.state.is_live and not snapshot.ending:
                _buttons(lab, snapshot)
                _rate(lab, snapshot.run)
            view = _view(lab, snapshot.run)
    loss, accuracy = st.columns(2)
    with loss, st.container(key="loss_chart"):
        live_chart(loss_figure(snapshot, view), "loss", f"Loss of {_spoken(snapshot, 'loss', '.4f')}")
    with accuracy, st.container(key="accuracy_chart"):
        live_chart(
            accuracy_figure(snapshot, view), "accuracy", f"Accuracy of {_spoken(snapshot, 'accuracy', '.2%')}"
        )
    _results(snapshot)
    if was_live and snapshot.run.state.is_final:
        st.rerun()


def _view(lab: Lab, run: Run) -> View:
    """How the person wants to see the curves."""
    with st.popover("Curves", icon=":material/tune:"):
        log = st.toggle("Logarithmic loss", key="view_log", persist_state="session")
        smoothing = st.slider(
            "Smoothing of batches", 0.0, 0.99, 0.0, 0.01, key="view_smoothing", persist_state="session"
        )
        ghost = st.toggle(
            "Best earlier run behind",
            key="view_ghost",
            persist_state="session",
            help="The validation curve of the best run before this one, dotted.",
        )
    return View(log, smoothing, _best_before(lab, run) if ghost else None)


def _best_before(lab: Lab, run: Run) -> Run | None:
    earlier = [each for each in lab.runs() if each.created < run.created and each.validation_accuracy is not None]
    return max(earlier, key=lambda each: each.validation_accuracy or 0.0, default=None)


def _spoken(snapshot: Snapshot, quantity: str, form: str) -> str:
    """The last figures in words, for those who do not see the chart."""
    run = snapshot.run
    if not run.epochs:
        return f"{run.name} per batch, no epoch finished yet"
    last = run.epochs[-1]
    train, validation = getattr(last, f"train_{quantity}"), getattr(last, f"validation_{quantity}")
    after = f", validation {validation:{form}}" if validation is not None else ""
    return f"{run.name} after epoch {last.epoch}: training {train:{form}}{after}"


def _details(snapshot: Snapshot) -> str:
    run = snapshot.run
    parts = [f"{run.parameters:,} parameters"]
    if run.train_images:
        parts += [f"{run.train_images:,} training images", f"{run.device}, {run.precision}, {run.threads} threads"]
    if run.data.name == "sample":
        parts.append("**the bundled sample, not the full set**")
    return " · ".join([*parts, f"run {run.run}"])


def _buttons(lab: Lab, snapshot: Snapshot) -> None:
    run, state = snapshot.run.run, snapshot.run.state
    if state is RunState.PAUSED:
        st.button("Resume", icon=":material/play_arrow:", on_click=_told(lab.resume), args=(run,))
        st.button(
            "Step",
            icon=":material/skip_next:",
            on_click=_told(lab.step),
            args=(run,),
            help="Trains on one batch, then waits again.",
        )
    elif state is RunState.RUNNING:
        st.button("Pause", icon=":material/pause:", on_click=_told(lab.pause), args=(run,))
    st.button(
        "Stop",
        icon=":material/stop:",
        on_click=_told(lab.stop),
        args=(run,),
        help="Ends after the current batch. What was learned is kept and judged on the test images.",
    )


def _rate(lab: Lab, run: Run) -> None:
    """The full learning rate of the schedule, to be changed while the run goes on."""
    changes = run.rate_changes
    current = changes[-1].learning_rate if changes else run.experiment.training.optimizer.learning_rate
    key = f"rate-{run.run}"

    def change() -> None:
        _told(lambda name: lab.change_learning_rate(name, st.session_state[key]))(run.run)

    st.number_input(
        "Learning rate",
        1e-9,
        1e9,
        current,
        10.0 ** math.floor(math.log10(current)),
        format="%g",
        key=key,
        on_change=change,
        width=150,
        help="The schedule's full rate. A change counts from the next batch on and is marked on the curves.",
    )


def _told(tell: Callable[[str], None]) -> Callable[[str], None]:
    """A click that comes when the run is already over is no fault."""

    def told(run: str) -> None:
        try:
            tell(run)
        except RunError as error:
            st.toast(str(error))

    return told


def _results(snapshot: Snapshot) -> None:
    run = snapshot.run
    if not run.epochs:
        return
    last = run.epochs[-1]
    with st.container(horizontal=True):
        st.metric("Training accuracy", f"{last.train_accuracy:.2%}", help="Mean over the last epoch's images.")
        if last.validation_accuracy is not None:
            guided = "test images, as the article does" if run.experiment.data.validation == "test" else "held out"
            st.metric(
                "Validation accuracy", f"{last.validation_accuracy:.2%}", help=f"After the last epoch; {guided}."
            )
        if run.test_accuracy is not None:
            st.metric(
                "Test accuracy",
                f"{run.test_accuracy:.2%}",
                help="Of the test images, looked at once, with the last epoch's weights; no test-time averaging.",
            )
