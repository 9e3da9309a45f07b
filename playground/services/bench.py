"""How fast we are, beside the loop that tutorials write, in one run on the same cores.

The unit is a *tutorial epoch*: 60,000 images of `three-conv-batch-norm` through torchvision's dataset with
`ToTensor`, a `DataLoader` of batch 256 without workers, float32, Adam. Both sides are measured in turn and
compared per image, so that a busy machine slows both.
"""

from __future__ import annotations

import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from playground.core.engine import train
from playground.core.events import EpochEnd
from playground.core.presets import PRESETS

if TYPE_CHECKING:
    from playground.core.fashion import FashionData

EPOCH = 60_000  # images
BATCH = 256
SYSTEM = "three-conv-batch-norm"


@dataclass(frozen=True)
class Ours:
    """Our engine on the tutorial's network; `ratio` is the tutorial's time over ours, each per image."""

    precision: str
    seconds_an_epoch: float
    images_a_second: float
    ratio: float


@dataclass(frozen=True)
class Ratios:
    """What `bench --fast` measures. Times are medians over `rounds` turns of `images` images each.

    Attributes:
        matmul_gflops: Measured rate of a 2048 x 2048 float32 matrix product, for orientation.
        peak_memory_mb: Largest resident size of this process, both sides included.
    """

    processor: str
    threads: int
    torch: str
    rounds: int
    images: int
    tutorial_seconds_an_epoch: float
    ours: tuple[Ours, ...]
    matmul_gflops: float
    peak_memory_mb: float


@dataclass(frozen=True)
class Recipe:
    """A recipe from the start of its process to its result, per seed; test accuracy, without averaging."""

    name: str
    seeds: tuple[int, ...]
    wall_seconds: tuple[float, ...]
    tutorial_epochs: tuple[float, ...]
    test_accuracies: tuple[float, ...]

    @property
    def mean_accuracy(self) -> float:
        """Mean test accuracy over the seeds."""
        return statistics.fmean(self.test_accuracies)


def measure_ratios(data: FashionData, say: Callable[[str], None], rounds: int = 3, images: int = 12_000) -> Ratios:
    """Time the tutorial's loop and our engine in turn on the first `images` training images."""
    precisions = ("float32", "bfloat16")
    times: dict[str, list[float]] = {name: [] for name in ("tutorial", *precisions)}
    with tempfile.TemporaryDirectory() as folder:
        dataset = _torchvision_dataset(data, Path(folder), images)
        for turn in range(rounds):
            say(f"Round {turn + 1} of {rounds}")
            times["tutorial"].append(_tutorial_seconds(dataset))
            for precision in precisions:
                times[precision].append(_our_seconds(data, precision, images))
    an_image = {name: [seconds / images for seconds in taken] for name, taken in times.items()}
    return Ratios(
        processor=_processor(),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        rounds=rounds,
        images=images,
        tutorial_seconds_an_epoch=EPOCH * statistics.median(an_image["tutorial"]),
        ours=tuple(_compared(precision, an_image[precision], an_image["tutorial"]) for precision in precisions),
        matmul_gflops=_matmul_gflops(),
        peak_memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def measure_recipe(name: str, seeds: tuple[int, ...], tutorial_epoch: float, say: Callable[[str], None]) -> Recipe:
    """Train a preset once a seed, each in a process of its own, as a person would from the command line."""
    results: list[dict[str, Any]] = []
    for seed in seeds:
        say(f"{name}, seed {seed}")
        command = [sys.executable, "-m", "playground", "train", name, "--seed", str(seed), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        results.append(json.loads(done.stdout.splitlines()[-1]))
    walls = tuple(result["wall_seconds"] for result in results)
    return Recipe(
        name=name,
        seeds=seeds,
        wall_seconds=walls,
        tutorial_epochs=tuple(wall / tutorial_epoch for wall in walls),
        test_accuracies=tuple(result["test_accuracy"] for result in results),
    )


def document(ratios: Ratios, recipes: tuple[Recipe, ...] = ()) -> dict[str, Any]:
    """Everything measured, as JSON."""
    return {**asdict(ratios), "recipes": [{**asdict(r), "mean_accuracy": r.mean_accuracy} for r in recipes]}


def _compared(precision: str, ours: list[float], tutorial: list[float]) -> Ours:
    median = statistics.median(ours)
    ratio = statistics.median(theirs / own for theirs, own in zip(tutorial, ours, strict=True))
    return Ours(precision, EPOCH * median, 1 / median, ratio)


def _our_seconds(data: FashionData, precision: str, images: int) -> float:
    """One epoch of our engine over as many images; its second, so that nothing is warmed up in it."""
    experiment = PRESETS[SYSTEM].experiment.changed(
        {
            "training.epochs": 2,
            "training.precision": precision,
            "data.validation": "none",
            "data.fraction": images / len(data.train),
        }
    )
    ends = [event for event in train(experiment, data, time.perf_counter) if isinstance(event, EpochEnd)]
    return ends[-1].metrics.seconds * images / ends[-1].metrics.images


def _torchvision_dataset(data: FashionData, folder: Path, images: int) -> Any:
    """torchvision's own dataset class over the same images, written out in its layout."""
    from torch.utils.data import Subset
    from torchvision.datasets import FashionMNIST
    from torchvision.transforms import ToTensor

    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for part, split in (("train", data.train), ("t10k", data.test)):
        pixels, labels = split.pixels.numpy(), split.labels.numpy().astype("uint8")
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels)):
            sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
            head = (0x0800 + array.ndim).to_bytes(4, "big") + sizes
            (raw / f"{part}-{kind}-ubyte").write_bytes(head + array.tobytes())
    return Subset(FashionMNIST(str(folder), train=True, transform=ToTensor()), range(images))


def _tutorial_seconds(dataset: Any) -> float:
    """One epoch as tutorials write it, neither crippled nor helped."""
    from torch.utils.data import DataLoader

    model = nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 5 * 5, 10),
    )  # fmt: skip
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    loader = DataLoader(dataset, batch_size=BATCH, shuffle=True)
    started = time.perf_counter()
    model.train()
    for inputs, labels in loader:
        optimizer.zero_grad()
        loss = criterion(model(inputs), labels)
        loss.backward()
        optimizer.step()
    return time.perf_counter() - started


def _matmul_gflops(side: int = 2048) -> float:
    left, right = torch.randn(side, side), torch.randn(side, side)
    times = []
    for _ in range(5):
        started = time.perf_counter()
        left @ right
        times.append(time.perf_counter() - started)
    return 2 * side**3 / min(times) / 1e9


def _processor() -> str:
    """The processor's name and what it multiplies in bfloat16."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    units = {"AMX": torch.cpu._is_amx_tile_supported(), "AVX-512 BF16": torch.cpu._is_avx512_bf16_supported()}
    return f"{name} ({', '.join(unit for unit, there in units.items() if there) or 'no bfloat16 units'})"
