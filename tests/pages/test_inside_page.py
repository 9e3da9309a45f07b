"""Inside shows what the run's networks do."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas
import pytest
import torch
from opened import opened
from patience import until
from reading import said
from sklearn.metrics import confusion_matrix
from streamlit.testing.v1 import AppTest

from playground.analysis.inside import first_of
from playground.app.inside import ablation, statistics
from playground.app.shared.cache import lab
from playground.app.shared.navigation import INSIDE, PREDICT
from playground.app.shared.value_pictures import as_csv
from playground.data.classes import CLASS_NAMES
from playground.experiment.presets import PRESETS
from playground.interpret.ablation import ablated
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.network.inference import evaluation_batch
from playground.system.executors import InlineExecutor

SECTIONS = ("Maps", "One value", "Attributions", "Top images", "Ablation", "Statistics")
EXPERIMENTS = {
    "mlp": {"architecture.layers": [], "architecture.hidden": [{"units": 12}, {"units": 8, "batch_norm": True}]},
    "logistic": {"architecture.layers": []},
    "average": {"architecture.readout": "average", "architecture.input_batch_norm": True},
    "maximum": {"architecture.readout": "maximum", "architecture.hidden": [{"units": 8}]},
    "none held out": {"data.validation": "none", "data.test_time_mirror": True},
    "as articles do": {"data.validation": "test"},
}


def section(page: AppTest, name: str) -> AppTest:
    """Choose a section and wait until nothing is on its way any more."""
    page.segmented_control(key="section").set_value(name).run()
    return arrived(page)


def arrived(page: AppTest) -> AppTest:
    until(lambda: not page.run().get("progress"))
    assert not page.exception
    assert not page.error
    return page


def files_of(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> dict[str, pandas.DataFrame]:
    """What a section offers as CSV, read back: the test's driver presses no download button."""
    files: dict[str, pandas.DataFrame] = {}
    whole = module.take_away

    def offered(name: str, numbers, pixels=None) -> None:
        files[name] = pandas.read_csv(io.BytesIO(as_csv(numbers)))
        whole(name, numbers, pixels)

    monkeypatch.setattr(module, "take_away", offered)
    return files


@pytest.fixture(scope="session")
def many_home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """A finished run of one epoch for every kind of network, in one home."""
    home = tmp_path_factory.mktemp("many")
    shelf = Lab(Settings(home=home, threads=1), InlineExecutor())
    few = {"data.fraction": 0.02, "training.epochs": 1, "training.precision": "float32"}
    found = {}
    for name, changes in EXPERIMENTS.items():
        found[name] = home, shelf.trainer.start(PRESETS["quick"].experiment.changed({**few, **changes}))
    return found


@pytest.fixture
def many_app(home: Path, many_home: dict[str, tuple[Path, str]]) -> Iterator[AppTest]:
    shutil.copytree(next(iter(many_home.values()))[0] / "runs", home / "runs")
    yield from opened()


@pytest.mark.parametrize("name", SECTIONS)
def test_every_section_of_a_finished_run(trained_app: AppTest, open_page, name):
    page = section(open_page(trained_app, INSIDE), name)
    assert "after" in page.caption[0].value


@pytest.mark.parametrize("kind", EXPERIMENTS)
def test_every_section_of_every_kind_of_network_after_one_epoch(many_app: AppTest, open_page, many_home, kind):
    page = open_page(many_app, INSIDE)
    page.sidebar.selectbox(key="picked_run").set_value(many_home[kind][1]).run()
    for name in SECTIONS:
        section(page, name)
    assert "the weights of only one epoch" in said(page).lower()
    section(page, "Ablation")
    assert ("no hidden layer" in said(page)) == (kind == "logistic")
    section(page, "Attributions")
    assert ("this network has none" in said(page)) == (kind in ("logistic", "mlp"))
    if kind == "none held out":
        assert "training images" in said(section(page, "Ablation"))
        assert "so these are training images" in said(page)
        assert "without averaging" in said(page)


