"""Where a network is trained and in which number format.

Decided by what the machine can do, never by a timing: that would be noise, and the same seed has to give the
same result on the same machine.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch

from playground.errors import ExperimentError
from playground.experiment.training import Device, Precision


def available_devices() -> tuple[str, ...]:
    """The devices of this machine, fastest first; "cpu" is always among them."""
    found = [("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available()), ("cpu", True)]
    return tuple(name for name, there in found if there)


def resolve_device(choice: Device) -> torch.device:
    """The device an experiment is trained on; "auto" takes the fastest there is.

    Raises:
        ExperimentError: The device that was asked for is not in this machine.
    """
    there = available_devices()
    if choice == "auto":
        return torch.device(there[0])
    if choice not in there:
        raise ExperimentError(
            f'training.device: "{choice}" is not in this machine, which has {", ".join(there)}. Use "auto".'
        )
    return torch.device(choice)


def resolve_precision(choice: Precision, device: torch.device) -> torch.dtype:
    """float32, or bfloat16 where the processor multiplies it faster than float32.

    On a CPU that takes AMX units, or AMD's of AVX-512 BF16: Intel's alone are slower, without any it is emulated.
    """
    if choice != "auto":
        return {"float32": torch.float32, "bfloat16": torch.bfloat16}[choice]
    fast = {
        "cuda": lambda: torch.cuda.is_bf16_supported(False),  # type: ignore[no-untyped-call]
        "cpu": _cpu_multiplies_bfloat16,
        "mps": lambda: False,
    }[device.type]()
    return torch.bfloat16 if fast else torch.float32


def _cpu_multiplies_bfloat16() -> bool:
    """Whether there are AMX units, or AVX-512 BF16 on a processor of AMD, known by SSE4a, which only they have.

    AMD's multiply twice as many numbers in bfloat16 as in float32, Intel's half as many (both measured).
    """
    # not in every PyTorch: where it is not there, nothing is known
    units: Mapping[str, object] = getattr(torch.cpu, "get_capabilities", dict)()
    return bool(torch.cpu._is_amx_tile_supported() or (units.get("avx512_bf16") and units.get("sse4a")))


def compute_exactly(device: torch.device) -> None:
    """Let float32 be float32 on CUDA, and the same seed give the same bits; for the whole process.

    Without it cuDNN multiplies float32 in TF32 (ten bits of mantissa), and takes whichever kernel a timing or
    chance prefers.
    """
    if device.type == "cuda":
        torch.backends.cuda.matmul.allow_tf32 = False
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False


def memory_layout(device: torch.device) -> torch.memory_format:
    """How images lie in memory: channels last where convolutions are faster so, else PyTorch's usual order."""
    return torch.channels_last if device.type in ("cpu", "cuda") else torch.contiguous_format


def name_of(precision: torch.dtype) -> str:
    """ "float32" or "bfloat16"."""
    return str(precision).removeprefix("torch.")
