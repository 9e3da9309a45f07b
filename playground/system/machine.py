"""What machine this is: its processor in words, and how fast that multiplies matrices."""

from __future__ import annotations

import platform
import time
from pathlib import Path

import torch


def processor() -> str:
    """The processor's name and what it multiplies in bfloat16."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
        name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), name)
    return f"{name} ({', '.join(_bfloat16_units()) or 'no bfloat16 units'})"


def _bfloat16_units() -> list[str]:
    units = {"AMX": torch.cpu._is_amx_tile_supported(), "AVX-512 BF16": torch.cpu._is_avx512_bf16_supported()}
    return [unit for unit, there in units.items() if there]


def has_units(precision: torch.dtype) -> bool:
    """Whether the processor multiplies in a precision itself, fast or not; else bfloat16 is emulated."""
    return precision == torch.float32 or bool(_bfloat16_units())


def matrix_product_gflops(precision: torch.dtype, side: int, tries: int = 5) -> float:
    """The rate of a `side` x `side` matrix product, in 10^9 operations a second; the best of some tries.

    A multiplication with addition counts as two operations. The result's memory is reused, so that only the
    product is timed.
    """
    left, right = torch.randn(side, side).to(precision), torch.randn(side, side).to(precision)
    product = torch.empty(side, side, dtype=precision)
    seconds = []
    for _ in range(tries):
        started = time.perf_counter()
        torch.mm(left, right, out=product)
        seconds.append(time.perf_counter() - started)
    return 2 * side**3 / min(seconds) / 1e9
