"""What a bench could have measured, in round figures."""

from dataclasses import replace

from playground.benchmarks.ratios import Ours, Peer, Ratios
from playground.benchmarks.recipes import Recipe

FLOAT32 = Ours(13.2, 4545.0, 1.4, 1.3, 1.5, "float32", 12_000, 270.0, 2048, 0.5, 700.0)
RATIOS = Ratios(
    processor="A processor (AMX)",
    threads=2,
    torch="2.14.1",
    data="full",
    rounds=3,
    epochs=4,
    images=12_000,
    multiply_adds=2_836_352,
    training_operations=16_390_912,
    tutorial_seconds_an_epoch=18.0,
    ours=(FLOAT32, replace(FLOAT32, precision="bfloat16", ratio=2.4, images=1_500, matmul_side=256)),
    peers=(Peer(17.0, 3529.0, 1.06, 1.0, 1.1, "lightning", "2.6.6", 800.0),),
    matmul_gflops=270.0,
    peak_memory_mb=900.0,
    tutorial_peak_memory_mb=None,
)
QUICK = Recipe(
    "quick", (0, 1), 33_514, 6, "bfloat16", 10_000, True, False,
    (30.0, 32.0), (1.5, 1.6), (0.92, 0.93), (600.0, None),
)  # fmt: skip
