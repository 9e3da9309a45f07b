"""Attributions: how much each pixel has to do with a class score, by Captum's methods.

Captum (Kokhlikyan et al. 2020, arXiv:2009.07896) is imported when it is asked first: it brings matplotlib along.
All methods explain the score before softmax, of the image as it is: no averaging over mirror images or shifts.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.data.classes import SIDE
from playground.data.images import scale
from playground.experiment.architecture import Architecture
from playground.experiment.experiment import DataChoice
from playground.interpret.layers import stages

PATCH, STRIDE = 4, 2  # of the square that occlusion moves over the image, in pixels
STEPS = 64  # of integrated gradients


@dataclass(frozen=True, eq=False)
class Attribution:
    """What a method says of one image.

    Attributes:
        pixels: float32 [28, 28]; above 0 speaks for the class, below against it. Saliency has no sign.
        delta: What integrated gradients miss of the difference between both scores; None for other methods.
        about: Which layer was looked at, where it is one.
        score: The class score that is explained.
        baseline_score: That of the black image.
    """

    pixels: Tensor
    score: float
    baseline_score: float
    delta: float | None = None
    about: str = ""


@dataclass(frozen=True, eq=False)
class _Asked:
    """One question: a network of one's own, an image and a black one, float32 [1, 1, 28, 28], and a class."""

    network: nn.Sequential
    architecture: Architecture
    image: Tensor
    black: Tensor
    target: int


@dataclass(frozen=True)
class Method:
    """A method of the registry: what it does in a sentence, where it is from, how, and why it may not work."""

    explanation: str
    source: str
    attribute: Callable[[_Asked], tuple[Tensor, float | None, str]]
    lacks: Callable[[Architecture], str | None] = lambda _: None


def _saliency(asked: _Asked) -> tuple[Tensor, float | None, str]:
    from captum.attr import Saliency

    image = asked.image.clone().requires_grad_()
    return Saliency(asked.network).attribute(image, target=asked.target), None, ""


def _integrated_gradients(asked: _Asked) -> tuple[Tensor, float | None, str]:
    from captum.attr import IntegratedGradients

    found, delta = IntegratedGradients(asked.network).attribute(
        asked.image, asked.black, target=asked.target, n_steps=STEPS, return_convergence_delta=True
    )
    return found, float(delta), ""


def _grad_cam(asked: _Asked) -> tuple[Tensor, float | None, str]:
    from captum.attr import LayerAttribution, LayerGradCam

    layer = _last_maps(asked.architecture)
    assert layer is not None
    found = LayerGradCam(asked.network, asked.network.get_submodule(layer)).attribute(
        asked.image, target=asked.target, relu_attributions=True
    )
    return LayerAttribution.interpolate(found, (SIDE, SIDE), "bilinear"), None, layer


def _occlusion(asked: _Asked) -> tuple[Tensor, float | None, str]:
    from captum.attr import Occlusion

    with torch.no_grad():
        found = Occlusion(asked.network).attribute(
            asked.image,
            (1, PATCH, PATCH),
            (1, STRIDE, STRIDE),
            baselines=asked.black,
            target=asked.target,
            perturbations_per_eval=50,
        )
    return found, None, ""


def _last_maps(architecture: Architecture) -> str | None:
    """The last layer with feature maps of its own."""
    layers = [
        row.stage for row in stages(architecture) if len(row.output_shape) == 3 and row.stage != "input_norm"
    ]
    return layers[-1] if layers else None


def _needs_maps(architecture: Architecture) -> str | None:
    if _last_maps(architecture) is None:
        return "Grad-CAM weighs the maps of a convolution, and this network has none."
    return None


METHODS: Mapping[str, Method] = {
    "Saliency": Method(
        "How much the score changes with each pixel: the size of its gradient, without a sign.",
        "Simonyan et al. 2013, arXiv:1312.6034",
        _saliency,
    ),
    "Integrated gradients": Method(
        "The gradient along the way from a black image to this one, times how much each pixel changed. All pixels "
        "together come to the difference between both scores.",
        "Sundararajan et al. 2017, arXiv:1703.01365",
        _integrated_gradients,
    ),
    "Grad-CAM": Method(
        "The maps of the last convolution, weighted by their mean gradient; what speaks against the class is left "
        "out. Coarse: as fine as these maps.",
        "Selvaraju et al. 2017, arXiv:1610.02391",
        _grad_cam,
        _needs_maps,
    ),
    "Occlusion": Method(
        f"What the score loses when a black square of {PATCH} x {PATCH} pixels hides a part of the image; a pixel "
        "has the mean of all squares over it.",
        "Zeiler and Fergus 2013, arXiv:1311.2901",
        _occlusion,
    ),
}


def attribution(
    name: str, network: nn.Sequential, architecture: Architecture, pixels: Tensor, choice: DataChoice, target: int
) -> Attribution:
    """Explain a class score of one image.

    Args:
        name: One of METHODS that `lacks` nothing here.
        network: In evaluation mode; left as it is.
        pixels: uint8 [28, 28].
        target: The class, 0 to 9.
    """
    own = copy.deepcopy(network).eval()  # Captum hangs hooks into it, and others ask the same network
    image = scale(pixels[None], choice.scaling)
    black = scale(torch.zeros_like(pixels)[None], choice.scaling)
    with torch.no_grad():
        score, baseline = (float(own(each)[0, target]) for each in (image, black))
    asked = _Asked(own, architecture, image, black, target)
    found, delta, about = METHODS[name].attribute(asked)
    return Attribution(found.detach()[0, 0], score, baseline, delta, about)
