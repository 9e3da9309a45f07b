"""The experiment in the sidebar: every layer its own, every setting explained where it stands."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from playground.app.components.charts import schedule_figure
from playground.app.components.heard import heard
from playground.app.components.still_chart import still_chart
from playground.app.shared.fields import in_screen_words
from playground.app.shared.session import Session
from playground.app.train.augmented_view import augmented_images
from playground.app.train.widgets import select, setting, settings
from playground.errors import ExperimentError, PlaygroundError
from playground.experiment.architecture import Architecture
from playground.experiment.augmentation import AUGMENTATION
from playground.experiment.experiment import DataChoice, Experiment
from playground.experiment.layers import LAYERS, DenseLayer
from playground.experiment.optimizers import OPTIMIZERS
from playground.experiment.presets import PRESETS
from playground.experiment.registry import Registry
from playground.experiment.schedules import SCHEDULES
from playground.experiment.training import Training
from playground.lab.lab import Lab

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from playground.network.plan import Plan  # imports torch

Document = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """The experiment in the sidebar as far as it can be: `complaint` says what is wrong with it.

    `plan` is missing until torch is imported, `experiment` while the settings contradict each other.
    """

    experiment: Experiment | None
    plan: Plan | None
    complaint: str = ""


def experiment_form(lab: Lab, session: Session) -> Draft:
    """Show the experiment in the sidebar, and work it out."""
    steps = _preset(session)
    draft, key = session.draft, f"{session.revision}:"
    _architecture(session, draft["architecture"], key)
    _training(lab, draft["training"], key)
    with st.expander("Data"):
        settings(DataChoice, draft["data"], f"{key}data")
    session.note()
    _undo_and_redo(session, steps)
    return _drafted(lab, draft)


def _drafted(lab: Lab, draft: Document) -> Draft:
    try:
        experiment = Experiment.parse(draft)
    except ExperimentError as error:
        return Draft(None, None, in_screen_words(str(error)))
    try:
        return Draft(experiment, lab.trainer.check(experiment) if lab.is_warm else None)
    except PlaygroundError as error:
        return Draft(experiment, None, in_screen_words(str(error)))


# ----------------------------------------------------------------------------------------- preset


def _preset(session: Session) -> DeltaGenerator:
    """The select box of presets; the row it is in has room for what is known when the form has been read."""
    key = f"{session.revision}:preset"
    names = tuple(PRESETS)
    row = st.container(horizontal=True, vertical_alignment="bottom")
    row.selectbox(
        "Preset",
        names,
        names.index(session.preset),
        key=key,
        on_change=heard(key, session.preset, session.load_preset, names),
        help="A preset to start from: our own, or a published system with the settings of its article.",
    )
    preset = PRESETS[session.preset]
    reported = f" Reported: {preset.reported_accuracy:.2%}." if preset.reported_accuracy else ""
    st.caption(f"{preset.title}.{reported}", help=preset.article)
    return row


def _undo_and_redo(session: Session, row: DeltaGenerator) -> None:
    row.button(
        "", icon=":material/undo:", key="undo", on_click=session.back, disabled=not session.undo,
        help="Undo the last change of a setting, a layer or the preset",
    )  # fmt: skip
    row.button(
        "", icon=":material/redo:", key="redo", on_click=session.forth, disabled=not session.redo,
        help="Redo the undone change",
    )  # fmt: skip


# ------------------------------------------------------------------------------------ architecture


def _architecture(session: Session, architecture: Document, key: str) -> None:
    st.subheader("Layers", help="From the 28x28 image to ten class scores, from top to bottom.")
    for position in range(len(architecture["layers"])):
        _layer(session, architecture["layers"], position, f"{key}architecture.layers.{position}")
    row = st.container(horizontal=True)
    for kind in LAYERS.members:
        _edit(
            session, row, kind.button, ":material/add:", f"add-{kind.tag()}",
            lambda a, kind=kind: a["layers"].append(kind().model_dump(mode="json")), kind.help,  # type: ignore[misc]
        )  # fmt: skip
    with st.expander("Head", expanded=False):
        _head(session, architecture, key)


def _layer(session: Session, layers: list[Document], position: int, key: str) -> None:
    with st.container(border=True, key=f"layer-{position + 1}", gap="small"):
        head = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
        kind = layers[position]["kind"]
        with head:
            words = "What the layer does."
            chosen = select(f"Layer {position + 1}", LAYERS.tags, kind, f"{key}.kind", words, LAYERS.title)
        if chosen != kind:
            layers[position] = _as(LAYERS, chosen, layers[position])
        here, last = position, len(layers) - 1
        _edit(session, head, "", ":material/arrow_upward:", f"up-{here}", lambda a: _swap(a, here, here - 1),
              "Move up", here == 0)  # fmt: skip
        _edit(session, head, "", ":material/arrow_downward:", f"down-{here}",
              lambda a: _swap(a, here, here + 1), "Move down", here == last)  # fmt: skip
        _edit(session, head, "", ":material/close:", f"remove-{here}", lambda a: a["layers"].pop(here),
              "Remove this layer (Undo restores it)")  # fmt: skip
        _layer_settings(layers[position], f"{key}.{chosen}")


def _layer_settings(layer: Document, key: str) -> None:
    model = LAYERS.find(layer["kind"])
    assert model is not None  # the select box offers nothing else
    names = tuple(model.settings())
    basic = model.in_sight
    if basic:
        settings(model, layer, key, *basic, columns=len(basic))
    if folded := [name for name in names if name not in basic]:
        with st.expander("Details"):
            settings(model, layer, key, *folded)


def _as(registry: Registry[Any], tag: str, document: Document) -> Document:
    """The document as another variant: what both know is kept, the rest gets its defaults."""
    model = registry.find(tag)
    assert model is not None  # the select box offers nothing else
    return {**model().model_dump(mode="json"), **registry.retagged(document, tag)}


def _head(session: Session, architecture: Document, key: str) -> None:
    setting(Architecture, architecture, "readout", f"{key}architecture")
    for position, dense in enumerate(architecture["hidden"]):
        with st.container(border=True, gap="small"):
            title = st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute")
            title.markdown(f"Dense layer {position + 1}")
            here = position
            _edit(session, title, "", ":material/close:", f"remove-dense-{here}",
                  lambda a, here=here: a["hidden"].pop(here), "Remove this layer")  # type: ignore[misc]  # fmt: skip
            settings(DenseLayer, dense, f"{key}architecture.hidden.{position}")
    new = DenseLayer().model_dump(mode="json")
    _edit(
        session, st, "Dense layer", ":material/add:", "add-dense", lambda a: a["hidden"].append(new),
        "Fully connected: each unit sees all values of the readout.",
    )  # fmt: skip
    settings(Architecture, architecture, f"{key}architecture", "input_batch_norm", "output_bias", columns=1)


def _swap(architecture: Document, one: int, other: int) -> None:
    layers = architecture["layers"]
    layers[one], layers[other] = layers[other], layers[one]


def _edit(
    session: Session,
    place: Any,
    label: str,
    icon: str,
    key: str,
    change: Callable[[Document], object],
    explanation: str | None = None,
    disabled: bool = False,
) -> None:
    """A button that changes the list of layers, in a way that can be undone."""

    def apply() -> None:
        draft = copy.deepcopy(session.draft)
        change(draft["architecture"])
        session.replace(draft)

    place.button(label, icon=icon, key=key, on_click=apply, help=explanation, disabled=disabled, width="stretch")


# ---------------------------------------------------------------------------------------- training


def _training(lab: Lab, training: Document, key: str) -> None:
    st.subheader("Training")
    path = f"{key}training"
    _tagged(training, "optimizer", OPTIMIZERS, path, first="learning_rate")
    _tagged(training, "schedule", SCHEDULES, path)
    settings(Training, training, path, "epochs", "batch_size")
    _schedule_preview(training)
    with st.expander("Augmentation and more"):
        settings(AUGMENTATION.model, training["augmentation"], f"{path}.augmentation")
        augmented_images(lab, training["augmentation"])
        settings(Training, training, path, "label_smoothing", "seed", "device", "precision", "shuffle")


def _tagged(training: Document, family: str, registry: Registry[Any], path: str, first: str | None = None) -> None:
    """A choice with settings of its own: the most important beside it, the others folded below."""
    field = Training.settings()[family]
    left, right = st.columns(2, vertical_alignment="bottom") if first else (st.container(), None)
    with left:
        before, place = training[family]["name"], f"{path}.{family}.name"
        chosen = select(field.label, registry.tags, before, place, field.help, registry.title)
    model = registry.find(chosen)
    assert model is not None
    if chosen != before:
        training[family] = _as(registry, chosen, training[family])
    key = f"{path}.{family}.{chosen}"
    names = [name for name in model.settings() if name != first]
    if first and right:
        with right:
            setting(model, training[family], first, key)
    if names:
        with st.expander(f"{field.label} settings"):
            st.caption(model.explanation())
            settings(model, training[family], key, *names)


def _schedule_preview(training: Document) -> None:
    """The learning rate over the run; nothing while the settings are wrong, the sentence says why."""
    try:
        checked = Experiment.parse({"training": training}).training
    except ExperimentError:
        return
    still_chart(
        schedule_figure(checked),
        key="schedule",
        tools=False,
        alt=f"Learning rate over {checked.epochs} epochs, schedule {checked.schedule.name}",
    )
