"""Our engine as it is measured: in the worker's thread, and per operation."""

import threading

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from playground.benchmarks.engine_speed import SYSTEM, Worker, our_epoch, training_operations
from playground.data.images import FashionData
from playground.experiment.architecture import Architecture
from playground.experiment.presets import PRESETS
from playground.network.build import build_network


def test_the_worker_is_one_daemon_thread():
    worker = Worker()
    first, second = worker.ask(threading.current_thread), worker.ask(threading.current_thread)
    assert first is second is not threading.current_thread()
    assert first.daemon


def test_what_fails_in_the_worker_is_raised_here_and_the_worker_goes_on():
    worker = Worker()
    with pytest.raises(ZeroDivisionError):
        worker.ask(lambda: 1 / 0)
    assert worker.ask(lambda: 1) == 1


def test_the_worker_computes_with_the_threads_it_is_given():
    assert Worker(1).ask(torch.get_num_threads) == 1


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_an_epoch_of_ours_has_the_images_asked_for(few: FashionData, precision: str):
    epoch = our_epoch(Worker(1), few, precision, images=120)
    assert epoch.images in (120, 20)  # 15 where it is emulated, rounded in each class
    assert epoch.seconds_an_image > 0


@pytest.mark.parametrize("name", [SYSTEM, "quick", "input-batch-norm", "mlp-baseline", "lenet-32-64"])
def test_the_operations_are_those_that_pytorch_counts(name: str):
    architecture: Architecture = PRESETS[name].experiment.architecture
    network = build_network(architecture, torch.Generator())
    images = 3
    with FlopCounterMode(display=False) as counter:
        network(torch.rand(images, 1, 28, 28)).sum().backward()
    assert counter.get_total_flops() == images * training_operations(architecture)
