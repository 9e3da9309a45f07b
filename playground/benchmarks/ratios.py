"""How fast our engine is beside the loops of others, in one run on the same cores.

The unit is a *tutorial epoch*: 60,000 images of `three-conv-batch-norm` through torchvision's dataset with
`ToTensor`, a `DataLoader` of batch 256 without workers, float32, Adam. All sides are measured in turn, on the
processor, and compared per image and round, so that a busy machine slows all of them.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from playground.benchmarks import engine_speed, peers
from playground.benchmarks.engine_speed import PRECISIONS, SYSTEM, Epoch, Peak, Worker, training_operations
from playground.benchmarks.peers import TUTORIAL, EpochTime
from playground.experiment.presets import PRESETS
from playground.network.plan import plan
from playground.system.machine import processor
from playground.system.processes import peak_memory_mb

if TYPE_CHECKING:
    from playground.data.images import FashionData

EPOCH = 60_000  # images


@dataclass(frozen=True)
class Speed:
    """How fast one side is; medians over the rounds.

    Attributes:
        seconds_an_epoch: For 60,000 images.
        ratio: The tutorial's time over this side's, each per image; above 1 this side is faster.
        ratio_lowest, ratio_highest: Of the rounds.
    """

    seconds_an_epoch: float
    images_a_second: float
    ratio: float
    ratio_lowest: float
    ratio_highest: float


@dataclass(frozen=True)
class Ours(Speed):
    """Our engine on the tutorial's network, in the app's background thread.

    Attributes:
        images: Of one measured epoch; fewer than the other sides' where the precision is emulated.
        matmul_gflops: Measured peak in this precision, the best of all rounds, in 10^9 operations a second: the
            product of two `matmul_side` x `matmul_side` matrices.
        peak_share: Operations of the training a second, as a fraction of that.
        peak_memory_mb: Of a process that does nothing else than train an epoch on all images; None where that
            was not measured.
    """

    precision: str
    images: int
    matmul_gflops: float
    matmul_side: int
    peak_share: float
    peak_memory_mb: float | None = None


@dataclass(frozen=True)
class Peer(Speed):
    """A library's own loop, in a process of its own; its peak memory in MB (None if not known)."""

    name: str
    version: str | None
    peak_memory_mb: float | None


@dataclass(frozen=True)
class Ratios:
    """What `bench --fast` measures. Times are medians over `rounds` turns of `images` images each.

    Attributes:
        epochs: How often ours goes through the images in a turn; a loop of others takes about as long for once.
        data: "full", or "sample" where all of Fashion-MNIST is not here.
        multiply_adds: Of one image, forward through the network.
        training_operations: Of one image forward and backward; see `engine_speed.training_operations`.
        matmul_gflops: Measured rate of a 2048 x 2048 float32 matrix product, for orientation.
        peak_memory_mb: Largest resident size of this process, which measured our side in every precision.
        tutorial_peak_memory_mb: The same of the process that ran the tutorial's loop.
    """

    processor: str
    threads: int
    torch: str
    data: str
    rounds: int
    images: int
    epochs: int
    multiply_adds: int
    training_operations: int
    tutorial_seconds_an_epoch: float
    ours: tuple[Ours, ...]
    peers: tuple[Peer, ...]
    matmul_gflops: float
    peak_memory_mb: float | None
    tutorial_peak_memory_mb: float | None


@dataclass(frozen=True)
class _Round:
    """What one round found, by precision and by peer."""

    tutorial: EpochTime
    ours: Mapping[str, Epoch]
    peaks: Mapping[str, Peak]
    peers: Mapping[str, EpochTime]


def measure_ratios(
    data: FashionData,
    say: Callable[[str], None],
    rounds: int = 3,
    images: int = 12_000,
    against: Sequence[str] = (),
    threads: int | None = None,
) -> Ratios:
    """Time the tutorial's loop, our engine and other libraries in turn.

    Args:
        data: The images; where there are fewer than `images`, all of them are taken.
        say: Told which round it is.
        rounds: How often each side is measured.
        images: Training images of one epoch.
        against: Which of `peers.PEERS` to measure as well.
        threads: CPU threads of every side; None leaves the choice to PyTorch.
    """
    images = min(images, len(data.train))
    worker = Worker(threads)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers.lay_out(data, folder)

        def one_round(number: int) -> _Round:
            say(f"Round {number} of {rounds}")
            return _Round(
                tutorial=peers.time_loop(TUTORIAL, folder, images, threads),
                ours={p: engine_speed.our_epoch(worker, data, p, images) for p in PRECISIONS},
                peaks={p: engine_speed.peak(worker, p) for p in PRECISIONS},
                peers={peer: peers.time_loop(peer, folder, images, threads) for peer in against},
            )

        measured = [one_round(number) for number in range(1, rounds + 1)]
    return _ratios(measured, data.name, images, worker.ask(torch.get_num_threads))


def _ratios(measured: list[_Round], data: str, images: int, threads: int) -> Ratios:
    architecture = PRESETS[SYSTEM].experiment.architecture
    operations = training_operations(architecture)
    tutorial = [each.tutorial.seconds_an_image for each in measured]
    ours = tuple(_ours(measured, precision, operations) for precision in PRECISIONS)
    return Ratios(
        processor=processor(),
        threads=threads,
        torch=torch.__version__,
        data=data,
        rounds=len(measured),
        images=images,
        epochs=engine_speed.MEASURED_EPOCHS,
        multiply_adds=plan(architecture).multiply_adds,
        training_operations=operations,
        tutorial_seconds_an_epoch=EPOCH * statistics.median(tutorial),
        ours=ours,
        peers=tuple(_peer(measured, name) for name in measured[0].peers),
        matmul_gflops=next(each.matmul_gflops for each in ours if each.precision == "float32"),
        peak_memory_mb=peak_memory_mb(),
        tutorial_peak_memory_mb=_largest([each.tutorial for each in measured]),
    )


def _ours(measured: list[_Round], precision: str, operations: int) -> Ours:
    speed = _speed(measured, [each.ours[precision].seconds_an_image for each in measured])
    best = max((each.peaks[precision] for each in measured), key=lambda peak: peak.gflops)
    return Ours(
        **speed,
        precision=precision,
        images=measured[0].ours[precision].images,
        matmul_gflops=best.gflops,
        matmul_side=best.side,
        peak_share=operations * speed["images_a_second"] / (best.gflops * 1e9),
    )


def _peer(measured: list[_Round], name: str) -> Peer:
    taken = [each.peers[name] for each in measured]
    speed = _speed(measured, [each.seconds_an_image for each in taken])
    return Peer(**speed, name=name, version=peers.version(name), peak_memory_mb=_largest(taken))


def _speed(measured: list[_Round], seconds: list[float]) -> dict[str, float]:
    """The fields of `Speed`, of one side's seconds an image, a round each."""
    ratios = [each.tutorial.seconds_an_image / own for each, own in zip(measured, seconds, strict=True)]
    return {
        "seconds_an_epoch": EPOCH * statistics.median(seconds),
        "images_a_second": 1 / statistics.median(seconds),
        "ratio": statistics.median(ratios),
        "ratio_lowest": min(ratios),
        "ratio_highest": max(ratios),
    }


def _largest(taken: list[EpochTime]) -> float | None:
    return max((each.peak_memory_mb for each in taken if each.peak_memory_mb), default=None)
