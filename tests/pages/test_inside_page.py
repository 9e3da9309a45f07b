"""Inside shows what the run's networks do."""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from opened import opened
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.core.inference import evaluation_batch
from playground.core.lesion import lesioned
from playground.core.presets import PRESETS
from playground.services.executors import InlineExecutor
from playground.services.inside import first_of
from playground.services.lab import Lab
from playground.services.settings import Settings
from playground.ui.cache import lab

INSIDE = "pages/inspect/inside.py"
SECTIONS = ("Maps", "One value", "Attributions", "Top images", "Lesions", "Statistics")
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


@pytest.fixture(scope="session")
def many_home(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, str]]:
    """A finished run of one epoch for every kind of network, in one home."""
    home = tmp_path_factory.mktemp("many")
    shelf = Lab(Settings(home=home, threads=1), InlineExecutor())
    few = {"data.fraction": 0.02, "training.epochs": 1, "training.precision": "float32"}
    found = {}
    for name, changes in EXPERIMENTS.items():
        found[name] = home, shelf.start(PRESETS["quick"].experiment.changed({**few, **changes}))
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
    assert "the weights of one epoch alone" in said(page).lower()
    section(page, "Lesions")
    assert ("no hidden layer" in said(page)) == (kind == "logistic")
    section(page, "Attributions")
    assert ("this network has none" in said(page)) == (kind in ("logistic", "mlp"))
    if kind == "none held out":
        assert "training images" in said(section(page, "Lesions"))
        assert "learned from" in said(page)
        assert "without averaging" in said(page)


def test_layers_are_named_as_in_the_table(trained_app: AppTest, open_page):
    page = open_page(trained_app, INSIDE)
    rows = lab().inside.places(lab().runs()[0])
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
    run = lab().runs()[0]
    pixels = lab().inside.images(run).images.pixels[0]
    own = float(lab().inside.outputs(run, 2, pixels)["conv1.conv"][5, 0, 27])
    shown = next(text.value for text in page.markdown if "products** come to" in text.value)
    assert float(re.search(r"= \*\*(.+?)\*\*", shown)[1]) == pytest.approx(own, rel=1e-4)
    assert float(re.search(r"The network has \*\*(.+?)\*\*", shown)[1]) == pytest.approx(own, rel=1e-4)
    products = page.dataframe[-1].value
    assert len(products) == 9
    assert products["product"].sum() == pytest.approx(own, rel=1e-4)


def test_muting_changes_the_accuracy_as_it_does_the_network(trained_app: AppTest, open_page):
    page = section(open_page(trained_app, INSIDE), "Lesions")
    page.segmented_control(key="lesion_images").set_value("500").run()
    arrived(page)
    run = lab().runs()[0]
    judged = lab().judged(run, "validation")
    whole = float((judged.logits.argmax(1) == judged.images.labels).double().mean())
    assert page.metric[0].value == f"{whole:.2%}"
    assert "500 validation images" in said(page)
    page.pills(key=f"lesion_{run.run}_conv1").set_value(list(range(16))).run()
    arrived(page)
    layer = lab().inside.layers(run)[0]
    known = lab().inside.known(run, 2, layer, 500)
    until(lambda: known.is_over)
    network = lab()._looking.network(run)
    silent = torch.zeros_like(known.result().values)
    scores = lesioned(network, "conv1", silent, {}, "zero", evaluation_batch(run.experiment.architecture))
    labels = first_of(judged.images, 500).labels
    assert page.metric[0].value == f"{float((scores.argmax(1) == labels).double().mean()):.2%}"
    assert "Muted: conv1: 0, 1, 2" in said(page)
    next(button for button in page.button if button.label == "Mute none").click().run()
    arrived(page)
    assert page.metric[0].value == f"{whole:.2%}"


def test_each_filter_alone_on_request(trained_app: AppTest, open_page):
    page = section(open_page(trained_app, INSIDE), "Lesions")
    page.toggle(key=f"lesion_alone_{lab().runs()[0].run}_conv1").set_value(True).run()
    arrived(page)
    figure = json.loads(page.get("plotly_chart")[-1].proto.spec)
    assert sorted(figure["data"][0]["x"], key=int) == [str(number) for number in range(16)]
    assert (
        "n = 1,000 images" in figure["layout"]["title"]["text"] or "n = 500" in figure["layout"]["title"]["text"]
    )


def test_the_picture_of_the_predict_page(trained_app: AppTest, open_page):
    page = open_page(trained_app, INSIDE)
    page.segmented_control(key="inside_image").set_value("your picture").run()
    assert "There is no picture yet" in page.info[0].value
    page = open_page(page, "pages/predict/predict.py")
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
