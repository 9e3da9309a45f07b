"""The lower bounds of what is required, installed and used: those of an export, and the playground's own.

Minutes and gigabytes: `pytest -m hours tests/test_lowest_versions.py`. A bound that fails here is to be raised.
"""

import io
import os
import re
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from small import SHAKEN

from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor

pytestmark = pytest.mark.hours

ROOT = Path(__file__).parents[1]
REQUIREMENTS = "".join((ROOT / f"requirements-{part}.txt").read_text() for part in ("cli", "app"))
OF_THE_SCRIPT = ("torch", "torchvision", "numpy", "safetensors")
CORE = ["tests/network/test_build.py", "tests/training/test_engine.py", "tests/pictures/test_decode.py"]
SERVICES = ["tests/export/test_archive.py", "tests/export/test_import_archive.py", "tests/runs/test_store.py"]


def lowest(requirements: str, *names: str) -> list[str]:
    """The lower bounds of a requirements file as pins, of all packages or of some."""
    found = dict(re.findall(r"^([\w-]+)>=([\d.]+)", requirements, re.MULTILINE))
    return [f"{name}=={found[name]}" for name in names or found]


def python(interpreter: str, folder: Path, *call: str) -> str:
    without_ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run([interpreter, *call], cwd=folder, env=without_ours, capture_output=True, text=True)
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def fresh(folder: Path, *packages: str) -> str:
    """The interpreter of a new environment with these packages and what they need."""
    venv.create(folder, with_pip=True)
    interpreter = str(folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))
    python(interpreter, folder, "-m", "pip", "install", "-q", *packages)
    return interpreter


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    lab = Lab(Settings(home=tmp_path_factory.mktemp("home"), threads=1), InlineExecutor())
    folder = tmp_path_factory.mktemp("export")
    with zipfile.ZipFile(io.BytesIO(lab.transfer.export(lab.trainer.start(SHAKEN)).content)) as archive:
        archive.extractall(folder)
    Image.new("RGB", (200, 300), (240, 240, 240)).save(folder / "empty.png")
    picture = Image.new("RGB", (200, 300), (240, 240, 240))
    picture.paste((30, 60, 120), (50, 60, 150, 260))
    picture.save(folder / "dress.png")
    return folder


@pytest.mark.parametrize("bounds", [lowest, lambda text: text.split()], ids=["lowest", "newest"])
def test_an_export_with_its_own_requirements_alone(exported: Path, tmp_path: Path, bounds) -> None:
    interpreter = fresh(tmp_path / "fresh", *bounds((exported / "requirements.txt").read_text()))
    assert "20 images" in python(interpreter, exported, "verify.py")
    assert python(interpreter, exported, "predict.py", "dress.png").startswith("dress.png: ")
    assert "torch" not in python(interpreter, exported, "-m", "pip", "list")


def test_its_script_with_the_lowest_torch(exported: Path, tmp_path: Path) -> None:
    """Its network takes the weights, and trains."""
    interpreter = fresh(tmp_path / "fresh", *lowest(REQUIREMENTS, *OF_THE_SCRIPT))
    taken = (
        "import torch, train; from safetensors.torch import load_file; model = train.network();"
        "model.load_state_dict(load_file('weights.safetensors'));"
        "images = torch.zeros(100, 28, 28, dtype=torch.uint8), torch.zeros(100, dtype=torch.long);"
        "train.load = lambda train: images; train.EPOCHS = 1; train.split = lambda *two: (two, two); train.main()"
    )
    assert "test accuracy" in python(interpreter, exported, "-c", taken)


def test_the_playground_with_its_lowest_requirements(tmp_path: Path) -> None:
    interpreter = fresh(tmp_path / "fresh", *lowest(REQUIREMENTS), "pytest", "pytest-xdist")
    python(
        interpreter, ROOT, "-m", "pytest", "-p", "no:cacheprovider", *CORE, *SERVICES, "tests/pages/test_train.py"
    )
