"""How the classes fared through the epochs, and how sure a network may be. Imports torch."""

from __future__ import annotations

import numpy as np
import streamlit as st

from playground.analysis.scores import ScoredImages
from playground.app.components.live_chart import live_chart
from playground.app.components.one_of import one_of
from playground.app.inspect.calibration_figures import coverage_figure, reliability_figure
from playground.app.shared.class_choice import chosen_place
from playground.app.shared.epoch_figures import classes_figure
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.metrics.calibration import BINS, Fit, answered, coverage, fit_temperature, reliability

_MEASURES = ("F1", "precision", "recall")
_QUANTILES = np.linspace(0, 1, 120)


def course_view(lab: Lab, seen: ScoredImages) -> None:
    """Precision, recall or F1 of every class after every kept epoch."""
    st.subheader("Classes through the epochs")
    if seen.part == "test":
        st.caption("The test images are evaluated once. Only the validation images are followed over the epochs.")
        return
    with st.spinner("Reading the kept epochs", show_time=True):
        history = lab.scores.history(seen.run)
    if len(history.epochs) == 1:
        st.caption("Only one epoch of this run is kept; the table above has its numbers.")
        return
    measure = one_of(
        "Measure", _MEASURES, default="F1", key="course_measure", persist_state="session",
        help="The class selected in the matrix is highlighted.",
    )  # fmt: skip
    scores, chosen = history.class_scores()[measure], chosen_place()
    now = scores[history.epochs.index(seen.epoch)] if seen.epoch in history.epochs else scores[-1]
    spoken = ", ".join(f"{name} {value:.1%}" for name, value in zip(CLASS_NAMES, now, strict=True))
    figure = classes_figure(
        history.epochs, scores, measure, seen.epoch, chosen[1] if chosen[0] is None else chosen[0]
    )
    with st.container(key="course_chart"):
        live_chart(
            figure,
            "course",
            f"{measure} after epoch {seen.epoch}: {spoken}",
            save=_name("classes", seen),
            patient=True,
        )
    st.caption(f"Of {len(seen.images):,} images after each of {len(history.epochs)} kept epochs.")


def calibration_view(seen: ScoredImages) -> None:
    """Reliability, temperature, and what the network is worth if it may decline."""
    st.subheader("Calibration: confidence and accuracy")
    labels, count = seen.images.labels, len(seen.images)
    left, right = st.columns(2, gap="medium")
    found = reliability(seen.logits, labels)
    with left, st.container(key="reliability_chart"):
        title = f"Reliability: expected calibration error {found.expected_error:.2%}"
        words = f"{title}, {BINS} bins, {count:,} images"
        live_chart(
            reliability_figure(found, title), "reliability", words, save=_name("reliability", seen), patient=True
        )
    with left:
        st.caption(f"{BINS} bins of equal width, n = {count:,}. Bars below the dashed line: overconfident.")
        _temperature(seen)
    with right:
        _coverage(seen)


def _temperature(seen: ScoredImages) -> None:
    if seen.part == "test":
        st.caption("A temperature is fitted on validation images only; test images are used only for evaluation.")
        return
    fit = fit_temperature(seen.logits, seen.images.labels)
    st.markdown(_in_words(fit) if fit else "Too few errors among these images to fit a temperature.")


def _in_words(fit: Fit) -> str:
    kind = "less" if fit.temperature > 1 else "more"
    errors, losses = fit.errors, fit.losses
    return (
        f"**Temperature {fit.temperature:.2f}**, fitted on one half of these images (n = {fit.fitted:,}), makes "
        f"it {kind} confident. On the other half (n = {fit.judged:,}) the expected calibration error goes from "
        f"{errors[0]:.2%} to {errors[1]:.2%}, the cross-entropy from {losses[0]:.4f} to {losses[1]:.4f} nats. No "
        "prediction changes."
    )


def _coverage(seen: ScoredImages) -> None:
    labels, count = seen.images.labels, len(seen.images)
    threshold = st.session_state.get("confidence_threshold", 90) / 100
    sure, _ = answered(seen.logits, labels)
    found = coverage(seen.logits, labels, np.quantile(sure, _QUANTILES))
    at = coverage(seen.logits, labels, np.array([threshold]))
    share, right = float(at.coverage[0]), float(at.accuracy[0])
    kept = round(share * count)
    words = (
        f"With a confidence of at least {threshold:.0%} it predicts **{share:.1%}** of the images (n = {kept:,})"
    )
    words += f", **{right:.2%}** of them correctly." if kept else "."
    with st.container(key="coverage_chart"):
        figure = coverage_figure(found, threshold, (share, right), count)
        live_chart(figure, "coverage", words.replace("**", ""), save=_name("coverage", seen), patient=True)
    st.slider(
        "Lowest confidence to predict, %", 10, 100, 90, key="confidence_threshold", persist_state="session",
        help="Below it the network makes no prediction. With ten classes the confidence is at least 10 %.",
    )  # fmt: skip
    st.markdown(words)


def _name(what: str, seen: ScoredImages) -> str:
    return f"{what}-{seen.run.run}-epoch-{seen.epoch}"
