"""The training loop: a generator of frozen events. Running it is someone else's job."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.data.images import FashionData, Images, scale, split
from playground.errors import ExperimentError
from playground.experiment.experiment import Experiment
from playground.network.build import build_network
from playground.network.inference import evaluation_batch, loss_and_accuracy, predict_logits
from playground.network.precision import (
    compute_exactly,
    memory_layout,
    name_of,
    resolve_device,
    resolve_precision,
)
from playground.training.augment import all_garments, augment
from playground.training.checkpoint import Checkpoint, Start
from playground.training.divergence import DivergenceWatch, by_scores, by_weights
from playground.training.events import (
    BatchEnd,
    EpochEnd,
    EpochMetrics,
    Event,
    RateChanged,
    TrainingDiverged,
    TrainingFinished,
    TrainingStarted,
)
from playground.training.optimizers import build_optimizer, load_tensors, tensors_of
from playground.training.schedule import highest_share, learning_rate
from playground.training.statistics import Sums, Tally

MOST_POINTS = 2000
"""Batch events of a whole run at most; longer runs report the mean over several batches of an epoch."""


@dataclass(frozen=True)
class TrainingControl:
    """What the training is told between two batches.

    Attributes:
        stop: End here.
        learning_rate: The schedule's full rate from here on; None leaves it as it is.
        report: Report the next batch by itself, because somebody goes step by step.
    """

    stop: bool = False
    learning_rate: float | None = None
    report: bool = False


def straight_on() -> TrainingControl:
    """Training control that never intervenes."""
    return TrainingControl()


def generator(seed: int, purpose: str, device: torch.device | str = "cpu") -> torch.Generator:
    """A random generator of its own for each purpose of a run, so that no two disturb each other."""
    return torch.Generator(device).manual_seed(derived_seed(seed, purpose))


def derived_seed(seed: int, purpose: str) -> int:
    """A seed of 64 bits for one purpose of a run."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{purpose}".encode()).digest()[:8], "little")


def train(
    experiment: Experiment,
    data: FashionData,
    clock: Callable[[], float],
    steer: Callable[[], TrainingControl] = straight_on,
    start: Start | None = None,
) -> Iterator[Event]:
    """Train an experiment.

    Args:
        experiment: What to train; its layers must fit (see `playground.network.plan.check`).
        data: The images.
        clock: Seconds, from any start; only differences count.
        steer: Asked between batches. It may block (a pause; the time does not count) and may stop the run.
        start: Where to go on, after an epoch; on the same machine, PyTorch, device, precision and number of
            threads the weights become those of a training that was never interrupted.

    Yields:
        `TrainingStarted`, `BatchEnd` and `EpochEnd`, then `TrainingFinished` or `TrainingDiverged`. A run that is
        stopped within an epoch closes that epoch with the images seen so far, so that what was on the screen is
        kept; one that is stopped before its first batch has nothing to judge and ends without `TrainingFinished`.

    Raises:
        ExperimentError: The device that was asked for is not there, or the schedule gives every batch a rate of 0.
    """
    run = TrainingLoop(experiment, data, clock, steer)
    if start is not None:
        run.go_on(start)
    yield run.started()
    for epoch in range(run.epochs + 1, experiment.training.epochs + 1):
        yield from run.epoch(epoch)
        if run.diverged or run.stopped:
            break
    if run.diverged:
        yield run.diverged
    else:
        yield from run.finished()


def batches(order: Tensor, size: int) -> list[Tensor]:
    """Cut an order into batches; a single image left over joins the last one (batch norm needs two)."""
    cut = list(torch.split(order, size))
    if size > 1 and len(cut) > 1 and len(cut[-1]) == 1:
        cut[-2:] = [torch.cat(cut[-2:])]
    return cut


