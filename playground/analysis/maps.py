"""Maps of what networks see: the features of a run's images in a plane, epoch by epoch, worked out once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from playground.analysis.scores import ScoredImages, Scores
from playground.errors import RunError
from playground.system.job_queue import JobQueue, Work
from playground.system.jobs import BackgroundJob
from playground.training.record import Run

if TYPE_CHECKING:  # these are imported in the functions: the app's controls are there before they are
    from torch import Tensor

    from playground.analysis.tsne import TsneJob
    from playground.interpret.embedding import Principal, Projection

MOST_IMAGES = 10_000
MOST_BYTES = 2**29  # of one matrix of features
_KEPT_BYTES = 2**29  # of all that are kept; the principal components of each are small and kept for longer
_KEPT_PRINCIPALS, _KEPT_TSNES = 64, 32
_AT_A_TIME = 1  # processes of t-SNE

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class MapLayout:
    """The first images of a run in the plane of their principal components.

    Attributes:
        like: The epoch onto whose picture this one is turned; None where it is that epoch itself.
    """

    plane: Projection
    principal: Principal
    like: int | None


class Maps:
    """Lays out what networks see, for any number of threads.

    Args:
        scores: Networks, and what they say of images.
        jobs: Whose thread works out features and principal components.
        busy: Whether a network is trained at the moment: t-SNE waits for it.
        kept: The epochs of a run whose weights are kept, in order.
    """

    def __init__(
        self,
        scores: Scores,
        jobs: JobQueue,
        busy: Callable[[], bool],
        kept: Callable[[Run], tuple[int, ...]],
    ) -> None:
        self._scores, self._jobs, self._busy, self._kept = scores, jobs, busy, kept
        # both are touched by the thread of the jobs alone
        self.features: _Recent[Tensor] = _Recent(_KEPT_BYTES, lambda found: found.nbytes)
        self._principals: _Recent[Principal] = _Recent(_KEPT_PRINCIPALS)
        self._tsnes: _Recent[TsneJob] = _Recent(_KEPT_TSNES)
        self._turn, self._lock = threading.Semaphore(_AT_A_TIME), threading.Lock()

    def most(self, seen: ScoredImages) -> int:
        """How many of the images can be laid out: at most MOST_IMAGES, and fewer of very wide features."""
        width = int(self._scores.network(seen.run, seen.epoch)[-1].in_features)  # type: ignore[arg-type]
        return min(len(seen.images), MOST_IMAGES, MOST_BYTES // (4 * width))

    def layout(self, seen: ScoredImages, count: int) -> BackgroundJob[MapLayout]:
        """The first `count` images in the plane of their principal components, under way or there.

        Pictures of one run are turned alike, so that its epochs can be compared: onto that of its last epoch, or
        of its first kept one while it is trained.
        """
        return self._jobs.ask(("map", *_key(seen), seen.epoch, count), lambda: self._lay(seen, count))

    def tsne(self, seen: ScoredImages, layout: MapLayout, perplexity: float, begin: bool = True) -> TsneJob | None:
        """The t-SNE of what is laid out; what there is of it, or None, where it may not `begin`."""
        from playground.analysis.tsne import start_tsne

        count = len(layout.plane.points)
        key = (*_key(seen), seen.epoch, count, layout.like, perplexity)
        with self._lock:
            found = self._tsnes.get(key)
            if begin and (found is None or found.failed):
                found = start_tsne(
                    layout.principal.scores, layout.plane.points, perplexity, self._busy, self._turn
                )
                self._tsnes.put(key, found)
            return found

    # -------------------------------------------------------------------- in the thread of the jobs

    def _lay(self, seen: ScoredImages, count: int) -> Work[MapLayout]:
        from playground.interpret.embedding import plane

        like = self.turned_onto(seen)
        alone = like == seen.epoch
        own = yield from _part(self._principal(seen, seen.epoch, count), 0.0, 1.0 if alone else 0.5)
        if own is None:
            raise RunError(
                f"After epoch {seen.epoch} the last layer of run {seen.run.name} sees the same in all {count:,} "
                "images: there is nothing to lay out. Choose another epoch."
            )
        other = None if alone else (yield from _part(self._principal(seen, like, count), 0.5, 1.0))
        return MapLayout(plane(own, other), own, None if other is None else like)

    def turned_onto(self, seen: ScoredImages) -> int:
        """The epoch onto whose projection that of another is turned, so that images stay about where they are."""
        kept = self._kept(seen.run) or (seen.epoch,)
        return seen.epoch if seen.part == "test" else kept[0] if seen.run.state.is_live else kept[-1]

    def _principal(self, seen: ScoredImages, epoch: int, count: int) -> Work[Principal | None]:
        from playground.interpret.embedding import principal

        key = (*_key(seen), epoch, count)
        found = self._principals.get(key)
        if found is None:
            features = yield from self._seen_by(seen, epoch, count)
            if (found := principal(features.numpy())) is not None:
                self._principals.put(key, found)
        return found

    def _seen_by(self, seen: ScoredImages, epoch: int, count: int) -> Work[Tensor]:
        """What the last layer sees of the first images, float32 [count, d]; known ones are not asked anew."""
        import torch

        from playground.interpret.neighbours import features
        from playground.network.inference import evaluation_batch

        network, choice = self._scores.network(seen.run, epoch), seen.run.experiment.data
        key = (*_key(seen), epoch)
        known = self.features.get(key)
        chunks = [] if known is None else [known]
        done = 0 if known is None else len(known)
        batch = evaluation_batch(seen.run.experiment.architecture)
        while done < count:
            chunk = seen.images.pixels[done : min(count, done + batch)]
            chunks.append(features(network, chunk, choice, batch))
            done += len(chunk)
            yield done / count
        found = torch.cat(chunks)
        self.features.put(key, found)
        return found[:count]


def _key(seen: ScoredImages) -> tuple[str, str, bool]:
    return seen.run.run, seen.part, seen.is_substitute


def _part(work: Work[T], start: float, end: float) -> Generator[float, None, T]:
    """The same work as a part of a longer one."""
    while True:
        try:
            done = next(work)
        except StopIteration as finished:
            result: T = finished.value
            return result
        yield start + done * (end - start)


class _Recent(Generic[T]):
    """What was used last, up to a weight in all; the very last is kept whatever it weighs."""

    def __init__(self, most: int, weigh: Callable[[T], int] = lambda _: 1) -> None:
        self.most, self._weigh = most, weigh
        self.items: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable) -> T | None:
        if key in self.items:
            self.items.move_to_end(key)
        return self.items.get(key)

    def put(self, key: Hashable, item: T) -> None:
        self.items[key] = item
        self.items.move_to_end(key)
        while len(self.items) > 1 and sum(map(self._weigh, self.items.values())) > self.most:
            self.items.popitem(last=False)
