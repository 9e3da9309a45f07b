"""Activations and gradients of every layer over the kept epochs, and the filters that never answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from playground.analysis.inside import WATCHED
from playground.app.components.one_of import one_of
from playground.app.components.still_chart import still_chart
from playground.app.inside.choices import among, place_label, unit_word
from playground.app.inside.figures import history_figure
from playground.app.shared.job_panel import arrived
from playground.app.shared.selected_epoch import SelectedEpoch
from playground.app.shared.value_pictures import take_away
from playground.interpret.activations import Activity, PlaceActivity
from playground.lab.lab import Lab
from playground.network.plan import LayerRow

ActivityHistory = Mapping[int, Activity]  # by epoch
_MOST_EPOCHS = 100
OF_PLACES: Mapping[str, tuple[str, Callable[[PlaceActivity], float]]] = {
    "mean activation": ("", lambda each: each.all_mean),
    "standard deviation": ("", lambda each: each.all_deviation),
    "share of zeros": ("share", lambda each: each.all_zeros),
}
OF_LAYERS: Mapping[str, tuple[str, Callable[[Activity], Mapping[str, float]]]] = {
    "gradient norm": ("L2 norm", lambda one: one.gradients),
    "weight norm": ("L2 norm", lambda one: one.weights),
    "gradient / weight": ("ratio", lambda one: {n: g / (one.weights[n] or 1) for n, g in one.gradients.items()}),
}


def statistics_view(lab: Lab, selected: SelectedEpoch) -> None:
    """One quantity of all layers over the epochs; dead ReLUs; every channel at the epoch that is looked at."""
    run = selected.run
    epochs = _thinned(lab.library.kept_epochs(run).weights, selected.epoch)
    jobs = [lab.inside.activity(run, epoch) for epoch in epochs]
    jobs[epochs.index(selected.epoch)] = lab.inside.activity(run, selected.epoch)  # asked for last: first
    there = arrived(jobs, f"Measuring {len(epochs)} epoch{'s' * (len(epochs) > 1)}")
    history = {epoch: one for epoch, one in zip(epochs, there, strict=True) if one is not None}
    sampled = lab.inside.images(run)
    count = min(WATCHED, len(sampled.images))
    st.caption(
        f"On {among(sampled, count)}, in evaluation mode, with the weights kept of {len(epochs)} of "
        f"{len(run.epochs)} epoch{'s' * (len(run.epochs) > 1)}; gradients are those of "
        "the mean cross-entropy of these images."
    )
    if not history:
        return
    _histories(history, selected.epoch)
    if (now := history.get(selected.epoch)) is not None:
        _dead(history, now, selected.epoch)
        _channels(now, selected.epoch)


def _thinned(kept: Sequence[int], epoch: int) -> list[int]:
    """At most so many epochs, evenly; the one that is looked at and the last among them."""
    step = -(-len(kept) // _MOST_EPOCHS)
    return sorted({*kept[::-step], epoch})


def _histories(history: ActivityHistory, epoch: int) -> None:
    quantity = one_of(
        "Quantity", (*OF_LAYERS, *OF_PLACES), default="gradient norm", key="inside_quantity",
        persist_state="session",
    )  # fmt: skip
    if quantity in OF_LAYERS:
        unit, of_layers = OF_LAYERS[quantity]
        by_epoch = {at: of_layers(one) for at, one in history.items()}
    else:
        unit, of_place = OF_PLACES[quantity]
        by_epoch = {at: {_short(each.place): of_place(each) for each in one.places} for at, one in history.items()}
    names = list(next(iter(by_epoch.values())))
    lines = {name: (list(by_epoch), [values[name] for values in by_epoch.values()]) for name in names}
    figure = history_figure(quantity.capitalize(), unit, lines, quantity in OF_LAYERS, epoch)
    spoken = f"{quantity} at epoch {epoch}: " + ", ".join(
        f"{n} {v:.3g}" for n, v in by_epoch.get(epoch, {}).items()
    )
    with st.container(key="inside_courses"):
        still_chart(figure, key="inside_course", alt=spoken)
    if len(history) == 1:
        st.caption("The weights of only one epoch of this run are kept, so there are no curves over the epochs.")
    rows = [
        {"epoch": at, "layer": name, quantity: v} for at, values in by_epoch.items() for name, v in values.items()
    ]
    take_away(quantity.replace(" ", "-").replace("/", "per"), rows)


def _short(place: LayerRow) -> str:
    """A place in a legend: layer and module, such as `residual3.branch.activation1`."""
    return place.stage if place.stage == "output" else place.modules[-1]


def _dead(history: ActivityHistory, now: Activity, epoch: int) -> None:
    dead = now.dead()
    with st.container(key="inside_dead"):
        if not any("ReLU" in each.place.operation.split(", ") for each in now.places):
            st.markdown("No layer of this network ends in a ReLU, so none can be dead.")
        elif not dead:
            st.markdown(
                f":material/check: No dead ReLU after epoch {epoch}: every channel is active for some image."
            )
        for place, channels in dead.items():
            since = dead_since(history, place, set(channels), epoch)
            st.warning(
                f"**{place_label(place)}**: {len(channels)} of {place.output_shape[0]} {unit_word(place)}s dead, "
                f"0 for every one of {now.images:,} images{since}: {', '.join(map(str, channels))}.",
                icon=":material/power_off:",
            )


def dead_since(history: ActivityHistory, place: LayerRow, channels: set[int], epoch: int) -> str:
    """Since which measured epoch all of them are dead without a break."""
    first = epoch
    for at in sorted((each for each in history if each <= epoch), reverse=True):
        if not channels <= set(history[at].dead().get(place, ())):
            break
        first = at
    return f", since epoch {first}" if first < epoch else ""


def _channels(now: Activity, epoch: int) -> None:
    labels = [place_label(each.place) for each in now.places]
    if st.session_state.get("inside_channels") not in labels:
        st.session_state.pop("inside_channels", None)
    chosen = st.selectbox(f"Channel by channel after epoch {epoch}", labels, key="inside_channels")
    one = now.places[labels.index(chosen)]
    table = {
        unit_word(one.place): list(range(len(one.mean))),
        "mean": one.mean, "deviation": one.deviation, "zeros": 100 * one.zeros, "largest": one.largest,
    }  # fmt: skip
    plain = st.column_config.NumberColumn(format="%.4g")
    st.dataframe(
        table, hide_index=True, key="inside_channel_table",
        column_config={
            "mean": plain, "deviation": plain, "largest": plain,
            "zeros": st.column_config.NumberColumn("zeros, %", format="%.1f", help="Share of values that are 0."),
        },
    )  # fmt: skip
    take_away(f"{one.place.stage}-channels", table)
