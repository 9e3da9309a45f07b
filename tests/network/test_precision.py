"""Devices and number formats."""

from collections.abc import Iterator

import pytest
import torch

from playground.errors import ExperimentError
from playground.network.precision import (
    available_devices,
    compute_exactly,
    memory_layout,
    name_of,
    resolve_device,
    resolve_precision,
)


def test_the_processor_is_always_there() -> None:
    assert available_devices()[-1] == "cpu"
    assert resolve_device("auto").type == available_devices()[0]
    assert resolve_device("cpu").type == "cpu"


@pytest.mark.parametrize("device", ["cuda", "mps"])
def test_a_device_that_is_not_there_is_refused_in_a_sentence(device: str) -> None:
    if device in available_devices():
        assert resolve_device(device).type == device  # type: ignore[arg-type]
        return
    with pytest.raises(ExperimentError, match=f'"{device}" is not in this machine, which has .*cpu. Use "auto".'):
        resolve_device(device)  # type: ignore[arg-type]


def test_a_chosen_precision_is_taken_and_auto_is_always_the_same() -> None:
    cpu = torch.device("cpu")
    assert resolve_precision("float32", cpu) is torch.float32
    assert resolve_precision("bfloat16", cpu) is torch.bfloat16
    assert resolve_precision("auto", cpu) is resolve_precision("auto", cpu)
    assert resolve_precision("auto", torch.device("mps")) is torch.float32
    assert (name_of(torch.float32), name_of(torch.bfloat16)) == ("float32", "bfloat16")


SWITCHES = [  # of PyTorch, with what is fast and what is exact
    (torch.backends.cuda.matmul, "allow_tf32", True, False),
    (torch.backends.cudnn, "allow_tf32", True, False),
    (torch.backends.cudnn, "deterministic", False, True),
    (torch.backends.cudnn, "benchmark", True, False),
]


@pytest.fixture
def fast() -> Iterator[None]:
    before = [getattr(where, name) for where, name, *_ in SWITCHES]
    for where, name, value, _ in SWITCHES:
        setattr(where, name, value)
    yield
    for (where, name, *_), value in zip(SWITCHES, before, strict=True):
        setattr(where, name, value)


@pytest.mark.usefixtures("fast")
@pytest.mark.parametrize("device", ["cpu", "cuda", "mps"])
def test_float32_is_float32_and_repeatable_on_cuda_alone(device: str) -> None:
    compute_exactly(torch.device(device))
    for where, name, loose, exact in SWITCHES:
        assert getattr(where, name) is (exact if device == "cuda" else loose)


def test_channels_last_where_it_is_known_to_be_faster() -> None:
    layouts = [memory_layout(torch.device(name)) for name in ("cpu", "cuda", "mps")]
    assert layouts == [torch.channels_last, torch.channels_last, torch.contiguous_format]


@pytest.mark.parametrize(
    ("amx", "units", "fast"),
    [
        (True, {}, torch.bfloat16),
        (False, {"avx512_bf16": True, "sse4a": True}, torch.bfloat16),
        (False, {"avx512_bf16": True, "sse4a": False}, torch.float32),
        (False, {"avx512_bf16": False, "sse4a": True}, torch.float32),
        (False, {}, torch.float32),
    ],
)
def test_auto_follows_what_the_processor_multiplies_fast(
    monkeypatch: pytest.MonkeyPatch, amx: bool, units: dict[str, bool], fast: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: units, raising=False)
    assert resolve_precision("auto", torch.device("cpu")) is fast
