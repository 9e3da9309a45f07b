"""Near-duplicates among the images of this home: looked for once, in the background, and kept.

<home>/duplicates/<fingerprint>-<part>.safetensors
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playground.system.files import write_atomically
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob

if TYPE_CHECKING:
    from playground.data.images import FashionData
    from playground.metrics.near_duplicates import Pairs

Between = Literal["test-train", "test", "train"]
PARTS: Mapping[Between, str] = {
    "test-train": "test with training images",
    "test": "test images with each other",
    "train": "training images with each other",
}
"""What is compared with what, in this order."""


class NearDuplicates:
    """Looks for near-duplicates while nothing is trained.

    Attributes:
        thread: Looks for them, in the background.

    Args:
        home: Where what was found is kept.
        is_busy: Whether a network is being trained, which comes first.
    """

    def __init__(self, home: Path, is_busy: Callable[[], bool]) -> None:
        self._folder, self._is_busy = home / "duplicates", is_busy
        self.thread = JobThread[None]("near-duplicates")

    def start(self, data: FashionData) -> None:
        """Look for what is not known yet of these images."""
        self.thread.start(lambda job: self._look(job, data))

    def found(self, data: FashionData) -> dict[Between, Pairs]:
        """What is known of these images: the first index is of a test image where they are compared with those."""
        return {part: pairs for part in PARTS if (pairs := self._read(data, part)) is not None}

    def _path(self, data: FashionData, part: Between) -> Path:
        return self._folder / f"{data.fingerprint}-{part}.safetensors"

    def _read(self, data: FashionData, part: Between) -> Pairs | None:
        from safetensors import SafetensorError
        from safetensors.numpy import load

        from playground.metrics.near_duplicates import Pairs

        try:
            kept = load(self._path(data, part).read_bytes())
            return Pairs(kept["first"], kept["second"], kept["distances"])
        except (OSError, SafetensorError, KeyError):  # not looked for yet; or damaged: it is looked for again
            return None

    def _look(self, job: BackgroundJob[None], data: FashionData) -> None:
        from safetensors.numpy import save

        from playground.metrics.near_duplicates import compare, together

        known = self.found(data)
        pixels = {"test-train": (data.test, data.train), "test": (data.test, None), "train": (data.train, None)}
        work = {part: len(a) * (len(b) if b else len(a) / 2) for part, (a, b) in pixels.items()}
        done = sum(work[part] for part in known)
        for part, words in PARTS.items():
            if part in known:
                continue
            first, second = pixels[part]
            blocks = []
            job.report(done / sum(work.values()), f"Comparing {words}")
            for share, pairs in compare(first.pixels, second.pixels if second else None):
                job.wait_while(self._is_busy, "Waits until nothing is trained")
                job.report((done + share * work[part]) / sum(work.values()), f"Comparing {words}")
                blocks.append(pairs)
            found = together(blocks)
            columns = {"first": found.first, "second": found.second, "distances": found.distances}
            write_atomically(self._path(data, part), save(columns))
            done += work[part]
