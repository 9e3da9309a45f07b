"""One widget for each setting of a model, chosen by the kind of its value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from playground.app.shared.fields import choices
from playground.app.train.controls import step_of
from playground.experiment.base import Frozen
from playground.experiment.layers import MOST_PADDING
from playground.experiment.variants import VARIANTS

Document = dict[str, Any]

WORDS = {
    "leaky_relu": "leaky ReLU", "relu": "ReLU", "gelu": "GELU", "silu": "SiLU",
    "cpu": "CPU", "cuda": "CUDA", "mps": "MPS",
}  # fmt: skip
"""Choices whose name on the screen is not their name in the document."""

_MOST_LETTERS = 500  # of a list of epochs: the longest there can be has 120


def word(choice: object) -> str:
    """A choice as it is shown."""
    found = next((registry for registry in VARIANTS.values() if registry.find(choice)), None)
    return found.title(str(choice)) if found else WORDS.get(str(choice), str(choice))


def setting(model: type[Frozen], document: Document, name: str, key: str) -> None:
    """Show the widget of one setting and put what it says into the document."""
    value = document.get(name, model.model_fields[name].default)
    make = _SPECIAL.get(name) or _by_value(value)
    document[name] = make(model, name, value, f"{key}.{name}")


def settings(model: type[Frozen], document: Document, key: str, *names: str, columns: int = 2) -> None:
    """Show several settings in a row of columns; all of the model's that are in the form if none is named."""
    shown = names or tuple(model.settings())
    for start in range(0, len(shown), columns):
        row = st.columns(columns, vertical_alignment="bottom")
        for cell, name in zip(row, shown[start : start + columns], strict=False):
            with cell:
                setting(model, document, name, key)


def _switch(model: type[Frozen], name: str, value: Any, key: str) -> bool:
    field = model.settings()[name]
    return st.checkbox(field.label, value=bool(value), key=key, help=field.help)


def _choice(model: type[Frozen], name: str, value: Any, key: str) -> str:
    field = model.settings()[name]
    return str(select(field.label, choices(model, name), value, key, field.help))


def select(
    label: str,
    options: tuple[Any, ...],
    value: Any,
    key: str,
    explanation: str,
    words: Callable[[Any], str] = word,
) -> Any:
    """A select box that shows choices in words."""
    index = options.index(value) if value in options else 0
    return st.selectbox(label, options, index, key=key, help=explanation, format_func=words)


def _integer(model: type[Frozen], name: str, value: Any, key: str) -> int:
    """Without limits of its own: what is out of range reaches the experiment, which says why in a sentence."""
    field = model.settings()[name]
    return st.number_input(field.label, value=int(value), step=int(field.step or 1), key=key, help=field.help)


def _decimal(model: type[Frozen], name: str, value: Any, key: str) -> float:
    field = model.settings()[name]
    step = field.step or 0.1
    return st.number_input(field.label, value=float(value), step=step, format="%g", key=key, help=field.help)


def _rate(model: type[Frozen], name: str, value: Any, key: str) -> float:
    """A learning rate lives on a logarithmic scale: the arrows move with its order of magnitude."""
    field = model.settings()[name]
    return st.number_input(
        field.label, value=float(value), step=step_of(value), format="%g", key=key, help=field.help
    )


def _padding(model: type[Frozen], name: str, value: Any, key: str) -> Any:
    field = model.settings()[name]
    return select(field.label, ("same", *range(MOST_PADDING + 1)), value, key, field.help)


def _epoch_list(model: type[Frozen], name: str, value: Any, key: str) -> Any:
    """Epochs with commas between; what is no number is left for the experiment to complain about."""
    field = model.settings()[name]
    known = ", ".join(map(str, value))
    text = st.text_input(field.label, known, max_chars=_MOST_LETTERS, key=key, help=field.help)
    parts = [part.strip() for part in text.split(",") if part.strip()]
    return [int(part) if part.isdecimal() else part for part in parts]


_SPECIAL: Mapping[str, Callable[[type[Frozen], str, Any, str], Any]] = {
    "learning_rate": _rate,
    "padding": _padding,
    "milestones": _epoch_list,
}


def _by_value(value: Any) -> Callable[[type[Frozen], str, Any, str], Any]:
    if isinstance(value, bool):
        return _switch
    if isinstance(value, str):
        return _choice
    return _integer if isinstance(value, int) else _decimal
