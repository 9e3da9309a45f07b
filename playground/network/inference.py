"""Class scores of a trained network: always in evaluation mode and float32, scaled as in training."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.data.images import scale
from playground.experiment.architecture import Architecture
from playground.experiment.experiment import DataChoice
from playground.network.build import build_network
from playground.network.plan import plan
from playground.network.precision import memory_layout

VALUES_AT_ONCE = 2**23  # activations of one evaluation step: more would leave the processor's cache


def evaluation_batch(architecture: Architecture) -> int:
    """How many images are evaluated at once: at most 500, fewer where the maps are large."""
    return max(1, min(500, VALUES_AT_ONCE // plan(architecture).activations))


@torch.no_grad()
def predict_logits(network: nn.Module, pixels: Tensor, choice: DataChoice, batch: int = 500) -> Tensor:
    """Class scores of images.

    Args:
        network: On any device. Left in the mode (training or evaluation) it came in.
        pixels: uint8 [n, 28, 28].
        choice: How a pixel becomes a number, and over which views of an image its scores are averaged.
        batch: Images at once.

    Returns:
        float32 [n, 10] on the CPU.
    """
    device = next(network.parameters()).device
    was_training = network.training
    network.eval()

    def asked(chunk: Tensor) -> Tensor:
        return network(scale(chunk, choice.scaling).to(device)).float().cpu()  # type: ignore[no-any-return]

    try:
        found = [averaged(asked, chunk, choice) for chunk in torch.split(pixels, batch)]
    finally:
        network.train(was_training)
    return torch.cat(found)


def averaged(ask: Callable[[Tensor], Tensor], pixels: Tensor, choice: DataChoice) -> Tensor:
    """Class scores [n, 10] of images uint8 [n, 28, 28], each a mean over its views.

    With the mirror the views are an image and its mirror image; with shifts half of the scores come from the image
    shifted by a pixel, up left and down right (Jordan 2024, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU").
    """

    def mirrored(images: Tensor) -> Tensor:
        return (ask(images) + ask(images.flip(2))) / 2 if choice.test_time_mirror else ask(images)

    if not choice.test_time_shift:
        return mirrored(pixels)
    around = functional.pad(pixels, (1, 1, 1, 1))
    shifted = mirrored(around[:, 2:, 2:]) + mirrored(around[:, :-2, :-2])
    return mirrored(pixels) / 2 + shifted / 4


def loss_and_accuracy(logits: Tensor, labels: Tensor) -> tuple[float, float]:
    """Mean cross-entropy (nats an image, without label smoothing) and fraction right."""
    loss = functional.cross_entropy(logits, labels).item()
    return loss, (logits.argmax(1) == labels).float().mean(dtype=torch.float64).item()


def load_network(architecture: Architecture, weights: Mapping[str, Tensor]) -> nn.Sequential:
    """A network on the CPU with these weights, ready to evaluate."""
    network = build_network(architecture, torch.Generator())
    network.load_state_dict(dict(weights))
    network.to(memory_format=memory_layout(torch.device("cpu")))
    return network.eval()