def test_layers_are_named_as_in_the_table(trained_app: AppTest, open_page):
    page = open_page(trained_app, INSIDE)
    rows = lab().inside.places(lab().library.runs()[0])
    assert page.selectbox(key="inside_place").options == [f"{row.stage}: {row.operation}" for row in rows]


def test_every_layer_can_be_looked_at(trained_app: AppTest, open_page):
    page = open_page(trained_app, INSIDE)
    for label in page.selectbox(key="inside_place").options:
        page.selectbox(key="inside_place").set_value(label).run()
        assert not page.exception, label
        for scale in ("layer", "network", "each map"):
            page.segmented_control(key="inside_scale").set_value(scale).run()
            assert not page.exception, (label, scale)


def test_a_value_is_worked_out_to_the_networks_own(trained_app: AppTest, open_page):
    page = section(open_page(trained_app, INSIDE), "One value")
    page.number_input(key="inside_channel").set_value(5).run()
    page.number_input(key="inside_row").set_value(0).run()
    page.number_input(key="inside_column").set_value(27).run()
    run = lab().library.runs()[0]
    pixels = lab().inside.images(run).images.pixels[0]
    own = float(lab().inside.outputs(run, 2, pixels)["conv1.conv"][5, 0, 27])
    shown = next(text.value for text in page.markdown if "products** come to" in text.value)
    assert float(re.search(r"= \*\*(.+?)\*\*", shown)[1]) == pytest.approx(own, rel=1e-4)
    assert float(re.search(r"The network has \*\*(.+?)\*\*", shown)[1]) == pytest.approx(own, rel=1e-4)
    products = page.dataframe[-1].value
    assert len(products) == 9
    assert products["product"].sum() == pytest.approx(own, rel=1e-4)


def test_muting_changes_the_accuracy_as_it_does_the_network(
    trained_app: AppTest, open_page, monkeypatch: pytest.MonkeyPatch
):
    files = files_of(ablation, monkeypatch)
    page = section(open_page(trained_app, INSIDE), "Ablation")
    page.segmented_control(key="ablation_images").set_value("500").run()
    arrived(page)
    run = lab().library.runs()[0]
    judged = lab().scores.scored(run, "validation")
    whole = float((judged.logits.argmax(1) == judged.images.labels).double().mean())
    assert page.metric[0].value == f"{whole:.2%}"
    assert "500 validation images" in said(page)
    page.pills(key=f"ablation_{run.run}_conv1").set_value(list(range(16))).run()
    arrived(page)
    layer = lab().inside.layers(run)[0]
    known = lab().inside.known(run, 2, layer, 500)
    until(lambda: known.is_over)
    network = lab().scores.network(run)
    silent = torch.zeros_like(known.result().values)
    scores = ablated(network, "conv1", silent, {}, "zero", evaluation_batch(run.experiment.architecture))
    labels = first_of(judged.images, 500).labels
    assert page.metric[0].value == f"{float((scores.argmax(1) == labels).double().mean()):.2%}"
    matrix = json.loads(page.get("plotly_chart")[0].proto.spec)["data"][0]["z"]
    assert np.array_equal(matrix, confusion_matrix(labels, scores.argmax(1), labels=range(10)))
    counted = [
        confusion_matrix(labels, each.argmax(1), labels=range(10)) for each in (known.result().logits, scores)
    ]
    table = files["ablation-confusion"]
    assert (list(table["true"]), list(table["predicted"])) == (
        list(np.repeat(CLASS_NAMES, 10)),
        [*CLASS_NAMES] * 10,
    )
    assert np.array_equal(table[["before", "now"]].T, [each.ravel() for each in counted])
    before, after = (each.argmax(1) == labels for each in (known.result().logits, scores))
    counts = [str(int(each.sum())) for each in (before & ~after, after & ~before)]
    assert [page.metric[n].value for n in (1, 2)] == counts
    for name, chosen in (("ablation-correct-before", before & ~after), ("ablation-wrong-before", after & ~before)):
        numbers = torch.nonzero(chosen)[:, 0].tolist()
        if numbers:
            assert list(files[name]["image"]) == numbers
            for column, classes in (("before", known.result().logits.argmax(1)), ("now", scores.argmax(1))):
                assert list(files[name][column]) == [CLASS_NAMES[classes[number]] for number in numbers]
    change = after.double() - before.double()
    assert page.metric[0].delta == f"{100 * change.mean():+.2f} points"
    errors = [100 * float(each.double().std(correction=0)) / 500**0.5 for each in (after, change)]
    assert f"± {errors[0]:.2f} points of" in said(page)
    assert f"a change of {100 * change.mean():+.2f} ± {errors[1]:.2f} points" in said(page)
    assert "Muted: conv1: 0, 1, 2" in said(page)
    next(button for button in page.button if button.label == "Mute none").click().run()
    arrived(page)
    assert page.metric[0].value == f"{whole:.2%}"


