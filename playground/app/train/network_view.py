"""The network of the experiment in the sidebar: drawn to scale, and layer by layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from playground.app.components.markdown import literal, sentence
from playground.app.components.still_chart import still_chart
from playground.app.shared.warmup import wait_for_torch
from playground.app.train.expectation import expected_epoch_seconds
from playground.app.train.forms import Draft
from playground.experiment.experiment import Experiment
from playground.lab.lab import Lab
from playground.text.durations import roughly

if TYPE_CHECKING:  # imports torch
    from playground.network.plan import Plan


def network_panel(lab: Lab, drafted: Draft) -> None:
    """Draw the network; until torch is imported, say so and look again."""
    if drafted.complaint:
        st.error(sentence(drafted.complaint), icon=":material/error:")
    elif drafted.plan is not None:
        _drawn(lab, drafted.plan, drafted.experiment)
    else:
        wait_for_torch(lab)


def _drawn(lab: Lab, plan: Plan, experiment: Experiment | None) -> None:
    from playground.app.train.network_figure import network_figure

    seen = max((row.receptive_field or 0 for row in plan.rows), default=0)
    with st.container(horizontal=True):
        st.metric("Parameters", f"{plan.parameters:,}", help="Weights and biases that are trained.")
        st.metric("Multiply-adds", f"{plan.multiply_adds:,}", help="For one image, forward.")
        if seen:
            st.metric("Receptive field", f"{seen} px", help="Side of the receptive field of the last feature map.")
        expected = expected_epoch_seconds(lab, experiment, plan) if experiment else None
        if expected:
            seconds, judge = expected
            st.metric(
                "An epoch takes",
                roughly(seconds),
                help=f"Estimated from the run {literal(judge)} on this machine.",
            )
    still_chart(
        network_figure(plan),
        key="network_figure",
        tools=False,
        alt=f"The network from image to classes: {'; '.join(f'{r.stage} {r.output_shape}' for r in plan.rows)}",
    )
    with st.expander("Layer by layer, with the size rule O = (I + 2p − k) / s + 1"), st.container(key="layers"):
        st.dataframe(
            [
                {
                    "Layer": row.stage,
                    "What it does": row.operation,
                    "In": " × ".join(map(str, row.input_shape)),
                    "Out": " × ".join(map(str, row.output_shape)),
                    "Size rule": row.size_rule,
                    "Parameters": row.parameters,
                    "Multiply-adds": row.multiply_adds,
                    "Receptive field": row.receptive_field,
                }
                for row in plan.rows
            ],
            hide_index=True,
            column_config={
                "Parameters": st.column_config.NumberColumn(
                    format="localized", help="Weights and biases that are trained."
                ),
                "Multiply-adds": st.column_config.NumberColumn(format="localized", help="For one image."),
                "Receptive field": st.column_config.NumberColumn(
                    help="Side of the receptive field of one output value, in input pixels; the image has 28."
                ),
            },
        )
