"""The training loop while it runs: batches, steps, time, another rate, stopping and diverging."""

import itertools
import math
from typing import Any

import pytest
import torch
from small import SHAKEN, TINY, tiny
from tensors import same
from torch import Tensor
from torch.nn import functional
from trainings import Clock, Stopper, last_weights, of, trained

from playground.data.images import FashionData
from playground.network.inference import predict_logits
from playground.training import engine
from playground.training.divergence import HOPELESS_LOSS
from playground.training.engine import MOST_POINTS, TrainingControl, batches, train
from playground.training.events import (
    BatchEnd,
    EpochEnd,
    Event,
    RateChanged,
    TrainingDiverged,
    TrainingFinished,
    TrainingStarted,
)


class TestChangingTheRate:
    EXPERIMENT = TINY.changed({"data.fraction": 1.0})  # 7 batches of 32 in each of 2 epochs

    def test_counts_from_the_next_batch_on_and_is_said_once(self, few: FashionData) -> None:
        asked = itertools.count(1)
        events = trained(
            self.EXPERIMENT, few, lambda: TrainingControl(learning_rate=0.02 if next(asked) > 3 else None)
        )
        assert of(RateChanged, events) == [RateChanged(step=3, epoch=3 / 7, learning_rate=0.02)]
        rates = [event.learning_rate for event in of(BatchEnd, events)]
        assert rates == pytest.approx([0.1] * 3 + [0.02] * 11)

    def test_the_shape_of_the_schedule_goes_on(self, few: FashionData) -> None:
        cosine = self.EXPERIMENT.changed({"training.schedule.name": "cosine"})
        before = [event.learning_rate for event in of(BatchEnd, trained(cosine, few))]
        halved = trained(cosine, few, lambda: TrainingControl(learning_rate=0.05))
        assert [event.learning_rate for event in of(BatchEnd, halved)] == pytest.approx([r / 2 for r in before])

    def test_the_same_rate_changes_nothing(self, few: FashionData) -> None:
        told = trained(self.EXPERIMENT, few, lambda: TrainingControl(learning_rate=0.1))
        assert of(RateChanged, told) == []
        alone = of(EpochEnd, trained(self.EXPERIMENT, few))[-1].weights
        assert all(torch.equal(value, alone[name]) for name, value in of(EpochEnd, told)[-1].weights.items())

    def test_step_by_step_every_batch_is_reported(self, few: FashionData, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("playground.training.engine.MOST_POINTS", 2)  # otherwise one report an epoch
        assert [event.step for event in of(BatchEnd, trained(self.EXPERIMENT, few))] == [7, 14]
        stepped = trained(self.EXPERIMENT, few, lambda: TrainingControl(report=True))
        assert [event.step for event in of(BatchEnd, stepped)] == list(range(1, 15))


class TestStopping:
    EXPERIMENT = TINY.changed({"data.fraction": 1.0})  # 220 images: 7 batches of 32

    def test_within_an_epoch_closes_it_with_what_was_seen(self, few: FashionData) -> None:
        events = trained(self.EXPERIMENT, few, Stopper(at=4))
        (end,) = of(EpochEnd, events)
        assert (end.metrics.epoch, end.metrics.images) == (1, 96)
        finished = events[-1]
        assert isinstance(finished, TrainingFinished)
        assert finished.stopped
        assert of(BatchEnd, events)[-1].step == 3

    def test_between_two_epochs_opens_no_new_one(self, few: FashionData) -> None:
        events = trained(self.EXPERIMENT, few, Stopper(at=8))
        assert [end.metrics.images for end in of(EpochEnd, events)] == [220]
        assert of(TrainingFinished, events)[0].stopped

    def test_before_the_first_batch_leaves_nothing_to_judge(self, few: FashionData) -> None:
        events = trained(self.EXPERIMENT, few, Stopper(at=1))
        assert [type(event) for event in events] == [TrainingStarted]

    def test_nobody_stopped_a_run_that_is_done(self, few: FashionData) -> None:
        assert not of(TrainingFinished, trained(self.EXPERIMENT, few))[0].stopped


class TestDiverging:
    def diverged(self, data: FashionData, **changes: Any) -> tuple[TrainingDiverged, list[Event]]:
        events = trained(TINY.changed({key.replace("_", ".", 1): value for key, value in changes.items()}), data)
        last = events[-1]
        assert isinstance(last, TrainingDiverged)
        assert not of(TrainingFinished, events)
        return last, events

    def test_by_a_loss_that_is_no_number(self, few: FashionData) -> None:
        last, events = self.diverged(
            few,
            architecture_hidden=[{"units": 64}] * 4,
            training_optimizer={"name": "sgd", "learning_rate": 1e6},
            data_fraction=1.0,
        )
        assert "the loss is not a finite number" in last.reason
        assert all(math.isfinite(event.loss) for event in of(BatchEnd, events)[:-1])

    def test_by_a_hopeless_loss(self, few: FashionData) -> None:
        last, events = self.diverged(
            few,
            architecture_layers=[],
            architecture_hidden=[{"units": 8, "activation": "tanh"}],  # bounded: it stays finite
            training_optimizer={"name": "sgd", "learning_rate": 1000},
            training_batch_size=4,
            training_epochs=9,
            data_fraction=1.0,
        )
        assert "for 100 batches" in last.reason
        assert last.step >= 100
        losses = [event.loss for event in of(BatchEnd, events)]
        assert all(math.isfinite(loss) for loss in losses)
        assert sum(losses[last.step - 100 : last.step]) / 100 > HOPELESS_LOSS

    def test_by_weights_that_are_no_numbers(self, few: FashionData, monkeypatch: pytest.MonkeyPatch) -> None:
        def spoilt(*arguments: Any, **settings: Any) -> Tensor:
            loss = functional.cross_entropy(*arguments, **settings)
            loss.register_hook(lambda gradient: gradient * math.inf)
            return loss

        class Functional:
            cross_entropy = staticmethod(spoilt)

        monkeypatch.setattr(engine, "functional", Functional)
        last, _ = self.diverged(few, training_batch_size=8192)
        assert last == TrainingDiverged(1, "after batch 1 a weight is not a finite number")

    @pytest.mark.parametrize(("validation", "part"), [("held-out", "validation"), ("none", "test")])
    def test_by_scores_that_overflow_where_the_weights_do_not(
        self, few: FashionData, validation: str, part: str
    ) -> None:
        last, events = self.diverged(
            few,
            architecture_layers=[],
            architecture_hidden=[{"units": 64}] * 4,
            training_optimizer={"name": "sgd", "learning_rate": 1e9, "weight_decay": 10.0},
            training_batch_size=8192,
            training_epochs=1,
            data_validation=validation,
        )
        assert last.reason == f"after batch 1 the loss of the {part} images is not a finite number"
        assert len(of(EpochEnd, events)) == (validation == "none")

    def test_a_label_that_is_hard_is_no_divergence(self, few: FashionData) -> None:
        assert of(TrainingFinished, trained(tiny(label_smoothing=0.9), few))


class TestTime:
    def test_a_pause_does_not_count(self, few: FashionData) -> None:
        def seconds(pause: float) -> tuple[list[float], float]:
            clock = Clock()

            def steer() -> TrainingControl:
                clock.now += pause
                return TrainingControl()

            events = list(train(TINY, few, clock, steer))
            return [event.metrics.seconds for event in of(EpochEnd, events)], of(BatchEnd, events)[
                -1
            ].train_seconds

        assert seconds(pause=1000.0) == seconds(pause=0.0)

    def test_it_is_time_of_training_alone(self, few: FashionData, monkeypatch: pytest.MonkeyPatch) -> None:
        def slow(clock: Clock, *arguments: Any) -> Tensor:
            clock.now += 500
            return predict_logits(*arguments)

        quick = [end.metrics.seconds for end in of(EpochEnd, trained(TINY, few))]
        clock = Clock()
        monkeypatch.setattr(engine, "predict_logits", lambda *arguments: slow(clock, *arguments))
        ends = of(EpochEnd, list(train(TINY, few, clock)))
        assert [end.metrics.seconds for end in ends] == quick
        assert all(second < 100 for second in quick)


class TestBatches:
    @pytest.mark.parametrize(
        ("images", "size", "sizes"),
        [
            (7, 3, [3, 4]),
            (6, 3, [3, 3]),
            (8, 3, [3, 3, 2]),
            (1, 3, [1]),
            (2, 8192, [2]),
            (3, 1, [1, 1, 1]),
            (4, 3, [4]),
        ],
    )
    def test_a_single_image_left_over_joins_the_last(self, images: int, size: int, sizes: list[int]) -> None:
        cut = batches(torch.arange(images), size)
        assert [len(batch) for batch in cut] == sizes
        assert torch.cat(cut).tolist() == list(range(images))

    def test_one_image_left_over_does_no_harm_to_batch_norm(self, few: FashionData) -> None:
        experiment = SHAKEN.changed({"training.batch_size": 73})  # 220 = 3 x 73 + 1
        ends = of(EpochEnd, trained(experiment, few))
        assert [end.metrics.images for end in ends] == [220, 220]

    def test_every_batch_is_reported_in_a_short_run(self, few: FashionData) -> None:
        events = trained(TINY.changed({"data.fraction": 1.0}), few)
        reports = of(BatchEnd, events)
        assert [report.step for report in reports] == list(range(1, 15))
        assert reports[-1].images == 440
        assert reports == sorted(reports, key=lambda report: report.train_seconds)

    @pytest.mark.parametrize(("epochs", "size"), [(1000, 4), (700, 5), (3, 1)])
    def test_a_long_run_is_thinned_to_2000_points(
        self, few: FashionData, monkeypatch: pytest.MonkeyPatch, epochs: int, size: int
    ) -> None:
        monkeypatch.setattr(engine.TrainingLoop, "take_step", _counted_only)
        monkeypatch.setattr(engine.TrainingLoop, "close_epoch", lambda run, number: iter(()))
        experiment = TINY.changed({"training.epochs": epochs, "training.batch_size": size, "data.fraction": 0.1})
        events = trained(experiment, few)
        started = of(TrainingStarted, events)[0]
        reports = of(BatchEnd, events)
        assert len(reports) <= MOST_POINTS
        assert reports[-1].step == started.batches_in_epoch * epochs

    def test_the_points_of_an_epoch_have_its_mean(self, few: FashionData, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engine, "MOST_POINTS", 6)
        events = trained(TINY.changed({"data.fraction": 1.0, "training.batch_size": 15}), few)
        ends, reports = of(EpochEnd, events), of(BatchEnd, events)
        assert len(reports) == 6
        images = 0
        for end, part in zip(ends, (reports[:3], reports[3:]), strict=True):
            weights = [
                now.images - before for now, before in zip(part, [images, *(r.images for r in part)], strict=False)
            ]
            images = part[-1].images
            for name in ("loss", "accuracy"):
                mean = sum(w * getattr(r, name) for w, r in zip(weights, part, strict=True)) / sum(weights)
                assert mean == pytest.approx(getattr(end.metrics, f"train_{name}"))


def _counted_only(run: Any, batch: Tensor) -> None:
    run.tally.add(torch.tensor(1.0), torch.tensor(0), len(batch))
    run.step += 1
    run.images_seen += len(batch)


class TestSteps:
    def rates(self, events: list[Event]) -> list[float]:
        return [event.learning_rate for event in of(BatchEnd, events)]

    def test_the_rate_drops_behind_its_epoch(self, few: FashionData) -> None:
        schedule = {"name": "steps", "milestones": [1, 2], "factor": 0.1}
        experiment = TINY.changed({"training.schedule": schedule, "training.epochs": 3, "data.fraction": 1.0})
        assert self.rates(trained(experiment, few)) == pytest.approx([0.1] * 7 + [0.01] * 7 + [0.001] * 7)

    def test_the_optimizer_forgets_its_state_there_if_told(
        self, few: FashionData, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def made(restart: bool) -> int:
            count = 0
            build = engine_build

            def counting(*arguments: Any) -> torch.optim.Optimizer:
                nonlocal count
                count += 1
                return build(*arguments)

            monkeypatch.setattr(engine, "build_optimizer", counting)
            schedule = {"name": "steps", "milestones": [1, 3], "factor": 1.0, "restart_optimizer": restart}
            changes = {"training.schedule": schedule, "training.optimizer": {"name": "adam"}, "training.epochs": 4}
            results[restart] = last_weights(trained(TINY.changed(changes), few))
            return count

        results: dict[bool, dict[str, Tensor]] = {}
        engine_build = engine.build_optimizer
        assert (made(restart=False), made(restart=True)) == (1, 3)
        assert not same(results[False], results[True])
