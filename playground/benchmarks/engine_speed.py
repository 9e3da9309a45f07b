"""How fast our engine trains on this processor, measured where the app trains: in its background thread.

A thread has a memory arena of its own in glibc, and trains more slowly than a script would. What a person gets
is what is measured.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import torch

from playground.experiment.presets import PRESETS
from playground.network.plan import plan
from playground.system.executors import ThreadExecutor
from playground.system.machine import has_units, matrix_product_gflops
from playground.system.memory import keep_freed_memory
from playground.training.engine import train
from playground.training.events import EpochEnd

if TYPE_CHECKING:
    from playground.data.images import FashionData
    from playground.experiment.architecture import Architecture

SYSTEM = "three-conv-batch-norm"
PRECISIONS: Mapping[str, torch.dtype] = {"float32": torch.float32, "bfloat16": torch.bfloat16}
PRODUCT_SIDE = 2048
MEASURED_EPOCHS = 4
"""As many as take about as long as one of the tutorial's: a pause of the machine's then weighs no more in ours."""
EMULATED_SHARE = 8
"""Where a precision is emulated it is measured on an eighth of the images, and by a matrix product of an eighth of
the side: seen were a training 6 times and a product 600 times slower than in float32."""

Result = TypeVar("Result")


class Worker:
    """The app's background thread: it does what it is asked, one thing after the other.

    `threads` is the number of CPU threads of what it computes; None leaves the choice to PyTorch.
    """

    def __init__(self, threads: int | None = None) -> None:
        keep_freed_memory()
        self._executor = ThreadExecutor()
        if threads:
            self.ask(lambda: torch.set_num_threads(threads))

    def ask(self, work: Callable[[], Result]) -> Result:
        """Have something done in the thread and wait for it; what it raises is raised here."""
        promised: Future[Result] = Future()

        def keep() -> None:
            try:
                promised.set_result(work())
            except Exception as error:  # noqa: BLE001  whoever waits is told
                promised.set_exception(error)

        self._executor.submit(keep)
        return promised.result()


@dataclass(frozen=True)
class Epoch:
    """Epochs of ours: mean seconds an image, and how many images one of them had."""

    seconds_an_image: float
    images: int


@dataclass(frozen=True)
class Peak:
    """The measured rate of a product of two `side` x `side` matrices, in 10^9 operations a second."""

    gflops: float
    side: int


def our_epoch(worker: Worker, data: FashionData, precision: str, images: int) -> Epoch:
    """Time epochs of our engine on about so many images: all but the first, in which it warms up."""
    experiment = PRESETS[SYSTEM].experiment.changed(
        {
            "training.epochs": 1 + MEASURED_EPOCHS,
            "training.precision": precision,
            "training.device": "cpu",
            "data.validation": "none",
            "data.fraction": images / _share(precision) / len(data.train),
        }
    )
    events = worker.ask(lambda: [*train(experiment, data, time.perf_counter)])
    measured = [event.metrics for event in events if isinstance(event, EpochEnd)][1:]
    return Epoch(
        sum(each.seconds for each in measured) / sum(each.images for each in measured), measured[0].images
    )


def peak(worker: Worker, precision: str) -> Peak:
    """Measure the matrix product in the same thread."""
    side = PRODUCT_SIDE // _share(precision)
    return Peak(worker.ask(lambda: matrix_product_gflops(PRECISIONS[precision], side)), side)


def _share(precision: str) -> int:
    return 1 if has_units(PRECISIONS[precision]) else EMULATED_SHARE


def training_operations(architecture: Architecture) -> int:
    """Multiplications and additions to train on one image: forward, input gradient and weight gradient.

    Each of the three takes as many as the forward pass, in every convolution and dense layer; only the first of
    these needs no input gradient (behind batch norm on the input it does). It must not be a residual block. What
    is done element by element, such as batch norm, pooling and the optimizer's step, is not counted.
    """
    planned = plan(architecture)
    first = next(row.multiply_adds for row in planned.rows if row.multiply_adds)
    return 2 * (3 * planned.multiply_adds - (0 if architecture.input_batch_norm else first))
