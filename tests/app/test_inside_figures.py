"""The Inside page's figures, files and small words: what they show is what PyTorch and NumPy say."""

import io
import math
from collections.abc import Mapping

import numpy as np
import pandas
import pytest
import torch
from small import SHAKEN, TINY
from torch import Tensor, nn
from torch.nn import functional

from playground.analysis.inside import ImageSample
from playground.app.inside.feature_maps import map_tile
from playground.app.inside.figures import (
    alone_figure,
    clickable_map,
    history_figure,
    matrix_figure,
    number_grid,
    units_figure,
)
from playground.app.inside.statistics import OF_LAYERS, OF_PLACES, dead_since
from playground.app.inside.top_activations import image_columns, image_tiles
from playground.app.shared.value_pictures import SCALES, as_csv, explained, limits_of, map_columns
from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData, scale
from playground.interpret.activations import Activity, activity
from playground.interpret.layers import output_at, outputs, per_channel
from playground.interpret.top_activations import TOP, top_images
from playground.network.build import build_network
from playground.network.plan import LayerRow, places

ARCHITECTURE = SHAKEN.architecture
ROWS: Mapping[str, LayerRow] = {row.modules[-1]: row for row in places(ARCHITECTURE)}


def network() -> nn.Sequential:
    return build_network(ARCHITECTURE, torch.Generator().manual_seed(0)).eval()


@pytest.fixture(scope="module")
def values(few: FashionData) -> dict[str, Tensor]:
    """What leaves every module for one real image."""
    found = outputs(network(), scale(few.test.pixels[:1], "unit"))
    return {name: each[0].detach() for name, each in found.items()}


def read(content: bytes) -> pandas.DataFrame:
    return pandas.read_csv(io.BytesIO(content))


@pytest.fixture(scope="module")
def found(few: FashionData) -> Activity:
    return activity(network(), ARCHITECTURE, few.test, SHAKEN.data, 40)


class TestFigures:
    def test_units_are_bars_and_class_scores_have_names(self, values: dict[str, Tensor]) -> None:
        for name, names in (("output", list(CLASS_NAMES)), ("dense1.dropout", list(range(8)))):
            (bars,) = units_figure(values[name].numpy(), ROWS[name]).data
            assert list(bars.y) == values[name].tolist()
            assert list(bars.x) == names

    def test_weights_are_drawn_as_they_are(self) -> None:
        weight = network().get_submodule("output").weight.detach()
        (heat,) = matrix_figure(weight.numpy(), ROWS["output"]).data
        assert np.array_equal(heat.z, weight.double())
        assert heat.zmax == -heat.zmin == pytest.approx(float(weight.abs().max()))

    def test_a_value_of_a_map_is_told_with_its_place(self, values: dict[str, Tensor]) -> None:
        one = values["conv1.conv"][2]
        _, points = clickable_map(one.numpy(), (1, 2), "").data
        assert len(points.x) == one.numel()
        for x, y, (row, column, value) in zip(points.x, points.y, points.customdata, strict=True):
            assert (x, y) == (column, row)
            assert value == one[int(row), int(column)]

    def test_a_patch_has_its_numbers(self) -> None:
        kernel = network().get_submodule("conv1.conv").weight[3, 0].detach()
        (heat,) = number_grid(kernel.numpy(), "").data
        assert np.array_equal(heat.z, kernel.double())

    def test_filters_muted_alone_stand_in_the_order_of_what_they_cost(self) -> None:
        (bars,) = alone_figure([0.01, -0.25, 0.0, -0.0025], "filter", 400).data
        assert list(bars.x) == ["1", "3", "2", "0"]
        assert list(bars.y) == pytest.approx([-25, -0.25, 0, 1])

    def test_a_quantity_goes_over_the_epochs(self) -> None:
        figure = history_figure("", "", {"conv1": ([1, 2, 4], [3.0, 2.0, 1.5]), "output": ([4], [7.0])}, True, 2)
        drawn = {line.name: (list(line.x), list(line.y)) for line in figure.data}
        assert drawn == {"conv1": ([1, 2, 4], [3.0, 2.0, 1.5]), "output": ([4], [7.0])}
        assert figure.layout.shapes[0].x0 == 2


