"""What our engine is held against: the loops of `loops.py`, each in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from playground.system import processes

if TYPE_CHECKING:
    from playground.data.images import FashionData

TUTORIAL = "tutorial"
PEERS: Mapping[str, str] = {"lightning": "pytorch-lightning", "skorch": "skorch"}
"""The loops of libraries that people would really pick, by the package that each needs."""
_SCRIPT = Path(__file__).with_name("loops.py")


@dataclass(frozen=True)
class EpochTime:
    """One epoch: seconds an image, and the peak memory of the process in MB (None if not known)."""

    seconds_an_image: float
    peak_memory_mb: float | None


def version(peer: str) -> str | None:
    """The version of a peer's package; None where it is not installed."""
    try:
        return metadata.version(PEERS[peer])
    except metadata.PackageNotFoundError:
        return None


def installed_peers() -> tuple[str, ...]:
    """The peers that can be measured here."""
    return tuple(peer for peer in PEERS if version(peer))


def lay_out(data: FashionData, folder: Path) -> None:
    """Write images out as torchvision's own data set class looks for them in a folder."""
    raw = folder / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for part, split in (("train", data.train), ("t10k", data.test)):
        pixels, labels = split.pixels.numpy(), split.labels.numpy().astype("uint8")
        for kind, array in (("images-idx3", pixels), ("labels-idx1", labels)):
            sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
            head = (0x0800 + array.ndim).to_bytes(4, "big") + sizes
            (raw / f"{part}-{kind}-ubyte").write_bytes(head + array.tobytes())


def time_loop(loop: str, folder: Path, images: int, threads: int | None = None) -> EpochTime:
    """Time one epoch of a loop, its second, on so many images of a folder that `lay_out` filled.

    Its threads sleep while they wait, as ours do: `playground/__init__.py` says so in the environment, and that is
    handed on. Otherwise any other busy process would make the loop several times slower, and us look faster.

    Raises:
        RunError: The loop could not be run.
    """
    limit = {"OMP_NUM_THREADS": str(threads)} if threads else {}
    # -P: the folder of the script holds modules of ours, which are not to be found by their bare names
    done = processes.run(["-P", str(_SCRIPT), loop, str(folder), str(images)], folder, limit)
    return EpochTime(float(done.last_line) / images, done.peak_memory_mb)
