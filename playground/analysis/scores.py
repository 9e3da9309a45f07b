"""Looking at runs: which images can judge one, its class scores for them, and what its network says of others."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from playground.data.sources.datasets import Datasets, SetName
from playground.data.sources.sample import can_substitute
from playground.errors import DataError, RunError
from playground.experiment.architecture import Architecture
from playground.experiment.experiment import Experiment, Validation
from playground.runs.reader import RunReader
from playground.system.job_queue import JobQueue, Work
from playground.system.jobs import BackgroundJob
from playground.training.record import Run

if TYPE_CHECKING:  # torch is imported in the functions: the app's controls are there before it is
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor, nn

    from playground.data.images import FashionData, Images
    from playground.interpret.neighbours import Reference, Typicality
    from playground.metrics.history import PredictionHistory

Part = Literal["validation", "test"]
MOST_FOLLOWED = 48  # epochs through which one image is followed: their scores all stay in memory
REFERENCE = 12_000  # training images, of all classes alike, among which neighbours are looked for


@dataclass(frozen=True, eq=False)
class ScoredImages:
    """A run with images that judge it and its class scores for them, which everybody who asks is given.

    Attributes:
        epoch: The one whose weights gave the scores; that of the test images is always the last.
        images, logits: Not to be written to. The scores are float32 [n, 10], in the order of the images.
        is_substitute: The images are those of the bundled sample, because the run's own are not here.
    """

    run: Run
    part: Part
    epoch: int
    images: Images
    logits: Tensor
    is_substitute: bool = False


@dataclass(frozen=True, eq=False)
class NearestNeighbours:
    """An image beside training images: how like they are, the nearest ones, and of how many they are."""

    typicality: Typicality
    nearest: Images
    among: int


class Scores:
    """Looks at what is kept of runs, for any number of threads.

    Args:
        datasets: The images that are here.
        kept: What is kept of the run of a name.
        jobs: Whose thread compares with training images.
    """

    def __init__(self, datasets: Datasets, kept: Callable[[str], RunReader], jobs: JobQueue) -> None:
        self._datasets, self._kept, self._jobs = datasets, kept, jobs
        self._network = lru_cache(maxsize=12)(self._load_network)
        # at most 10,000 images: 400 kB each
        self._test_logits = lru_cache(maxsize=16)(lambda run: kept(run).test_logits())
        self._validation_logits = lru_cache(maxsize=64)(lambda run, epoch: kept(run).validation_logits(epoch))
        self._said = lru_cache(maxsize=2048)(self._load_said)  # 5 or 10 kB each
        self._evaluated = lru_cache(maxsize=16)(self._evaluate)
        self._validation = lru_cache(maxsize=4)(self._load_validation)

    def data_of(self, run: Run) -> FashionData:
        """The images a run was trained on.

        Raises:
            DataError: They are not there any more, or are others.
        """
        data = self._datasets.named("full" if run.data.name == "full" else "sample")
        if data.fingerprint != run.data.fingerprint:
            raise DataError(
                f"Run {run.name} was trained on other images than are here now: their fingerprint is "
                f"{data.fingerprint}, not {run.data.fingerprint}. Train it again."
            )
        return data

    def scored(self, run: Run, part: Part, epoch: int | None = None) -> ScoredImages:
        """A run as it can be judged here and now: by its own images, else by those of the sample among them.

        One call for images and scores: between two, the full set may have come. `epoch` is as in `logits`.

        Raises:
            DataError: Its images are not here, and the sample is no part of them.
            RunError: There is no such part, or what it takes was not kept.
        """
        data, is_substitute = self._data_or_sample(run)
        if is_substitute or run.imported:  # there are no scores of the sample, and none came with an import
            return self._scored_anew(run, part, epoch, data, is_substitute)
        of = len(run.epochs) if part == "test" else run.epoch_number(epoch)
        return ScoredImages(run, part, of, self._part(data, run, part), self.logits(run, part, of))

    def _data_or_sample(self, run: Run) -> tuple[FashionData, bool]:
        """The images of a run; or the sample that is among them, and True. DataError where neither will do."""
        try:
            return self.data_of(run), False
        except DataError:
            if not can_substitute(run.data.fingerprint, run.experiment.data):
                raise
            return self._datasets.named("sample"), True

    def _scored_anew(
        self, run: Run, part: Part, epoch: int | None, data: FashionData, is_substitute: bool
    ) -> ScoredImages:
        self._need_weights(run)
        if part == "test" and run.test_accuracy is None:  # then none of the test images may be looked at yet
            raise RunError(f"Run {run.name} was not evaluated on the test images.")
        images = self._part(data, run, part)
        last = len(run.epochs)
        asked = last if part == "test" else run.epoch_number(epoch)
        return ScoredImages(
            run, part, asked, images, self._evaluated(run.run, asked, run.experiment, images), is_substitute
        )

    def images(self, run: Run, part: Part) -> Images:
        """The validation or test images of a run, in the order of its class scores. Not to be written to.

        Raises:
            DataError: They are not here.
            RunError: It was trained without a validation split.
        """
        return self._part(self.data_of(run), run, part)

    def _part(self, data: FashionData, run: Run, part: Part) -> Images:
        if part == "test":
            return data.test
        choice = run.experiment.data
        images = self._validation(data.name, data.fingerprint, choice.validation, choice.fold, choice.folds)
        if images is None:
            raise RunError(f"Run {run.name} has no validation images: it was trained on all of them.")
        return images

    def group(
        self, run: Run, group: Literal["validation", "training", "test"]
    ) -> tuple[Images, Literal["validation", "training", "test"], bool, str]:
        """Images of a run to look at one by one, whether the sample's stand in, and the data's fingerprint.

        Raises:
            DataError: Neither the run's images nor the sample that can stand in for them is here.
            RunError: It was trained without a validation split.
        """
        data, is_substitute = self._data_or_sample(run)
        images = data.train if group == "training" else self._part(data, run, group)
        return images, group, is_substitute, data.fingerprint

    def logits(self, run: Run, part: Part, epoch: int | None = None) -> Tensor:
        """Class scores (float32 [n, 10]) of the validation images of an epoch, or of the test images.

        They were computed while training; nothing is evaluated here. `epoch` counts from 1, None is the last.
        Not to be written to: everybody who asks is given the same.

        Raises:
            RunError: They were not kept.
        """
        if part == "test":
            return self._test_logits(run.run)
        self._need_weights(run)
        logits = self._validation_logits(run.run, run.epoch_number(epoch))
        if logits is None:
            raise RunError(f"Run {run.name} has no validation images: it was trained on all of them.")
        return logits

    def history(self, run: Run) -> PredictionHistory:
        """The answers for the validation images after every kept epoch; read once, later only those of new epochs.

        Raises:
            DataError, RunError: As `scored`.
        """
        import numpy as np

        from playground.metrics.history import PredictionHistory

        seen = self.scored(run, "validation")
        anew = seen.is_substitute or run.imported
        epochs = self._kept(run.run).with_weights(run)
        said = [self._said(run.run, epoch, run.experiment, seen.images, anew) for epoch in epochs]
        return PredictionHistory(epochs, seen.images.labels.numpy(), np.stack(said))

    def _load_said(
        self, run: str, epoch: int, experiment: Experiment, images: Images, anew: bool
    ) -> NDArray[np.int8]:
        import torch

        logits = (
            self._evaluate(run, epoch, experiment, images) if anew else self._kept(run).validation_logits(epoch)
        )
        assert logits is not None  # of the last epoch they were not
        answers: NDArray[np.int8] = logits.argmax(1).to(torch.int8).numpy()
        return answers

    def followed(self, run: Run, image: int) -> tuple[tuple[int, ...], Tensor]:
        """Kept epochs, at most 48, and the probabilities of one validation image after each: float32 [E, 10].

        Raises:
            DataError, RunError: As `scored`.
        """
        import torch

        from playground.metrics.history import spread

        epochs = spread(self._kept(run.run).with_weights(run), MOST_FOLLOWED)
        scores = [self.scored(run, "validation", epoch).logits[image] for epoch in epochs]
        return epochs, torch.stack(scores).softmax(1)

    def probabilities(self, run: Run, pixels: Tensor, epoch: int | None = None) -> Tensor:
        """What a run's network says of images: uint8 [n, 28, 28] -> float32 [n, 10], rows sum to 1.

        Raises:
            RunError: No weights were kept for this epoch.
        """
        self._need_weights(run)
        return self._ask(run.run, run.epoch_number(epoch), run.experiment, pixels).softmax(1)

    def prepare_neighbours(self, run: Run, epoch: int | None = None) -> BackgroundJob[tuple[Reference, Images]]:
        """What the first `neighbours` of a run takes seconds for: training images as its network sees them.

        Raises:
            DataError: Neither the run's images nor the sample that can stand in for them is here.
            RunError: No weights were kept for this epoch.
        """
        self._need_weights(run)
        asked = run.epoch_number(epoch)
        data, _ = self._data_or_sample(run)

        def work() -> Work[tuple[Reference, Images]]:
            import torch

            from playground.data.images import split
            from playground.interpret.neighbours import Reference, features

            # held out even where the run was trained on all of them: some images have to tell what is usual
            choice = run.experiment.data
            share = min(1.0, REFERENCE / len(data.train))
            parts = split(data, "held-out", share, choice.fold, choice.folds)
            assert parts.validation is not None
            network, batch = self._network(run.run, asked, run.experiment.architecture)
            found: list[list[Tensor]] = [[], []]
            done, of = 0, len(parts.train) + len(parts.validation)
            for part, seen in zip((parts.train, parts.validation), found, strict=True):
                for chunk in torch.split(part.pixels, batch):
                    seen.append(features(network, chunk, choice, batch))
                    done += len(chunk)
                    yield done / of
            return Reference(*map(torch.cat, found)), parts.train

        return self._jobs.ask(
            ("neighbours", run.run, asked, data.fingerprint),
            work,
            "Comparing with training images, once a run",
        )

    def neighbours(self, run: Run, pixels: Tensor, epoch: int | None = None) -> NearestNeighbours:
        """An image, uint8 [28, 28], beside training images of its run; seconds of work when asked first.

        Raises:
            DataError, RunError: As `prepare_neighbours`.
        """
        from playground.interpret.neighbours import features

        reference, images = self.prepare_neighbours(run, epoch).finished()
        seen = features(self.network(run, epoch), pixels[None], run.experiment.data)
        found = reference.typicality(seen[0])
        return NearestNeighbours(found, images.take(found.nearest), len(images))

    def training_pixels(self, run: Run, count: int) -> Tensor:
        """Some of the images that a run was trained with, or the sample's among them: uint8 [count, 28, 28].

        The last ones in their order: the first are held out.

        Raises:
            DataError: Neither are here.
        """
        return self._data_or_sample(run)[0].train.pixels[-count:]

    def network(self, run: Run, epoch: int | None = None) -> nn.Sequential:
        """The network of a run after an epoch, on the CPU, ready to evaluate. Shared: not to be written to.

        Raises:
            RunError: No weights were kept for this epoch, or they are damaged.
        """
        self._need_weights(run)
        return self._network(run.run, run.epoch_number(epoch), run.experiment.architecture)[0]

    def _ask(self, run: str, epoch: int, experiment: Experiment, pixels: Tensor) -> Tensor:
        from playground.network.inference import predict_logits

        network, batch = self._network(run, epoch, experiment.architecture)
        return predict_logits(network, pixels, experiment.data, batch)

    def _evaluate(self, run: str, epoch: int, experiment: Experiment, images: Images) -> Tensor:
        return self._ask(run, epoch, experiment, images.pixels)

    def _load_validation(
        self, name: SetName, _fingerprint: str, validation: Validation, fold: int, folds: int
    ) -> Images | None:
        from playground.data.images import validation_images

        return validation_images(self._datasets.named(name), validation, fold, folds)

    def _load_network(self, run: str, epoch: int, architecture: Architecture) -> tuple[nn.Sequential, int]:
        """A run's network, and how many images it may judge at once."""
        from playground.network.inference import evaluation_batch, load_network

        weights = self._kept(run).weights(epoch)
        try:
            return load_network(architecture, weights), evaluation_batch(architecture)
        except RuntimeError as error:
            raise RunError(f"The weights of run {run} are damaged: they are not those of its layers.") from error

    @staticmethod
    def _need_weights(run: Run) -> None:
        if not run.has_weights:
            raise RunError(f"Run {run.name} has no weights: no epoch of it was kept.")