def test_each_filter_alone_on_request(trained_app: AppTest, open_page, monkeypatch: pytest.MonkeyPatch):
    files = files_of(ablation, monkeypatch)
    page = section(open_page(trained_app, INSIDE), "Ablation")
    page.toggle(key=f"ablation_alone_{lab().library.runs()[0].run}_conv1").set_value(True).run()
    arrived(page)
    figure = json.loads(page.get("plotly_chart")[-1].proto.spec)
    bars = figure["data"][0]
    assert sorted(bars["x"], key=int) == [str(number) for number in range(16)]
    run = lab().library.runs()[0]
    known = lab().inside.known(run, 2, lab().inside.layers(run)[0], 1000).result()
    for channel, points in list(zip(bars["x"], bars["y"], strict=True))[::5]:
        silent = known.values.clone()
        silent[:, int(channel)] = 0
        network = lab().scores.network(run)
        scores = ablated(network, "conv1", silent, {}, "zero", evaluation_batch(run.experiment.architecture))
        shares = [
            float((each.argmax(1) == known.images.labels).double().mean()) for each in (scores, known.logits)
        ]
        assert points == pytest.approx(100 * (shares[0] - shares[1]))
        row = files["conv1-each-alone"].iloc[int(channel)]
        assert (row["accuracy"], row["change"]) == pytest.approx((shares[0], shares[0] - shares[1]))
    assert (
        "n = 1,000 images" in figure["layout"]["title"]["text"] or "n = 500" in figure["layout"]["title"]["text"]
    )


def test_the_statistics_are_taken_away_as_they_were_measured(
    trained_app: AppTest, open_page, monkeypatch: pytest.MonkeyPatch
):
    files = files_of(statistics, monkeypatch)
    section(open_page(trained_app, INSIDE), "Statistics")
    run = lab().library.runs()[0]
    measured = {epoch: lab().inside.activity(run, epoch).result() for epoch in (1, 2)}
    for row in files["gradient-norm"].itertuples(index=False):
        assert row[2] == pytest.approx(measured[row.epoch].gradients[row.layer])
    assert len(files["gradient-norm"]) == 2 * len(measured[2].gradients)
    (name,) = (each for each in files if each.endswith("-channels"))
    one = measured[2].places[0]
    assert name == f"{one.place.stage}-channels"
    columns = {"mean": one.mean, "deviation": one.deviation, "zeros": 100 * one.zeros, "largest": one.largest}
    for column, values in columns.items():
        assert list(files[name][column]) == pytest.approx(values.tolist())


def test_the_picture_of_the_predict_page(trained_app: AppTest, open_page):
    page = open_page(trained_app, INSIDE)
    page.segmented_control(key="inside_image").set_value("your picture").run()
    assert "There is no picture yet" in page.info[0].value
    page = open_page(page, PREDICT)
    next(button for button in page.button if button.label == "A random test image").click().run()
    page = open_page(page, INSIDE)
    assert "Test image no." in said(page)
    for name in ("One value", "Attributions"):
        section(page, name)


def test_the_convergence_delta_is_said(trained_app: AppTest, open_page):
    page = section(open_page(trained_app, INSIDE), "Attributions")
    assert "Convergence delta" in said(page)
    page.selectbox(key="inside_class").set_value("Bag").run()
    assert "the score of Bag" in said(arrived(page))
