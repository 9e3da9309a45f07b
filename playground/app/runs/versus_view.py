"""Run A against run B. Imports torch: pages import this once it is there."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from playground.analysis.scores import ScoredImages
from playground.app.components.charts import change_figure
from playground.app.components.errors import show_errors
from playground.app.components.gallery import Tile, gallery
from playground.app.components.markdown import literal
from playground.app.components.still_chart import still_chart
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.metrics.versus import Versus, spread_of, verdict, versus
from playground.training.record import Run

AT_ONCE = 60


def versus_view(lab: Lab, a: Run, b: Run, all_runs: Sequence[Run]) -> None:
    """What B gets right that A does not, the other way round, and whether the difference means anything."""
    with show_errors():
        one, other = lab.scores.scored(a, "test"), lab.scores.scored(b, "test")
        if a.data.fingerprint != b.data.fingerprint or one.is_substitute != other.is_substitute:
            st.info(
                "These two runs were evaluated on different images, so they cannot be compared image by image."
            )
            return
        found = versus(one.logits, other.logits, one.images.labels)
        _head(found, a, b, spread_over_seeds((a, b), all_runs))
        still_chart(
            change_figure(found.moved, CLASS_NAMES), key="versus_matrix",
            alt="Confusion matrix of B minus that of A; the galleries below show the images",
        )  # fmt: skip
        for title, chosen in (
            ("Fixed: only B gets them right", found.fixed),
            ("Broken: only A does", found.broken),
        ):
            _gallery(title, chosen, one, other)


def spread_over_seeds(pair: Sequence[Run], runs: Sequence[Run]) -> float | None:
    """Spread of the test accuracy between runs that differ from one of the two in nothing but the seed."""

    def without_seed(run: Run) -> object:
        return run.experiment.changed({"training.seed": 0}), run.data.fingerprint, run.parent

    groups = {without_seed(run): dict[int, float]() for run in pair}
    for run in runs:
        group = groups.get(without_seed(run))
        if group is not None and run.test_accuracy is not None:
            group[run.experiment.training.seed] = run.test_accuracy
    return spread_of([list(group.values()) for group in groups.values()])


def _head(found: Versus, a: Run, b: Run, spread: float | None) -> None:
    st.markdown(f"**A** {literal(a.name)}, seed {a.experiment.training.seed}: **{found.accuracies[0]:.2%}**")
    st.markdown(f"**B** {literal(b.name)}, seed {b.experiment.training.seed}: **{found.accuracies[1]:.2%}**")
    st.markdown(
        f"{verdict(found, spread)} Exact McNemar test on {found.images:,} test images: "
        f"{len(found.fixed):,} fixed, {len(found.broken):,} broken, p = {found.p:.2g}."
    )


def _gallery(title: str, chosen: Sequence[int], one: ScoredImages, other: ScoredImages) -> None:
    more = f", the first {AT_ONCE}" if len(chosen) > AT_ONCE else ""
    st.markdown(f"**{title}**: {len(chosen):,} images{more}")
    shown = list(chosen[:AT_ONCE])
    said = [seen.logits.argmax(1)[shown].tolist() for seen in (one, other)]
    truly = one.images.labels[shown].tolist()
    tiles = [
        _tile(index, *(CLASS_NAMES[each] for each in row)) for index, *row in zip(shown, *said, truly, strict=True)
    ]
    gallery(one.images.pixels[shown].numpy(), tiles, title, f"versus-{title[:5]}")


def _tile(index: int, said_a: str, said_b: str, truly: str) -> Tile:
    lines = (f"A: {said_a}", f"B: {said_b}", f"is {truly}")
    return Tile(lines, f"Image {index}: {', '.join(lines)}")
