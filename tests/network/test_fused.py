"""The fused operations against PyTorch's own modules."""

import copy
import itertools
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from playground.experiment.architecture import Architecture
from playground.experiment.layers import ConvLayer, ResidualBlock
from playground.network import kernels
from playground.network.build import Sequence, build_network
from playground.network.fused import compile_all, kernels_run, tail_of

pytestmark = pytest.mark.skipif(not kernels_run(), reason="no OpenMP or TBB here")

NORMS = {"norm": True, "no norm": False}
RECTIFIERS = {"relu": nn.ReLU, "leaky": nn.LeakyReLU, "none": None}
CASES = [
    case
    for case in itertools.product(NORMS, RECTIFIERS, (1, 2, 3), (False, True))
    if (case[0] == "norm" or case[2] > 1) and not (case[2] == 1 and case[3])
]


def modules(norm: str, rectifier: str, size: int, pool_first: bool, channels: int) -> list[nn.Module]:
    make = RECTIFIERS[rectifier]
    rest: list[nn.Module] = []
    if NORMS[norm]:
        layer = nn.BatchNorm2d(channels)
        nn.init.normal_(layer.weight)  # negative ones, too: there the smallest value of a window counts
        nn.init.normal_(layer.bias)
        rest.append(layer)
    if make:
        rest.append(make())
    pool: list[nn.Module] = [nn.MaxPool2d(size)] if size > 1 else []
    return [*pool, *rest] if pool_first else [*rest, *pool]


def both(behind: list[nn.Module], maps: Tensor, loss: Tensor | None = None) -> tuple[dict[str, Tensor], ...]:
    """Output, gradients and running statistics: ours, and PyTorch's in float64."""
    found = []
    for fused in (True, False):
        layers = nn.ModuleList(copy.deepcopy(behind)).train()
        own = maps.detach().clone() if fused else maps.detach().double()
        layers = layers if fused else layers.double()
        own.requires_grad_()
        if fused:
            tail, length = tail_of(list(layers))
            assert tail is not None
            assert length == len(layers)
            out = tail.trained(own)
        else:
            out = own
            for layer in layers:
                out = layer(out)
        weights = torch.arange(out.numel()).reshape(out.shape).sin().to(out.dtype)
        (out * weights).sum().backward()  # type: ignore[no-untyped-call]
        assert own.grad is not None
        values = {"out": out.detach(), "maps": own.grad}
        values |= {f"gradient of {n}": p.grad for n, p in layers.named_parameters() if p.grad is not None}
        values |= dict(layers.named_buffers())
        found.append({name: value.double() for name, value in values.items()})
    return tuple(found)


@pytest.mark.parametrize("case", CASES, ids=str)
@pytest.mark.parametrize(("channels", "side"), [(5, 7), (16, 8), (33, 6)])
def test_as_pytorch_in_float64(case: tuple[str, str, int, bool], channels: int, side: int) -> None:
    torch.manual_seed(0)
    maps = (3 + 2 * torch.randn(4, channels, side, side)).to(memory_format=torch.channels_last)
    ours, reference = both(modules(*case, channels=channels), maps)
    assert ours.keys() == reference.keys()
    for name, value in reference.items():
        torch.testing.assert_close(ours[name], value, rtol=2e-5, atol=2e-5 * float(value.abs().max()), msg=name)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_evaluation_is_as_pytorch_evaluates(case: tuple[str, str, int, bool]) -> None:
    torch.manual_seed(0)
    maps = (3 + 2 * torch.randn(4, 12, 7, 7)).to(memory_format=torch.channels_last)
    behind = nn.Sequential(*modules(*case, channels=12)).train()
    behind(maps)  # running statistics that are not those of the beginning
    behind.eval()
    tail, _ = tail_of(list(behind))
    assert tail is not None
    with torch.no_grad():
        torch.testing.assert_close(tail.evaluated(maps), behind(maps), rtol=1e-5, atol=1e-5)


