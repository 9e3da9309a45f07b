"""Devices and number formats."""

import pytest
import torch

from playground.core.precision import available_devices, name_of, resolve_device, resolve_precision
from playground.errors import ExperimentError


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
