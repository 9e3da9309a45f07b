"""A run as one zip that works without the playground: network, script, prediction, and the proof that it is right.

The proof is run before the zip is given away: `verify.py` of the very files, in a process of its own.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from playground.data.sources.sample import ASSETS, load_sample
from playground.errors import RunError
from playground.export.import_archive import RECORD, WEIGHTS
from playground.training.record import Run

if TYPE_CHECKING:
    from torch import nn

KIT = ASSETS / "kit"
GOLDEN = 20
_PACKAGE = Path(__file__).resolve().parents[1]
_PREPARATION = ("playground.pictures.prepare", "playground.pictures.decode")
_IMPORTED = re.compile(r"^\s*from (playground\.[\w.]+) import", re.MULTILINE)


@dataclass(frozen=True)
class Export:
    """A zip, the names of the files in it, and what `verify.py` said of them."""

    content: bytes
    files: tuple[str, ...]
    verified: str


def export(run: Run, network: nn.Module) -> Export:
    """Pack a run as it stood after its last epoch, with its network there, and have the result verified.

    Raises:
        RunError: What was packed does not say what PyTorch says.
    """
    files = _files(run, network)
    verified = _verified(files)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return Export(buffer.getvalue(), tuple(files), verified)


def _files(run: Run, network: nn.Module) -> dict[str, bytes]:
    import torch
    from safetensors.torch import save

    from playground.export.onnx_model import AnswerModule, to_onnx
    from playground.export.train_script import script

    model = AnswerModule(network, run.experiment.data)
    test = load_sample().test
    pixels = test.pixels[torch.linspace(0, len(test) - 1, GOLDEN).long()]  # two of each class
    with torch.no_grad():
        probabilities = model(pixels)
    golden = io.BytesIO()
    np.savez(golden, pixels=pixels.numpy(), probabilities=probabilities.numpy())
    return {
        WEIGHTS: save({name: value.contiguous() for name, value in network.state_dict().items()}),
        "model.onnx": to_onnx(model),
        RECORD: run.model_dump_json(indent=1).encode(),
        "experiment.json": run.experiment.model_dump_json(indent=1).encode(),
        "golden.npz": golden.getvalue(),
        "train.py": script(run.experiment, run.name).encode(),
        **{name: (KIT / name).read_bytes() for name in ("predict.py", "verify.py", "requirements.txt")},
        **_preparation(),
    }


def _preparation() -> dict[str, bytes]:
    """The app's own preparation of pictures: its modules with all that they import of ours, in one folder."""
    sources: dict[str, str] = {}
    awaited = list(_PREPARATION)
    while awaited:
        module = awaited.pop()
        text = sources[module] = (_PACKAGE.parent / f"{module.replace('.', '/')}.py").read_text("utf-8")
        awaited += [each for each in _IMPORTED.findall(text) if each not in sources]
    packed = {f"prepare/{module.rpartition('.')[2]}.py": text for module, text in sources.items()}
    assert len(packed) == len(sources), "two modules of one name cannot lie in one folder"
    flat = {name: _IMPORTED.sub(_from_one_folder, text).encode() for name, text in packed.items()}
    return {"prepare/__init__.py": b"", **flat}


def _from_one_folder(found: re.Match[str]) -> str:
    return found[0].replace(found[1], f"prepare.{found[1].rpartition('.')[2]}")


def _verified(files: Mapping[str, bytes]) -> str:
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            file = Path(folder) / name
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "verify.py"], cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL
        )
    said = (done.stdout or done.stderr).strip().splitlines() or ["it said nothing"]
    if done.returncode:
        raise RunError(f"The export was not made: what was packed does not say what PyTorch says. {said[-1]}")
    return said[-1]