def test_a_large_mean_costs_no_accuracy() -> None:
    """Raw pixels give maps with a mean far from 0, where a mean of squares would cancel."""
    torch.manual_seed(0)
    maps = (1000 + torch.randn(8, 4, 6, 6)).to(memory_format=torch.channels_last)
    ours, reference = both([nn.BatchNorm2d(4), nn.ReLU()], maps)
    torch.testing.assert_close(ours["out"], reference["out"], rtol=1e-3, atol=1e-3)


def test_of_equal_values_the_first_gets_the_gradient_as_in_pytorch() -> None:
    maps = torch.zeros(2, 8, 4, 4).to(memory_format=torch.channels_last)
    maps[:, :, 1, 2] = 1.0
    ours, reference = both([nn.MaxPool2d(2)], maps)
    torch.testing.assert_close(ours["maps"], reference["maps"])
    relu_ours, relu_reference = both([nn.ReLU(), nn.MaxPool2d(2)], maps + 1)
    torch.testing.assert_close(relu_ours["maps"], relu_reference["maps"])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_bfloat16_is_float32_rounded(case: tuple[str, str, int, bool]) -> None:
    torch.manual_seed(0)
    maps = torch.randn(4, 16, 6, 6).bfloat16().to(memory_format=torch.channels_last)
    ours, reference = both(modules(*case, channels=16), maps)
    for name, value in reference.items():
        torch.testing.assert_close(ours[name], value, rtol=2e-2, atol=2e-2 * float(value.abs().max()), msg=name)


def test_bfloat16_rounds_as_pytorch_does() -> None:
    generator = torch.Generator().manual_seed(0)
    values = torch.randn(1, 4096, 1, 1, generator=generator).bfloat16()
    scale = torch.randn(4096, generator=generator)
    scale[:64] = 1 + torch.arange(64) / 256  # halves, which go to the even neighbour
    values[:, :64] = 1
    norm = nn.BatchNorm2d(4096, eps=0)  # its mean is 0 and its variance 1
    norm.weight.data = scale
    tail, _ = tail_of([norm])
    assert tail is not None
    assert torch.equal(tail.evaluated(values), (values.float() * scale[:, None, None]).bfloat16())


def test_infinities_and_nans_are_seen() -> None:
    for bad in (float("nan"), float("inf")):
        maps = torch.zeros(2, 4, 4, 4).to(memory_format=torch.channels_last)
        maps[0, 1, 3, 3] = bad
        for behind in ([nn.ReLU(), nn.MaxPool2d(2)], [nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)]):
            tail, _ = tail_of(behind)
            assert tail is not None
            assert not torch.isfinite(tail.trained(maps)[:, 1]).all()


@pytest.mark.parametrize("layout", [torch.channels_last, torch.contiguous_format], ids=str)
@pytest.mark.parametrize("pool", [None, nn.MaxPool2d(2)], ids=str)
def test_a_gradient_written_over_its_maps_is_given_once(
    layout: torch.memory_format, pool: nn.Module | None
) -> None:
    """Maps that do not lie channels last are left as they are, and their gradient can be asked for again."""
    tail, _ = tail_of([nn.BatchNorm2d(4), pool] if pool else [nn.BatchNorm2d(4), nn.ReLU()])
    assert tail is not None
    maps = torch.randn(3, 4, 6, 8).to(memory_format=layout).requires_grad_() * 1
    before, scores = maps.detach().clone(), tail.trained(maps).square().sum()
    (gradient,) = torch.autograd.grad(scores, maps, retain_graph=True)
    if layout == torch.channels_last:
        assert gradient.data_ptr() == maps.data_ptr()
        with pytest.raises(RuntimeError, match="modified by an inplace operation"):
            torch.autograd.grad(scores, maps)
    else:
        assert torch.equal(maps, before)
        assert torch.equal(torch.autograd.grad(scores, maps)[0], gradient)


