"""The drawn network: one stack a stage, to scale, with its numbers."""

import pytest

from playground.app.train.network_figure import network_figure
from playground.experiment.presets import PRESETS
from playground.network.plan import plan


@pytest.mark.parametrize("name", ["quick", "mlp-baseline", "three-conv-batch-norm"])
def test_every_stage_is_drawn_with_its_shape_and_hover(name: str):
    planned = plan(PRESETS[name].experiment.architecture)
    figure = network_figure(planned)
    texts = [annotation.text for annotation in figure.layout.annotations]
    for stage in dict.fromkeys(row.stage for row in planned.rows):
        last = [row for row in planned.rows if row.stage == stage][-1]
        assert f"<b>{stage}</b>" in texts
        assert " x ".join(map(str, last.output_shape)) in texts
        assert any(f"<b>{stage}</b>" in trace.text for trace in figure.data)


def test_maps_are_drawn_to_scale():
    planned = plan(PRESETS["two-conv-same"].experiment.architecture)
    sides = {max(trace.x) - min(trace.x) for trace in network_figure(planned).data}
    assert {28.0, 14.0, 7.0} <= {round(side, 6) for side in sides}
