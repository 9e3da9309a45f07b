"""Attributions, held against Captum asked directly and against what can be worked out by hand."""

import subprocess
import sys

import pytest
import torch
from captum.attr import IntegratedGradients, LayerGradCam, Saliency
from networks import EXPERIMENTS, LOGISTIC, network_of
from torch.nn import functional

from playground.data.images import FashionData, scale
from playground.experiment.experiment import DataChoice
from playground.interpret.attribution import METHODS, PATCH, STRIDE, attribution
from playground.interpret.layers import outputs

CHOICE = DataChoice()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_method_answers_for_every_network_or_says_what_it_lacks(few: FashionData, name, method) -> None:
    architecture = EXPERIMENTS[name].architecture
    lacking = METHODS[method].lacks(architecture)
    if lacking is not None:
        assert method == "Grad-CAM"
        assert name in ("logistic", "mlp")
        return
    network = network_of(architecture)
    found = attribution(method, network, architecture, few.test.pixels[3], CHOICE, 4)
    assert found.pixels.shape == (28, 28)
    assert found.pixels.isfinite().all()
    assert not found.pixels.requires_grad
    scores = network(scale(few.test.pixels[3:4], "unit"))
    assert found.score == pytest.approx(float(scores[0, 4].detach()), rel=1e-4, abs=1e-5)
    assert (found.delta is not None) == (method == "Integrated gradients")
    assert not any(module._forward_hooks for module in network.modules())


class TestLinear:
    """score = w x + b: everything is known."""

    @pytest.fixture
    def case(self, few: FashionData):
        network = network_of(LOGISTIC.architecture)
        linear = network.get_submodule("output")
        return network, linear.weight[7].detach().reshape(28, 28), few.test.pixels[5]

    @pytest.mark.parametrize("scaling", ["unit", "standard", "raw"])
    def test_saliency_is_the_size_of_the_weights(self, case, scaling) -> None:
        network, weight, pixels = case
        choice = DataChoice(scaling=scaling)
        found = attribution("Saliency", network, LOGISTIC.architecture, pixels, choice, 7)
        torch.testing.assert_close(found.pixels, weight.abs())

    @pytest.mark.parametrize("scaling", ["unit", "standard", "raw"])
    def test_integrated_gradients_are_weight_times_what_a_pixel_is_above_black(self, case, scaling) -> None:
        network, weight, pixels = case
        choice = DataChoice(scaling=scaling)
        found = attribution("Integrated gradients", network, LOGISTIC.architecture, pixels, choice, 7)
        black = scale(torch.zeros(1, 28, 28, dtype=torch.uint8), scaling)
        above = (scale(pixels[None], scaling) - black)[0, 0]
        torch.testing.assert_close(found.pixels, weight * above, rtol=1e-4, atol=1e-5)
        assert found.delta == pytest.approx(0, abs=1e-3 * max(1.0, float(above.max())))
        assert found.pixels.sum() == pytest.approx(found.score - found.baseline_score, rel=1e-3, abs=1e-3)

    def test_occlusion_is_the_mean_of_what_the_squares_over_a_pixel_hide(self, case) -> None:
        network, weight, pixels = case
        found = attribution("Occlusion", network, LOGISTIC.architecture, pixels, CHOICE, 7).pixels
        part = weight * pixels / 255
        total, squares = torch.zeros(28, 28), torch.zeros(28, 28)
        for top in range(0, 28 - PATCH + 1, STRIDE):
            for left in range(0, 28 - PATCH + 1, STRIDE):
                here = slice(top, top + PATCH), slice(left, left + PATCH)
                total[here] += part[here].sum()
                squares[here] += 1
        torch.testing.assert_close(found, total / squares, rtol=1e-3, atol=1e-5)


def test_they_are_what_captum_says(few: FashionData) -> None:
    architecture = EXPERIMENTS["quick"].architecture
    network, pixels = network_of(architecture), few.test.pixels[8]
    image, black = scale(pixels[None], "unit"), torch.zeros(1, 1, 28, 28)
    saliency = attribution("Saliency", network, architecture, pixels, CHOICE, 2).pixels
    torch.testing.assert_close(
        saliency, Saliency(network).attribute(image.clone().requires_grad_(), target=2)[0, 0]
    )
    expected, delta = IntegratedGradients(network).attribute(
        image, black, target=2, n_steps=64, return_convergence_delta=True
    )
    found = attribution("Integrated gradients", network, architecture, pixels, CHOICE, 2)
    torch.testing.assert_close(found.pixels, expected[0, 0].float(), rtol=1e-3, atol=1e-5)
    assert found.delta == pytest.approx(float(delta), abs=1e-4)
    assert float(found.pixels.sum()) - (found.score - found.baseline_score) == pytest.approx(found.delta, abs=1e-3)


def test_saliency_is_the_gradient_and_grad_cam_its_weighted_maps(few: FashionData) -> None:
    architecture = EXPERIMENTS["accurate"].architecture
    network, pixels = network_of(architecture), few.test.pixels[8]
    image = scale(pixels[None], "unit").requires_grad_()
    found = outputs(network, image)
    maps, score = found["residual5"], found["output"][0, 6]
    gradient, of_maps = torch.autograd.grad(score, [image, maps])
    saliency = attribution("Saliency", network, architecture, pixels, CHOICE, 6).pixels
    torch.testing.assert_close(saliency, gradient[0, 0].abs(), rtol=1e-3, atol=1e-6)
    weighted = (of_maps.mean((2, 3), keepdim=True) * maps).sum(1, keepdim=True).relu().detach()
    cam = attribution("Grad-CAM", network, architecture, pixels, CHOICE, 6)
    expected = functional.interpolate(weighted, (28, 28), mode="bilinear")[0, 0]
    torch.testing.assert_close(cam.pixels, expected, rtol=1e-3, atol=1e-6)
    assert cam.about == "residual5"
    direct = LayerGradCam(network, network.get_submodule("residual5")).attribute(
        image.detach(), target=6, relu_attributions=True
    )
    torch.testing.assert_close(weighted, direct.detach(), rtol=1e-3, atol=1e-6)


def test_captum_is_imported_when_it_is_asked_and_not_before() -> None:
    code = (
        "import sys, playground.interpret.attribution; "
        "sys.exit('captum' in sys.modules or 'matplotlib' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