def test_two_threads_at_once_find_what_one_finds() -> None:
    """As when a test, or a page, asks beside a training."""
    torch.manual_seed(0)
    behind = modules("norm", "relu", 2, False, 12)
    batches = [torch.randn(32, 12, 14, 10).to(memory_format=torch.channels_last) for _ in range(16)]
    one_by_one = [both(behind, each)[0] for each in batches]
    with ThreadPoolExecutor(4) as threads:
        at_once = list(threads.map(lambda each: both(behind, each)[0], batches))
    for found, wanted in zip(at_once, one_by_one, strict=True):
        assert all(torch.equal(found[name], wanted[name]) for name in wanted)


def test_threads_do_not_change_a_bit() -> None:
    torch.manual_seed(0)
    maps = torch.randn(9, 12, 8, 8).to(memory_format=torch.channels_last)
    behind = modules("norm", "relu", 2, False, 12)
    before, found = torch.get_num_threads(), []
    try:
        for threads in (1, 2):
            torch.set_num_threads(threads)
            found.append(both(behind, maps)[0])
    finally:
        torch.set_num_threads(before)
    assert all(torch.equal(found[0][name], found[1][name]) for name in found[0])


def test_everything_can_be_compiled_ahead() -> None:
    compile_all()
    loops = (kernels.forward, kernels.backward)
    before = [len(loop.signatures) for loop in loops]
    assert all(before)
    maps = torch.randn(4, 8, 6, 6).to(memory_format=torch.channels_last)
    for case in CASES:
        both(modules(*case, channels=8), maps)
    assert [len(loop.signatures) for loop in loops] == before  # nothing was left to compile


def test_only_what_pays_is_fused() -> None:
    assert tail_of([nn.ReLU()]) == (None, 0)
    assert tail_of([nn.GELU(), nn.MaxPool2d(2)]) == (None, 0)
    assert tail_of([]) == (None, 0)
    tail, length = tail_of([nn.BatchNorm2d(3), nn.GELU(), nn.MaxPool2d(2)])
    assert tail is not None
    assert (length, tail.slope, tail.size) == (1, 1.0, 1)


def test_without_threads_to_share_the_modules_do_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine where Numba finds neither OpenMP nor TBB."""

    def no_layer(*_: object) -> None:
        raise ValueError("No threading layer could be loaded.")

    monkeypatch.setattr(kernels, "forward", no_layer)
    kernels_run.cache_clear()
    try:
        architecture = Architecture(layers=(ConvLayer(channels=4, batch_norm=True, pool="max"),))
        network = build_network(architecture, torch.Generator().manual_seed(0))
        compile_all()  # has nothing to do, and says nothing
        assert network(torch.rand(2, 1, 28, 28)).isfinite().all()
    finally:
        kernels_run.cache_clear()


def test_a_network_takes_the_fast_path_by_itself() -> None:
    architecture = Architecture(
        layers=(
            ConvLayer(channels=6, kernel=5, batch_norm=True, pool="max"),
            ConvLayer(channels=8, pool="max", pool_first=True, batch_norm=True, activation="leaky_relu"),
            ResidualBlock(convolutions=2),
            ConvLayer(channels=8, activation="gelu", batch_norm=True, pool="average"),
        )
    )
    images = torch.randn(6, 1, 28, 28, generator=torch.Generator().manual_seed(1))
    found = []
    for plain in (False, True):
        network = build_network(architecture, torch.Generator().manual_seed(0)).train()
        if plain:
            for module in network.modules():
                if isinstance(module, Sequence):
                    module.steps = tuple((each, None, ()) for each in module)
        scores = network(images)
        scores.square().sum().backward()
        gradients = {name: p.grad for name, p in network.named_parameters() if "bias" not in name}
        found.append((scores.detach(), gradients))
    (ours, our_gradients), (theirs, their_gradients) = found
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
    for name, gradient in their_gradients.items():
        torch.testing.assert_close(our_gradients[name], gradient, rtol=1e-3, atol=1e-3, msg=name)


def test_the_first_use_leaves_the_number_of_threads_as_it_is() -> None:
    ask = "import playground, torch; torch.set_num_threads(1); from playground.network import fused; "
    ask += "assert fused.kernels_run(); print(torch.get_num_threads())"
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "1"
