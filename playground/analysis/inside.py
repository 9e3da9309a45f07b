"""Looking inside the networks of runs, after any kept epoch. What is slow is a background job."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from weakref import WeakKeyDictionary

from playground.analysis.scores import Scores
from playground.system.job_queue import JobQueue, Work
from playground.system.jobs import BackgroundJob
from playground.training.record import Run

if TYPE_CHECKING:  # torch is imported in the functions: the app's controls are there before it is
    from torch import Tensor

    from playground.data.images import Images
    from playground.interpret.ablation import AblationResult, Muted
    from playground.interpret.activations import Activity
    from playground.interpret.attribution import Attribution
    from playground.interpret.layers import Window
    from playground.interpret.top_activations import TopImages
    from playground.interpret.trace import ActivationTrace
    from playground.network.module_types import Position
    from playground.network.plan import LayerRow

Group = Literal["validation", "training", "test"]
MOST_BYTES = 2**27  # of activations from which ablations start
MOST_ABLATIONS = 32  # whose scores are kept
WATCHED = 500  # images on which the statistics of every epoch are taken


@dataclass(frozen=True, eq=False)
class ImageSample:
    """Images of a run, which everybody who asks is given: not to be written to.

    Attributes:
        images: In canonical order: the first of them are as good as drawn at random.
        is_substitute: They are those of the bundled sample, because the run's own are not here.
    """

    images: Images
    group: Group
    is_substitute: bool
    fingerprint: str


@dataclass(frozen=True, eq=False)
class LayerOutputs:
    """What leaves a layer, [n, c, ...], and the class scores [n, 10] behind it, for the first images of a run."""

    layer: str
    values: Tensor
    logits: Tensor
    images: Images


class Inside:
    """Looks into networks, for any number of threads."""

    def __init__(self, scores: Scores, jobs: JobQueue) -> None:
        self._scores, self._jobs = scores, jobs
        self._ablated: WeakKeyDictionary[LayerOutputs, dict[Any, tuple[Tensor, AblationResult]]] = (
            WeakKeyDictionary()
        )

    # ------------------------------------------------------------------------------------ images

    def groups(self, run: Run) -> tuple[Group, ...]:
        """Which images of a run can be looked at; the first are those that its networks are measured on."""
        validation = run.experiment.data.validation
        if validation == "test":
            return ("test",)
        return ("training" if validation == "none" else "validation", "test")

    def images(self, run: Run, group: Group | None = None) -> ImageSample:
        """All images of a group; of the first that there is if none is named.

        Raises:
            DataError: Neither the run's images nor the sample that can stand in for them is here.
        """
        wanted = group or self.groups(run)[0]
        return ImageSample(*self._scores.group(run, wanted))

    # --------------------------------------------------------------------------------- one image

    def places(self, run: Run) -> tuple[LayerRow, ...]:
        """The rows of a network's layer table, and those in the branches of residual blocks."""
        from playground.network.plan import places

        return places(run.experiment.architecture)

    def layers(self, run: Run) -> tuple[LayerRow, ...]:
        """The places at which layers with channels or units of their own end: what can be muted."""
        from playground.interpret.layers import stages

        skipped = ("input_norm", "readout", "output")
        return tuple(row for row in stages(run.experiment.architecture) if row.stage not in skipped)

    def outputs(self, run: Run, epoch: int, pixels: Tensor) -> dict[str, Tensor]:
        """What leaves every module for an image uint8 [28, 28], by the module's name, each without the batch."""
        import torch

        from playground.data.images import scale
        from playground.interpret.layers import outputs

        with torch.no_grad():
            found = outputs(self._scores.network(run, epoch), scale(pixels[None], run.experiment.data.scaling))
        return {name: values[0] for name, values in found.items()}

    def weights(self, run: Run, epoch: int, place: LayerRow) -> Tensor | None:
        """The weights of a place as pictures [outputs, inputs, h, w]; see `interpret.layers.weight_pictures`."""
        from playground.interpret.layers import weight_pictures

        return weight_pictures(self._scores.network(run, epoch), run.experiment.architecture, place)

    def has_weights(self, run: Run, epoch: int, place: LayerRow) -> bool:
        """Whether a place is a convolution or a dense layer."""
        from playground.interpret.layers import own_weights

        return own_weights(self._scores.network(run, epoch), place) is not None

    def worked(
        self, run: Run, epoch: int, place: LayerRow, pixels: Tensor, channel: int, position: Position
    ) -> ActivationTrace:
        """One value worked out, for an image uint8 [28, 28]; see `interpret.trace.worked`."""
        from playground.data.images import scale
        from playground.interpret.trace import worked

        network, experiment = self._scores.network(run, epoch), run.experiment
        image = scale(pixels[None], experiment.data.scaling)
        return worked(network, experiment.architecture, place, image, channel, position)

    def window(self, run: Run, epoch: int, place: LayerRow, position: int) -> Window | None:
        """What a value of a map sees of the image; its position is counted row by row."""
        from playground.interpret.layers import seen_by

        row, column = divmod(position, place.output_shape[-1])
        return seen_by(self._scores.network(run, epoch), run.experiment.architecture, place, row, column)

    def attribution(
        self, run: Run, epoch: int, pixels: Tensor, method: str, target: int
    ) -> BackgroundJob[Attribution]:
        """What a method of `interpret.attribution` says of a class score for an image uint8 [28, 28]."""

        def work() -> Work[Attribution]:
            from playground.interpret.attribution import attribution

            yield 0.1  # the first time Captum is imported, which takes a moment
            network, experiment = self._scores.network(run, epoch), run.experiment
            return attribution(method, network, experiment.architecture, pixels, experiment.data, target)

        return self._jobs.ask(("attribution", run.run, epoch, method, target, pixels.numpy().tobytes()), work)

    # ------------------------------------------------------------------------------- many images

    def top(self, run: Run, epoch: int, place: LayerRow) -> BackgroundJob[TopImages]:
        """The images of a run that each channel of a place answers most strongly."""
        sampled = self.images(run)

        def work() -> Work[TopImages]:
            from playground.interpret.top_activations import top_images
            from playground.network.inference import evaluation_batch

            network, experiment = self._scores.network(run, epoch), run.experiment
            batch = evaluation_batch(experiment.architecture)
            return (yield from top_images(network, place, sampled.images.pixels, experiment.data, batch))

        return self._jobs.ask(("top", run.run, epoch, place.modules, sampled.fingerprint), work)

    def activity(self, run: Run, epoch: int) -> BackgroundJob[Activity]:
        """Statistics of activations and gradients after an epoch, on the first `WATCHED` images."""
        sampled = self.images(run)

        def work() -> Work[Activity]:
            from playground.interpret.activations import activity
            from playground.network.inference import evaluation_batch

            yield 0.0
            experiment = run.experiment
            batch = max(1, evaluation_batch(experiment.architecture) // 2)  # forward and backward
            images = first_of(sampled.images, WATCHED)
            network = self._scores.network(run, epoch)
            return activity(network, experiment.architecture, images, experiment.data, batch)

        return self._jobs.ask(("activity", run.run, epoch, sampled.fingerprint), work)

    # ----------------------------------------------------------------------------------- ablations

    def room_for(self, layer: LayerRow) -> int:
        """How many images may be used, so that what leaves the layer can be kept."""
        import torch

        return MOST_BYTES // (4 * torch.Size(layer.output_shape).numel())

    def known(self, run: Run, epoch: int, layer: LayerRow, count: int) -> BackgroundJob[LayerOutputs]:
        """What leaves a layer for the first images of a run, so that only what follows runs again."""
        sampled = self.images(run)
        images = first_of(sampled.images, min(count, self.room_for(layer)))

        def work() -> Work[LayerOutputs]:
            from playground.interpret.ablation import ablated, activations
            from playground.network.inference import evaluation_batch

            network, experiment = self._scores.network(run, epoch), run.experiment
            batch = evaluation_batch(experiment.architecture)
            values = yield from activations(network, layer.stage, images.pixels, experiment.data, batch)
            logits = ablated(network, layer.stage, values, {}, "zero", batch)
            return LayerOutputs(layer.stage, values, logits, images)

        key = ("activations", run.run, epoch, layer.stage, len(images), sampled.fingerprint)
        return self._jobs.ask(key, work)

    def ablate(
        self, run: Run, epoch: int, known: LayerOutputs, muted: Muted, fill: str
    ) -> tuple[Tensor, AblationResult]:
        """Class scores [n, 10] with filters muted, and what that did. Layers before the known one cannot be."""
        from playground.interpret.ablation import ablated, effect
        from playground.network.inference import evaluation_batch

        key = fill, tuple((layer, tuple(channels)) for layer, channels in sorted(muted.items()) if channels)
        before = self._ablated.setdefault(known, {})
        if key not in before:
            if len(before) >= MOST_ABLATIONS:
                before.clear()
            batch = evaluation_batch(run.experiment.architecture)
            network = self._scores.network(run, epoch)
            logits = ablated(network, known.layer, known.values, muted, fill, batch)
            before[key] = logits, effect(known.logits, logits, known.images.labels)
        return before[key]

    def single_ablations(self, run: Run, epoch: int, known: LayerOutputs, fill: str) -> BackgroundJob[Tensor]:
        """The accuracy with each filter of a layer muted alone, float64 [c]."""

        def work() -> Work[Tensor]:
            from playground.interpret.ablation import one_by_one
            from playground.network.inference import evaluation_batch

            batch = evaluation_batch(run.experiment.architecture)
            network = self._scores.network(run, epoch)
            return (yield from one_by_one(network, known.layer, known.values, known.images.labels, fill, batch))

        return self._jobs.ask(("each alone", run.run, epoch, known.layer, len(known.images), fill), work)


def first_of(images: Images, count: int) -> Images:
    """The first images of a group: views, not copies."""
    return type(images)(images.pixels[:count], images.labels[:count])
