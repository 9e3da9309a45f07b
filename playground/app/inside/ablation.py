"""Ablation: filters are muted, and accuracy, confusion matrix and changed images follow at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st
from torch import Tensor

from playground.analysis.inside import LayerOutputs
from playground.app.components.charts import change_figure, confusion_figure
from playground.app.components.gallery import Tile, gallery
from playground.app.components.one_of import one_of
from playground.app.components.still_chart import still_chart
from playground.app.inside.choices import among, unit_word
from playground.app.inside.figures import alone_figure
from playground.app.shared.job_panel import awaited
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.value_pictures import take_away
from playground.data.classes import CLASS_NAMES
from playground.interpret.ablation import FILLS, AblationResult
from playground.lab.lab import Lab
from playground.metrics.classification import confusion
from playground.network.plan import LayerRow
from playground.training.record import Run

AT_ONCE = 60
_MOST_PILLS = 128
_COUNTS = {"500": 500, "1,000": 1_000, "all": 10**9}
Muted = dict[str, tuple[int, ...]]


def ablation_view(lab: Lab, selected: SelectedEpoch) -> None:
    """Choose what is muted, and see what the network still gets right."""
    layers = lab.inside.layers(selected.run)
    if not layers:
        st.info("This network has no hidden layer, so there are no filters to mute.")
        return
    count, fill = _settings()
    layer = _pick_layer(layers)
    muted = _pick_muted(selected.run, layers, layer)
    first = next((each for each in layers if muted.get(each.stage)), layer)
    known = awaited(
        lab.inside.known(selected.run, selected.epoch, first, count), f"Running the network up to {first.stage}"
    )
    if known is None:
        return
    with st.spinner("Running the layers after it", show_time=True):
        logits, effect = lab.inside.ablate(selected.run, selected.epoch, known, muted, fill)
    _verdict(lab, selected, effect, muted)
    _matrix(known, logits, effect)
    _single_ablations(lab, selected, layer, count, fill)  # above the galleries, which may be long
    _changed("Correct before, wrong now", effect.broken, known, logits)
    _changed("Wrong before, correct now", effect.mended, known, logits)


def _settings() -> tuple[int, str]:
    left, right = st.columns(2)
    with left:
        images = one_of(
            "Images", tuple(_COUNTS), default="1,000", key="ablation_images", persist_state="session",
            help="The images that the accuracy is measured on. More are slower, with a smaller standard error.",
        )  # fmt: skip
    with right:
        fill = one_of(
            "A muted filter outputs", tuple(FILLS), default="zero", key="ablation_fill",
            persist_state="session", help="; ".join(f"**{name}**: {words}" for name, (words, _) in FILLS.items()),
        )  # fmt: skip
    return _COUNTS[images], fill


def _pick_layer(layers: Sequence[LayerRow]) -> LayerRow:
    labels = [f"{each.stage}, {each.output_shape[0]} {unit_word(each)}s" for each in layers]
    if st.session_state.get("ablation_layer") not in labels:
        st.session_state.pop("ablation_layer", None)
    chosen = one_of(
        "Layer", labels, default=labels[0], key="ablation_layer", persist_state="session",
        help="Filters are muted at the output of the layer, after activation and pooling.",
    )  # fmt: skip
    return layers[labels.index(chosen)]


def _pick_muted(run: Run, layers: Sequence[LayerRow], layer: LayerRow) -> Muted:
    """What is muted in every layer; each has its own choice, which stays while another one is shown."""
    keys = {each.stage: f"ablation_{run.run}_{each.stage}" for each in layers}
    word, count, key = unit_word(layer), layer.output_shape[0], keys[layer.stage]
    label = f"Mute {word}s of {layer.stage}"
    if count <= _MOST_PILLS:
        st.pills(
            label, range(count), selection_mode="multi", key=key, persist_state="session",
            help="One click mutes a filter, another click unmutes it.",
        )  # fmt: skip
    else:
        st.multiselect(label, range(count), key=key, persist_state="session")

    def clear() -> None:
        for each in keys.values():
            st.session_state[each] = []

    muted = {stage: tuple(sorted(st.session_state.get(each) or ())) for stage, each in keys.items()}
    if any(muted.values()):
        with st.container(horizontal=True, vertical_alignment="center"):
            told = "; ".join(f"{stage}: {', '.join(map(str, each))}" for stage, each in muted.items() if each)
            st.caption(f":material/volume_off: Muted: {told}", width="content")
            st.button("Mute none", icon=":material/volume_up:", type="tertiary", on_click=clear)
    return muted


def _verdict(lab: Lab, selected: SelectedEpoch, effect: AblationResult, muted: Muted) -> None:
    sampled = lab.inside.images(selected.run)
    change = effect.after - effect.before
    with st.container(horizontal=True, key="ablation_verdict"):
        st.metric(
            "Accuracy", f"{effect.after:.2%}", f"{100 * change:+.2f} points" if any(muted.values()) else None,
            help=f"Standard error {100 * effect.error:.2f} points. Without muting {effect.before:.2%}.",
        )  # fmt: skip
        st.metric("Correct before, wrong now", f"{len(effect.broken):,}")
        st.metric("Wrong before, correct now", f"{len(effect.mended):,}")
        st.metric(
            "Another class", f"{len(effect.moved):,}", help="Images whose prediction changed, correct or wrong."
        )
    averaging = selected.run.experiment.data.averaging
    share = f"{effect.after:.2%} ± {100 * effect.error:.2f} points of {among(sampled, effect.images)}"
    st.caption(
        (
            f"{share}, without muting {effect.before:.2%}: a change of {100 * change:+.2f} ± "
            f"{100 * effect.change_error:.2f} points. ± are standard errors, that of the change for the same "
            "images compared."
            if any(muted.values())
            else f"{share} (standard error). Nothing is muted yet."
        )
        + (f" Here without averaging with {averaging}." if averaging else "")
    )
    if sampled.group == "training":
        st.caption("This run was trained on all of its images, so these are training images.")


def _matrix(known: LayerOutputs, logits: Tensor, effect: AblationResult) -> None:
    as_change = (
        one_of(
            "Confusion matrix", ("now", "change"), default="now", key="ablation_matrix",
            persist_state="session", help="Change: now minus before, in images.",
        )
        == "change"
    )  # fmt: skip
    labels = known.images.labels
    now, before = confusion(logits, labels), confusion(known.logits, labels)
    figure = (
        change_figure(now - before, CLASS_NAMES, "muted minus unmuted")
        if as_change
        else confusion_figure(now.astype(float), CLASS_NAMES, as_share=False)
    )
    with st.container(key="ablation_chart"):
        spoken = f"Confusion matrix of {effect.images} images, {effect.after:.1%} of them right"
        still_chart(figure, key="ablation_confusion", alt=spoken)
    rows = [
        {"true": CLASS_NAMES[row], "predicted": CLASS_NAMES[column], "before": int(before[row, column]),
         "now": int(now[row, column])}
        for row in range(10) for column in range(10)
    ]  # fmt: skip
    take_away("ablation-confusion", rows)


def _changed(title: str, numbers: Sequence[int], known: LayerOutputs, logits: Tensor) -> None:
    if not numbers:
        return
    shown = list(numbers[:AT_ONCE])
    more = f", the first {AT_ONCE}" if len(numbers) > AT_ONCE else ""
    st.markdown(f"**{title}**: {len(numbers):,} images{more}")
    was, now = (scores[shown].argmax(1).tolist() for scores in (known.logits, logits))
    rows = zip(shown, was, now, known.images.labels[shown].tolist(), strict=True)
    tiles = [
        Tile(
            (f"was {CLASS_NAMES[one]}", f"now {CLASS_NAMES[other]}", f"is {CLASS_NAMES[true]}", f"no. {number}"),
            f"Image {number}, {CLASS_NAMES[true]}: was {CLASS_NAMES[one]}, is now {CLASS_NAMES[other]}",
        )
        for number, one, other, true in rows
    ]
    pixels = known.images.pixels[shown].numpy()
    gallery(pixels, tiles, title, f"ablation_{title[:5]}")
    names = np.array(CLASS_NAMES)
    every = list(numbers)
    columns = {
        "image": every,
        "before": names[known.logits[every].argmax(1).numpy()],
        "now": names[logits[every].argmax(1).numpy()],
        "true": names[known.images.labels[every].numpy()],
    }
    take_away(f"ablation-{title.split()[0].lower()}-before", columns, pixels)


def _single_ablations(lab: Lab, selected: SelectedEpoch, layer: LayerRow, count: int, fill: str) -> None:
    """Which filters matter: the accuracy with each of a layer's muted alone. Begun on request."""
    word = unit_word(layer)
    key = f"ablation_alone_{selected.run.run}_{layer.stage}"
    st.subheader(f"Which {word}s of {layer.stage} matter")
    if not st.toggle(f"Mute each of the {layer.output_shape[0]} alone", key=key, persist_state="session"):
        return
    known = awaited(
        lab.inside.known(selected.run, selected.epoch, layer, count), f"Running the network up to {layer.stage}"
    )
    if known is None:
        return
    found = awaited(
        lab.inside.single_ablations(selected.run, selected.epoch, known, fill), f"Muting each {word} alone"
    )
    if found is None:
        return
    whole = float((known.logits.argmax(1) == known.images.labels).double().mean())
    changes = [each - whole for each in found.tolist()]
    worst = min(range(len(changes)), key=changes.__getitem__)
    figure = alone_figure(changes, word, len(known.images))
    spoken = f"{word} {worst} matters most: {100 * changes[worst]:+.2f} points without it"
    still_chart(figure, key="ablation_alone", alt=spoken)
    table = {word: list(range(len(changes))), "accuracy": found.numpy(), "change": changes}
    take_away(f"{layer.stage}-each-alone", table)
