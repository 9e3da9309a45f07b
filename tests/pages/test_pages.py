"""Every page: empty, and with a finished run."""

import subprocess
import sys
from pathlib import Path

import pytest
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import PAGES, TRAIN
from playground.experiment.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_before_the_first_run_shows_the_example_or_says_what_to_do(app: AppTest, open_page, entry):
    page = open_page(app, entry)
    assert not page.error
    told = {
        "train": "Press **Start training**",
        "runs": "Train one, and it appears here",
        "code": "only torch and torchvision",
        "garments": "training and",
    }
    assert told.get(entry.name, "**Example.**") in said(page)


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_shows_no_fault_while_something_is_trained(trained_app: AppTest, open_page, entry):
    run = lab().trainer.start(PRESETS["quick"].experiment.changed({"data.fraction": 0.02, "training.epochs": 500}))
    until(lambda: len(lab().library.run(run).epochs) >= 1)
    page = open_page(trained_app, entry)
    assert page.title[0].value == entry.title
    assert not page.error


@pytest.mark.parametrize("preset", ["quick", "mlp-baseline"])
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_shows_a_run_that_was_stopped_early(app: AppTest, open_page, entry, preset):
    """After one epoch, or little more: with convolutions, and without any."""
    endless = {"data.fraction": 0.02, "training.epochs": 500, "training.precision": "float32"}
    run = lab().trainer.start(
        PRESETS[preset].experiment.changed({**endless, "data.validation": "held-out"}), "stopped"
    )
    until(lambda: len(lab().library.run(run).epochs) >= 1)
    lab().trainer.stop(run)
    until(lambda: lab().library.run(run).state.is_final)
    page = open_page(app, entry)
    if any(box.key == "picked_run" for box in page.sidebar.selectbox):
        page.selectbox(key="picked_run").set_value(run).run()
        assert page.selectbox(key="picked_run").value == run
    assert not page.error
    assert not page.exception


@pytest.mark.parametrize("entry", [entry for entry in PAGES if entry != TRAIN], ids=lambda entry: entry.name)
def test_a_page_script_leaves_torch_to_the_warm_up(entry):
    top = [line for line in (ROOT / entry.script).read_text().splitlines() if line.startswith(("import", "from"))]
    code = "\n".join([*top, "import sys", "sys.exit('torch' in sys.modules)"])
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.name)
def test_a_page_with_a_finished_run_shows_no_fault(trained_app: AppTest, open_page, entry):
    page = open_page(trained_app, entry)
    assert page.title[0].value == entry.title
    assert not page.error
