"""A run on the screen while it is trained, and after: state, charts, figures."""

from __future__ import annotations

import streamlit as st

from playground.app.components.live_chart import live_chart
from playground.app.components.markdown import literal, sentence
from playground.app.components.refresh import auto_refresh
from playground.app.shared.pinboard import is_moving, pinboard_panel
from playground.app.shared.session import Session
from playground.app.shared.words import SAMPLE, epochs_trained, state_line
from playground.app.train.coach_panel import coach_panel
from playground.app.train.controls import steering
from playground.app.train.fork_form import fork_form
from playground.app.train.progress_figures import View, accuracy_figure, loss_figure
from playground.lab.lab import Lab
from playground.runs.snapshot import Snapshot
from playground.training.events import Resumption
from playground.training.record import Run


def run_view(lab: Lab, tab: Session, run: Run) -> None:
    """One run, live while it is. When it ends or is resumed, the page is drawn once more."""
    ghost = _best_before(lab, run)  # once for the page: the panel is drawn every second
    before = run.state.is_live, is_moving(lab, run)

    def panel() -> None:
        snapshot = lab.library.snapshot(run.run)
        _panel(lab, tab, snapshot, ghost)
        pinboard_panel(lab, tab, snapshot.run)
        if before != (snapshot.run.state.is_live, is_moving(lab, snapshot.run)):
            st.rerun()

    auto_refresh(panel, any(before))


def pinboard_view(lab: Lab, tab: Session, run: Run) -> None:
    """The pinboard of the Predict page, by the network of a run; it refreshes itself while there is news."""
    moving = is_moving(lab, run)

    def panel() -> None:
        now = lab.library.run(run.run)
        pinboard_panel(lab, tab, now, on_predict=True)
        if moving != is_moving(lab, now):
            st.rerun()

    auto_refresh(panel, moving)


def _panel(lab: Lab, tab: Session, snapshot: Snapshot, ghost: Run | None) -> None:
    with st.container(key="run_state"):
        st.markdown(state_line(lab, snapshot))
        if snapshot.steps:
            st.progress(min(1.0, snapshot.step / snapshot.steps))
        st.caption(_details(snapshot))
        if snapshot.run.message:
            st.warning(sentence(snapshot.run.message), icon=":material/info:")
        with st.container(horizontal=True, vertical_alignment="bottom"):
            steering(lab, snapshot)
            view = _view(ghost)
            if snapshot.run.state.is_final:
                fork_form(lab, tab, snapshot.run)
    loss, accuracy = st.columns(2)
    with loss, st.container(key="loss_chart"):
        live_chart(loss_figure(snapshot, view), "loss", f"Loss of {_spoken(snapshot, 'loss', '.4f')}")
    with accuracy, st.container(key="accuracy_chart"):
        spoken = _spoken(snapshot, "accuracy", ".2%")
        live_chart(accuracy_figure(snapshot, view), "accuracy", f"Accuracy of {spoken}")
    _results(snapshot.run)
    coach_panel(lab, tab, snapshot.run)


def _view(ghost: Run | None) -> View:
    """How the person wants to see the curves."""
    with st.popover("Curves", icon=":material/tune:"):
        log = st.toggle(
            "Logarithmic loss",
            key="view_log",
            persist_state="session",
            help="Shows small losses as well as large ones.",
        )
        smoothing = st.slider(
            "Smoothing of batches",
            0.0,
            0.99,
            0.0,
            0.01,
            key="view_smoothing",
            persist_state="session",
            help="The share of the previous value that each batch keeps. Epochs are not smoothed.",
        )
        behind = st.toggle(
            "Best earlier run behind",
            key="view_ghost",
            persist_state="session",
            help="The validation curve of the best earlier run on the same images, dotted.",
        )
    return View(log, smoothing, ghost if behind else None)


def _best_before(lab: Lab, run: Run) -> Run | None:
    """The best run before this one that was guided by the very same images."""

    def comparable(other: Run) -> bool:
        same = [
            (
                each.data.fingerprint,
                each.experiment.data.validation,
                each.experiment.data.fold,
                each.experiment.data.folds,
            )
            for each in (other, run)
        ]
        return same[0] == same[1] and other.created < run.created and other.validation_accuracy is not None

    return max(
        filter(comparable, lab.library.runs()), key=lambda each: each.validation_accuracy or 0.0, default=None
    )


def _spoken(snapshot: Snapshot, quantity: str, form: str) -> str:
    """The last figures in words, for those who do not see the chart."""
    run = snapshot.run
    if not run.epochs:
        return f"{run.name} per batch, no epoch finished yet"
    last = run.epochs[-1]
    train, validation = getattr(last, f"train_{quantity}"), getattr(last, f"validation_{quantity}")
    after = f", validation {validation:{form}}" if validation is not None else ""
    return f"{run.name} after {epochs_trained(run):.2g} epochs: training {train:{form}}{after}"


def _details(snapshot: Snapshot) -> str:
    run = snapshot.run
    parts = [f"{run.parameters:,} parameters"]
    if run.train_images:
        parts += [
            f"{run.train_images:,} training images",
            f"{literal(run.device)}, {literal(run.precision)}, {run.threads} thread{'s' * (run.threads > 1)}",
        ]
    if run.data.name == "sample":
        parts.append(f"**{SAMPLE}**")
    if run.parent:
        parts.append(f"fork of run {literal(run.parent)} after epoch {run.parent_epoch}")
    if run.imported:
        parts.append("imported: trained elsewhere")
    return " · ".join([*parts, f"run {literal(run.run)}", *(_resumed(each) for each in run.resumed)])


def _resumed(resumed: Resumption) -> str:
    bits = "" if resumed.exactly else ", on another machine or setting: the weights may differ in their last bits"
    return f"resumed after epoch {resumed.epoch}{bits}"


def _results(run: Run) -> None:
    if not run.epochs:
        return
    last, guided_by_test = run.epochs[-1], run.experiment.data.validation == "test"
    after = f"after {epochs_trained(run):.2g} epochs"
    with st.container(horizontal=True):
        st.metric(
            "Training accuracy",
            f"{last.train_accuracy:.2%}",
            help=f"Mean over the last epoch's {last.images:,} images, as augmented, while it learned from them.",
        )
        if last.validation_accuracy is not None:
            images = (
                "the test images, which guide this run as in its article" if guided_by_test else "held-out images"
            )
            st.metric("Validation accuracy", f"{last.validation_accuracy:.2%}", help=f"Of {images}, {after}.")
        if run.test_accuracy is not None:
            once = "evaluated after every epoch here" if guided_by_test else "evaluated once"
            averaging = run.experiment.data.averaging
            averaged = f"each averaged with {averaging}" if averaging else "no test-time averaging"
            st.metric(
                "Test accuracy",
                f"{run.test_accuracy:.2%}",
                help=f"Of the test images, {once}, {after}; {averaged}.",
            )
