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
_CORE = Path(__file__).resolve().parents[1] / "core"
_PREPARE = ("garment", "picture")  # of playground.core, with what they import of it


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

    from playground.export.onnx_model import Answering, to_onnx
    from playground.export.train_script import script

    model = Answering(network, run.experiment.data)
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
    """The app's own preparation of pictures, under names of its own."""
    sources, awaited = {"errors.py": (_CORE.parent / "errors.py").read_text("utf-8")}, list(_PREPARE)
    while awaited:
        name = awaited.pop()
        text = sources[f"{name}.py"] = (_CORE / f"{name}.py").read_text("utf-8")
        imported = re.findall(r"^\s*from playground\.core\.(\w+) import", text, re.MULTILINE)
        awaited += [each for each in imported if f"{each}.py" not in sources]
    renamed = {
        f"prepare/{name}": text.replace("playground.core.", "prepare.").replace(
            "playground.errors", "prepare.errors"
        )
        for name, text in sources.items()
    }
    return {"prepare/__init__.py": b"", **{name: text.encode() for name, text in renamed.items()}}


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
