"""The training loop: a generator of frozen events. Running it is someone else's job."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from playground.core.augment import augment
from playground.core.events import (
    BatchEnd,
    Diverged,
    EpochEnd,
    EpochMetrics,
    Event,
    Finished,
    RateChanged,
    Started,
)
from playground.core.experiment import Experiment
from playground.core.fashion import CLASS_NAMES, FashionData, Images, scale, split
from playground.core.inference import evaluation_batch, loss_and_accuracy, predict_logits
from playground.core.network import build_network
from playground.core.optimizers import build_optimizer
from playground.core.precision import name_of, resolve_device, resolve_precision
from playground.core.schedule import learning_rate
from playground.core.training import Steps

MOST_POINTS = 2000
"""Batch events of a whole run at most; longer runs report the mean over several batches of an epoch."""

HOPELESS_LOSS = 10 * math.log(len(CLASS_NAMES))
HOPELESS_BATCHES = 100
"""A smoothed loss ten times that of guessing, for this many batches, is a divergence."""


@dataclass(frozen=True)
class Steering:
    """What the training is told between two batches.

    Attributes:
        stop: End here.
        learning_rate: The schedule's full rate from here on; None leaves it as it is.
        report: Report the next batch by itself, because somebody goes step by step.
    """

    stop: bool = False
    learning_rate: float | None = None
    report: bool = False


def straight_on() -> Steering:
    """Steering that never intervenes."""
    return Steering()


def generator(seed: int, purpose: str) -> torch.Generator:
    """A random generator of its own for each purpose of a run, so that no two disturb each other."""
    digest = hashlib.sha256(f"{seed}:{purpose}".encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "little"))


def train(
    experiment: Experiment,
    data: FashionData,
    clock: Callable[[], float],
    steer: Callable[[], Steering] = straight_on,
) -> Iterator[Event]:
    """Train an experiment.

    Args:
        experiment: What to train; its layers must fit (see `playground.core.plan.check`).
        data: The images.
        clock: Seconds, from any start; only differences count.
        steer: Asked between batches. It may block (a pause; the time does not count) and may stop the run.

    Yields:
        `Started`, `BatchEnd` and `EpochEnd`, then `Finished` or `Diverged`. A run that is stopped within an
        epoch closes that epoch with the images seen so far, so that what was on the screen is kept; one that
        is stopped before its first batch has nothing to judge and ends without `Finished`.

    Raises:
        ExperimentError: The device that was asked for is not there.
    """
    run = _Run(experiment, data, clock, steer)
    yield run.started()
    for epoch in range(1, experiment.training.epochs + 1):
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


@dataclass
class _Tally:
    """What the batches gave, kept as tensors until it is read: reading one would wait for the device."""

    losses: list[Tensor] = field(default_factory=list)
    right: list[Tensor] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)

    def add(self, loss: Tensor, right: Tensor, size: int) -> None:
        self.losses.append(loss)
        self.right.append(right)
        self.sizes.append(size)

    def read(self) -> tuple[list[float], _Sums]:
        """The loss of each batch, and the sums over their images."""
        losses = torch.stack(self.losses).tolist()
        loss = sum(loss * size for loss, size in zip(losses, self.sizes, strict=True))
        return losses, _Sums(loss, int(torch.stack(self.right).sum()), sum(self.sizes))


@dataclass(frozen=True)
class _Sums:
    """Sums over training images: of their losses, of right answers, and how many they are."""

    loss: float = 0.0
    right: int = 0
    images: int = 0

    def __add__(self, other: _Sums) -> _Sums:
        return _Sums(self.loss + other.loss, self.right + other.right, self.images + other.images)

    def means(self) -> tuple[float, float]:
        return self.loss / self.images, self.right / self.images


class _Run:
    """The moving parts of one training."""

    def __init__(
        self,
        experiment: Experiment,
        data: FashionData,
        clock: Callable[[], float],
        steer: Callable[[], Steering],
    ) -> None:
        self.experiment, self.data, self.clock, self.steer = experiment, data, clock, steer
        self.settings = experiment.training
        seed = self.settings.seed
        self.device = resolve_device(self.settings.device)
        self.precision = resolve_precision(self.settings.precision, self.device)
        self.order, self.noise = generator(seed, "order"), generator(seed, "augmentation")
        self.network: nn.Sequential = build_network(
            experiment.architecture, generator(seed, "weights"), self._dropout_generator(seed)
        ).to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.optimizer = build_optimizer(self.settings.optimizer, self.network.parameters())
        self.evaluation_batch = evaluation_batch(experiment.architecture)
        images = split(data, experiment.data.validation, experiment.data.fraction)
        self.images, self.validation = images.train, images.validation
        self.batches_in_epoch = len(batches(torch.arange(len(self.images)), self.settings.batch_size))
        self.report_every = math.ceil(self.batches_in_epoch / (MOST_POINTS // self.settings.epochs))
        self.step = self.images_seen = self.hopeless = 0
        self.smoothed = 0.0
        self.full_rate = self.settings.optimizer.learning_rate
        self.tally, self.sums = _Tally(), _Sums()
        self.seconds = self.epoch_started = self.paused = 0.0
        self.stopped = False
        self.diverged: Diverged | None = None
        self.last: EpochEnd | None = None

    def _dropout_generator(self, seed: int) -> torch.Generator:
        wanted = generator(seed, "dropout")
        return torch.Generator(self.device).manual_seed(wanted.initial_seed())

    def started(self) -> Started:
        return Started(
            device=self.device.type,
            precision=name_of(self.precision),
            threads=torch.get_num_threads(),
            parameters=sum(parameter.numel() for parameter in self.network.parameters()),
            train_images=len(self.images),
            validation_images=len(self.validation) if self.validation else 0,
            batches_in_epoch=self.batches_in_epoch,
        )

    # ------------------------------------------------------------------------------------ one epoch

    def epoch(self, number: int) -> Iterator[Event]:
        """Train through all images once; the last event is the `EpochEnd`, unless nothing was trained."""
        self._restart_optimizer(number)
        self.network.train()
        self.sums, self.epoch_started, self.paused = _Sums(), self.clock(), 0.0
        for batch in batches(self._order(), self.settings.batch_size):
            told = self._ask()
            if self.stopped:
                break
            if told.learning_rate not in (None, self.full_rate):
                yield self._change_rate(told.learning_rate)
            self._step(batch)
            if told.report or len(self.tally.sizes) == self.report_every:
                yield self._report()
                if self.diverged:
                    return
        if self.tally.sizes:
            yield self._report()
        if self.sums.images and not self.diverged:
            yield from self._close(number)

    def _ask(self) -> Steering:
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
        losses, sums = self.tally.read()
        self.tally, self.sums = _Tally(), self.sums + sums
        self.diverged = self._divergence(losses)
        seconds = self.seconds + self._epoch_seconds()
        return BatchEnd(self.step, *sums.means(), self._rate(), self.images_seen, seconds)

    def _order(self) -> Tensor:
        count = len(self.images)
        return torch.randperm(count, generator=self.order) if self.settings.shuffle else torch.arange(count)

    def _restart_optimizer(self, number: int) -> None:
        schedule = self.settings.schedule
        if isinstance(schedule, Steps) and schedule.restart_optimizer and number - 1 in schedule.milestones:
            self.optimizer = build_optimizer(self.settings.optimizer, self.network.parameters())

    def _rate(self) -> float:
        return float(self.optimizer.param_groups[0]["lr"])

    def _step(self, batch: Tensor) -> None:
        pixels = augment(self.images.pixels[batch], self.settings.augmentation, self.noise)
        inputs = scale(pixels, self.experiment.data.scaling).to(self.device, memory_format=torch.channels_last)
        labels = self.images.labels[batch].to(self.device)
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

    def _divergence(self, losses: list[float]) -> Diverged | None:
        for step, loss in enumerate(losses, self.step - len(losses) + 1):
            if not math.isfinite(loss):
                return Diverged(step, f"at batch {step:,} the loss is not a finite number")
            self.smoothed = loss if step == 1 else 0.9 * self.smoothed + 0.1 * loss
            self.hopeless = self.hopeless + 1 if self.smoothed > HOPELESS_LOSS else 0
            if self.hopeless >= HOPELESS_BATCHES:
                return Diverged(
                    step,
                    f"at batch {step:,} the loss had been above {HOPELESS_LOSS:.0f}, ten times that of "
                    f"guessing, for {HOPELESS_BATCHES} batches",
                )
        return None

    # ---------------------------------------------------------------------------------- evaluation

    def _logits(self, images: Images) -> Tensor:
        return predict_logits(self.network, images.pixels, self.experiment.data.scaling, self.evaluation_batch)

    def _close(self, number: int) -> Iterator[EpochEnd]:
        seconds = self._epoch_seconds()
        self.seconds += seconds
        weights = {name: value.detach().cpu().clone() for name, value in self.network.state_dict().items()}
        if not all(torch.isfinite(value).all() for value in weights.values()):
            self.diverged = Diverged(self.step, f"after batch {self.step:,} a weight is not a finite number")
            return
        logits, loss, accuracy = None, None, None
        if self.validation:
            logits = self._logits(self.validation)
            loss, accuracy = loss_and_accuracy(logits, self.validation.labels)
            if not math.isfinite(loss):
                self.diverged = self._overflow("validation")
                return
        means = self.sums.means()
        metrics = EpochMetrics(number, self.sums.images, *means, loss, accuracy, self._rate(), seconds)
        self.last = EpochEnd(metrics, weights, logits)
        yield self.last

    def _overflow(self, part: str) -> Diverged:
        reason = f"after batch {self.step:,} the loss of the {part} images is not a finite number"
        return Diverged(self.step, reason)

    def finished(self) -> Iterator[Finished | Diverged]:
        """Judge once, on the test images. Where they guided the run, their last scores are taken."""
        if self.last is None:
            return
        logits = self.last.validation_logits if self.experiment.data.validation == "test" else None
        if logits is None:
            logits = self._logits(self.data.test)
        loss, accuracy = loss_and_accuracy(logits, self.data.test.labels)
        if math.isfinite(loss):
            yield Finished(self.stopped, logits, loss, accuracy)
        else:
            yield self._overflow("test")