class TrainingLoop:
    """The moving parts of one training."""

    def __init__(
        self,
        experiment: Experiment,
        data: FashionData,
        clock: Callable[[], float],
        steer: Callable[[], TrainingControl],
    ) -> None:
        self.experiment, self.data, self.clock, self.steer = experiment, data, clock, steer
        self.settings = experiment.training
        seed = self.settings.seed
        self.device = resolve_device(self.settings.device)
        self.precision = resolve_precision(self.settings.precision, self.device)
        self.layout = memory_layout(self.device)
        compute_exactly(self.device)
        self.order, self.noise = generator(seed, "order"), generator(seed, "augmentation")
        self.dropout = generator(seed, "dropout", self.device)
        self.network: nn.Sequential = build_network(
            experiment.architecture, generator(seed, "weights"), self.dropout
        ).to(self.device, memory_format=self.layout)  # type: ignore[call-overload]
        self.optimizer = build_optimizer(self.settings.optimizer, self.network.parameters())
        self.garments = all_garments().to(self.device) if self.settings.augmentation.drawn else None
        self.evaluation_batch = evaluation_batch(experiment.architecture)
        choice = experiment.data
        images = split(data, choice.validation, choice.fraction, choice.fold, choice.folds)
        self.images, self.validation = images.train.to(self.device), images.validation
        self.batches_in_epoch = len(batches(torch.arange(len(self.images)), self.settings.batch_size))
        self._refuse_to_stand_still()
        self.report_every = math.ceil(self.batches_in_epoch / (MOST_POINTS // self.settings.epochs))
        self.epochs = self.step = self.images_seen = 0
        self.full_rate = self.settings.optimizer.learning_rate
        self.tally, self.sums, self.watch = Tally(), Sums(), DivergenceWatch()
        self.seconds = self.epoch_started = self.paused = 0.0
        self.stopped = self.can_be_judged = False
        self.diverged: TrainingDiverged | None = None
        self.last_scores: Tensor | None = None

    def _refuse_to_stand_still(self) -> None:
        """A schedule begins with the share that it has before the first batch: one batch may never see more."""
        count = self.batches_in_epoch * self.settings.epochs
        if highest_share(self.settings, count, self.batches_in_epoch) == 0:
            batches = f"{count} batch{'es' * (count > 1)}"
            raise ExperimentError(
                f"training.schedule: {self.settings.schedule.name} gives {batches} the learning rate 0 throughout,"
                " so nothing would be learned. Train for more epochs, with smaller batches or more images, or use "
                "another schedule."
            )

    def go_on(self, start: Start) -> None:
        """Take up where a training was after an epoch."""
        state = start.state
        self.network.load_state_dict(dict(start.weights))
        load_tensors(self.optimizer, state.optimizer)
        for purpose, source in self._generators().items():
            if purpose in state.generators:
                source.set_state(state.generators[purpose])
            else:
                source.manual_seed(derived_seed(self.settings.seed, f"{purpose} from epoch {state.epoch}"))
        self.epochs, self.seconds, self.full_rate = state.epoch, state.seconds, state.full_rate
        self.step, self.images_seen = state.epoch * self.batches_in_epoch, state.epoch * len(self.images)
        self.watch.smoothed, self.watch.hopeless = state.smoothed_loss, state.hopeless_batches
        self.can_be_judged, self.last_scores = True, start.validation_logits

    def _generators(self) -> dict[str, torch.Generator]:
        return {"order": self.order, "augmentation": self.noise, "dropout": self.dropout}

    def _state(self) -> Checkpoint:
        return Checkpoint(
            epoch=self.epochs,
            seconds=self.seconds,
            full_rate=self.full_rate,
            smoothed_loss=self.watch.smoothed,
            hopeless_batches=self.watch.hopeless,
            optimizer=tensors_of(self.optimizer),
            generators={purpose: source.get_state() for purpose, source in self._generators().items()},
        )

    def started(self) -> TrainingStarted:
        """The first event: where and on how many images it is trained."""
        return TrainingStarted(
            device=self.device.type,
            precision=name_of(self.precision),
            threads=torch.get_num_threads(),
            torch=torch.__version__,
            train_images=len(self.images),
            batches_in_epoch=self.batches_in_epoch,
        )

    # ------------------------------------------------------------------------------------ one epoch

    def epoch(self, number: int) -> Iterator[Event]:
        """Train through all images once; the last event is the `EpochEnd`, unless nothing was trained."""
        self._restart_optimizer(number)
        self.network.train()
        self.sums, self.epoch_started, self.paused = Sums(), self.clock(), 0.0
        for batch in batches(self._order(), self.settings.batch_size):
            told = self._ask()
            if self.stopped:
                break
            if told.learning_rate not in (None, self.full_rate):
                yield self._change_rate(told.learning_rate)
            self.take_step(batch)
            if told.report or len(self.tally) == self.report_every:
                yield self._report()
                if self.diverged:
                    return
        if self.tally:
            yield self._report()
        if self.sums.images and not self.diverged:
            yield from self.close_epoch(number)

    def _ask(self) -> TrainingControl:
        asked = self.clock()
        told = self.steer()
        self.paused += self.clock() - asked
        self.stopped = told.stop
        return told

    def _change_rate(self, full_rate: float) -> RateChanged:
        self.full_rate = full_rate
        return RateChanged(self.step, self.step / self.batches_in_epoch, full_rate)

    def _epoch_seconds(self) -> float:
        return self.clock() - self.epoch_started - self.paused

    def _report(self) -> BatchEnd:
        losses, sums = self.tally.take()
        self.sums += sums
        self.diverged = self.watch.see(losses, self.step)
        seconds = self.seconds + self._epoch_seconds()
        return BatchEnd(self.step, *sums.means(), self._rate(), self.images_seen, seconds)

    def _order(self) -> Tensor:
        count = len(self.images)
        return torch.randperm(count, generator=self.order) if self.settings.shuffle else torch.arange(count)

    def _restart_optimizer(self, number: int) -> None:
        if number - 1 in self.settings.schedule.restarts:
            self.optimizer = build_optimizer(self.settings.optimizer, self.network.parameters())

    def _rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def take_step(self, batch: Tensor) -> None:
        """One optimizer step on a batch, int64 [n]: the places of its images."""
        images = self.images.take(batch.to(self.device))
        pixels = augment(images, self.settings.augmentation, self.noise, self.garments)
        inputs = scale(pixels, self.experiment.data.scaling).to(memory_format=self.layout)
        labels = images.labels
        share = self.full_rate / self.settings.optimizer.learning_rate  # 1 unless somebody changed it by hand
        rate = share * learning_rate(self.settings, self.step, self.batches_in_epoch)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        with torch.autocast(self.device.type, self.precision, enabled=self.precision != torch.float32):
            logits = self.network(inputs)
        loss = functional.cross_entropy(logits.float(), labels, label_smoothing=self.settings.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        self.optimizer.step()
        self.tally.add(loss.detach(), (logits.detach().argmax(1) == labels).sum(), len(batch))
        self.step += 1
        self.images_seen += len(batch)

    # ---------------------------------------------------------------------------------- evaluation

    def _logits(self, images: Images) -> Tensor:
        return predict_logits(self.network, images.pixels, self.experiment.data, self.evaluation_batch)

    def close_epoch(self, number: int) -> Iterator[EpochEnd]:
        """The end of an epoch: its weights, its means and its validation scores."""
        seconds = self._epoch_seconds()
        self.seconds += seconds
        weights = {name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()}
        self.diverged = by_weights(weights.values(), self.step)
        if self.diverged:
            return
        logits, loss, accuracy = None, None, None
        if self.validation:
            logits = self._logits(self.validation)
            loss, accuracy = loss_and_accuracy(logits, self.validation.labels)
            self.diverged = by_scores("validation", loss, self.step)
            if self.diverged:
                return
        means = self.sums.means()
        metrics = EpochMetrics(number, self.sums.images, *means, loss, accuracy, self._rate(), seconds)
        self.can_be_judged, self.last_scores = True, logits
        self.epochs = number
        whole = self.sums.images == len(self.images)
        yield EpochEnd(metrics, weights, logits, self._state() if whole else None)

    def finished(self) -> Iterator[TrainingFinished | TrainingDiverged]:
        """Judge once, on the test images. Where they guided the run, their last scores are taken."""
        if not self.can_be_judged:
            return
        logits = self.last_scores if self.experiment.data.validation == "test" else None
        if logits is None:
            logits = self._logits(self.data.test)
        loss, accuracy = loss_and_accuracy(logits, self.data.test.labels)
        yield by_scores("test", loss, self.step) or TrainingFinished(self.stopped, logits, loss, accuracy)
