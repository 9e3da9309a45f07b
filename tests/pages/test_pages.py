"""Every page: empty, and with a finished run."""

import subprocess
import sys
from pathlib import Path

import pytest
from patience import until
from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.experiment.presets import PRESETS

ROOT = Path(__file__).resolve().parents[2]

PAGES = {
    "train": "pages/train/train.py",
    "confusion": "pages/inspect/confusion.py",
    "failures": "pages/inspect/failures.py",
    "labels": "pages/inspect/labels.py",
    "inside": "pages/inspect/inside.py",
    "map": "pages/inspect/map.py",
    "predict": "pages/predict/predict.py",
    "runs": "pages/runs/runs.py",
    "code": "pages/train/code.py",
    "garments": "pages/data/garments.py",
}


def title(name: str) -> str:
    return "Doubtful labels" if name == "labels" else name.capitalize()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_before_the_first_run_shows_the_example_or_says_what_to_do(app: AppTest, open_page, name):
    page = open_page(app, PAGES[name])
    assert not page.error
    told = {
        "train": "Press **Start training**",
        "runs": "train one, and it stands here",
        "code": "torch and torchvision alone",
        "garments": "training and",
    }
    assert told.get(name, "**Example.**") in said(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_no_fault_while_something_is_trained(trained_app: AppTest, open_page, name):
    run = lab().trainer.start(PRESETS["quick"].experiment.changed({"data.fraction": 0.02, "training.epochs": 500}))
    until(lambda: len(lab().library.run(run).epochs) >= 1)
    page = open_page(trained_app, PAGES[name])
    assert page.title[0].value == title(name)
    assert not page.error


@pytest.mark.parametrize("preset", ["quick", "mlp-baseline"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_a_run_that_was_stopped_early(app: AppTest, open_page, name, preset):
    """After one epoch, or little more: with convolutions, and without any."""
    endless = {"data.fraction": 0.02, "training.epochs": 500, "training.precision": "float32"}
    run = lab().trainer.start(
        PRESETS[preset].experiment.changed({**endless, "data.validation": "held-out"}), "stopped"
    )
    until(lambda: len(lab().library.run(run).epochs) >= 1)
    lab().trainer.stop(run)
    until(lambda: lab().library.run(run).state.is_final)
    page = open_page(app, PAGES[name])
    if any(box.key == "picked_run" for box in page.sidebar.selectbox):
        page.selectbox(key="picked_run").set_value(run).run()
        assert page.selectbox(key="picked_run").value == run
    assert not page.error
    assert not page.exception


@pytest.mark.parametrize(
    "name", ["confusion", "failures", "labels", "inside", "map", "predict", "runs", "code", "garments"]
)
def test_a_page_script_leaves_torch_to_the_warm_up(name):
    top = [line for line in (ROOT / PAGES[name]).read_text().splitlines() if line.startswith(("import", "from"))]
    code = "\n".join([*top, "import sys", "sys.exit('torch' in sys.modules)"])
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_a_finished_run_shows_no_fault(trained_app: AppTest, open_page, name):
    page = open_page(trained_app, PAGES[name])
    assert page.title[0].value == title(name)
    assert not page.error