class TestFiles:
    def test_a_map_is_read_back_from_its_file(self, values: dict[str, Tensor]) -> None:
        maps = values["conv1.conv"].numpy()
        table = read(as_csv(map_columns(maps, ("map", "row", "column"))))
        assert len(table) == maps.size
        again = np.full_like(maps, np.nan)
        again[table["map"], table["row"], table["column"]] = table["value"]
        np.testing.assert_allclose(again, maps, rtol=1e-6)

    def test_the_strongest_images_have_their_values_and_places(self, few: FashionData) -> None:
        place = ROWS["conv1.activation"]
        work = top_images(network(), place, few.test.pixels, SHAKEN.data, 40)
        try:
            while True:
                next(work)
        except StopIteration as end:
            found = end.value
        with torch.no_grad():
            every = per_channel(output_at(network(), place, scale(few.test.pixels, "unit")))
        sampled = ImageSample(few.test, "test", False, few.fingerprint)
        table = read(as_csv(image_columns(found, sampled, "filter")))
        assert len(table) == 4 * TOP
        for row in table.itertuples():
            ranked = every[:, row.filter].amax(1).sort(descending=True).values
            assert row.value == pytest.approx(float(ranked[row.rank - 1]), rel=1e-5)
            assert row.value == pytest.approx(float(every[row.image, row.filter, row.position]), rel=1e-5)
            assert table["class"][row.Index] == CLASS_NAMES[few.test.labels[row.image]]
        for tile, row in zip(
            image_tiles(found, sampled, 2), table[table["filter"] == 2].itertuples(), strict=True
        ):
            assert tile.text == (f"{row.value:.3g}", CLASS_NAMES[few.test.labels[row.image]], f"no. {row.image}")


class TestWords:
    def test_under_a_map_stand_its_ends_and_its_zeros(self, values: dict[str, Tensor]) -> None:
        shown = 0
        for number, each in enumerate(values["conv1.activation"]):
            name, span, *zeros = map_tile(each.numpy(), number, "map").text
            low, high = torch.aminmax(each)
            assert name == f"map {number}"
            assert span == (f"{low:.2g} to {high:.2g}" if low != high else f"all {low:.2g}")
            zero = 1 - int(torch.count_nonzero(each)) / each.numel()
            assert zeros == ([f"{zero:.0%} zero"] if zero else [])
            shown += len(zeros)
        assert shown

    def test_the_lightest_colour_is_the_largest_number(self, values: dict[str, Tensor]) -> None:
        maps = values["conv1.conv"]
        own, layer, network = (limits_of(maps.numpy(), name, 123.4) for name in SCALES)
        assert own == pytest.approx(torch.linalg.vector_norm(maps, math.inf, (1, 2)).numpy())
        assert layer == pytest.approx([float(maps.abs().max())] * 4)
        assert network.tolist() == [123.4] * 4
        assert explained("layer", layer).endswith(f"the lightest is ±{float(maps.abs().max()):.3g}.")


class TestStatistics:
    def test_norms_and_their_ratio_are_those_of_pytorch(self, few: FashionData, found: Activity) -> None:
        one = network()
        functional.cross_entropy(one(scale(few.test.pixels, "unit")), few.test.labels).backward()
        for name, (_, of_layers) in OF_LAYERS.items():
            for layer, value in of_layers(found).items():
                parameters = list(one.get_submodule(layer).parameters())
                gradient = torch.nn.utils.get_total_norm([p.grad for p in parameters if p.grad is not None])
                weight = torch.nn.utils.get_total_norm([p.detach() for p in parameters])
                expected = {"gradient norm": gradient, "weight norm": weight}.get(name, gradient / weight)
                assert value == pytest.approx(float(expected), rel=1e-3)

    def test_a_place_has_mean_deviation_and_zeros_of_all_its_values(
        self, few: FashionData, found: Activity
    ) -> None:
        every = outputs(network(), scale(few.test.pixels, "unit"))
        for each in found.places:
            all_of_it = every[each.place.modules[-1]].detach().double()
            expected = (all_of_it.mean(), all_of_it.std(correction=0), (all_of_it == 0).double().mean())
            for (_, of_place), value in zip(OF_PLACES.values(), expected, strict=True):
                assert of_place(each) == pytest.approx(float(value), rel=1e-3, abs=1e-6)

    def test_a_filter_is_dead_since_the_epoch_from_which_on_it_never_answered(self, few: FashionData) -> None:
        architecture = TINY.architecture

        def after(bias: float) -> Activity:
            one = build_network(architecture, torch.Generator().manual_seed(0)).eval()
            with torch.no_grad():
                one.get_submodule("conv1.conv").bias[2] = bias
            return activity(one, architecture, few.test, TINY.data, 50)

        alive, dead = after(5.0), after(-100.0)
        (place,) = dead.dead()
        assert 2 in dead.dead()[place]
        history = {1: dead, 2: alive, 4: dead, 5: dead}
        assert dead_since(history, place, {2}, 5) == ", since epoch 4"
        assert dead_since(history, place, {2}, 4) == ""
        assert dead_since({1: dead, 5: dead}, place, {2}, 5) == ", since epoch 1"
