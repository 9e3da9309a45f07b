"""The training loop, held against PyTorch by hand and against itself."""

import itertools
import math
import threading
import weakref
from itertools import zip_longest
from typing import Any

import pytest
import torch
from small import SHAKEN, TINY, tiny
from torch import Tensor
from torch.nn import functional
from trainings import Clock, Stopper, last_weights, of, trained

from playground.data.images import FashionData, scale, split
from playground.errors import ExperimentError
from playground.experiment.experiment import DataChoice
from playground.network.build import build_network
from playground.network.inference import load_network, loss_and_accuracy, predict_logits
from playground.training import engine
from playground.training.divergence import HOPELESS_LOSS
from playground.training.engine import MOST_POINTS, TrainingControl, batches, generator, train
from playground.training.events import (
    BatchEnd,
    EpochEnd,
    Event,
    RateChanged,
    TrainingDiverged,
    TrainingFinished,
    TrainingStarted,
)


def same(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


@pytest.fixture(scope="module")
def alone(few: FashionData) -> dict[str, Tensor]:
    """The weights of SHAKEN, trained alone."""
    return last_weights(trained(SHAKEN, few))


class TestOneSeedOneResult:
    def test_the_same_seed_gives_the_same_weights_and_scores(
        self, few: FashionData, alone: dict[str, Tensor]
    ) -> None:
        again = trained(SHAKEN, few)
        assert same(last_weights(again), alone)
        first, second = of(TrainingFinished, trained(SHAKEN, few))[0], of(TrainingFinished, again)[0]
        assert torch.equal(first.test_logits, second.test_logits)
        assert first.test_accuracy == second.test_accuracy

    def test_another_seed_gives_others(self, few: FashionData, alone: dict[str, Tensor]) -> None:
        other = last_weights(trained(SHAKEN.changed({"training.seed": 1}), few))
        assert not torch.equal(other["conv1.conv.weight"], alone["conv1.conv.weight"])

    def test_two_trainings_taking_turns(self, few: FashionData, alone: dict[str, Tensor]) -> None:
        other = SHAKEN.changed({"training.seed": 1})
        turns = zip_longest(train(SHAKEN, few, Clock()), train(other, few, Clock()))
        mine, theirs = zip(*turns, strict=True)
        assert same(last_weights(list(mine)), alone)
        assert same(last_weights(list(theirs)), last_weights(trained(other, few)))

    def test_two_trainings_in_two_threads(self, few: FashionData, alone: dict[str, Tensor]) -> None:
        results: dict[int, list[Event]] = {}

        def work(number: int) -> None:
            results[number] = trained(SHAKEN, few)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert same(last_weights(results[0]), alone)
        assert same(last_weights(results[1]), alone)

    def test_somebody_predicts_and_draws_random_numbers_meanwhile(
        self, few: FashionData, alone: dict[str, Tensor]
    ) -> None:
        network = load_network(SHAKEN.architecture, alone)
        events = []
        for event in train(SHAKEN, few, Clock()):
            events.append(event)
            torch.manual_seed(len(events))
            torch.rand(7)
            predict_logits(network, few.test.pixels, DataChoice())
        assert same(last_weights(events), alone)

    def test_it_leaves_the_process_wide_generator_alone(self, few: FashionData) -> None:
        before = torch.get_rng_state()
        trained(SHAKEN, few)
        assert torch.equal(torch.get_rng_state(), before)

    def test_each_purpose_has_numbers_of_its_own(self) -> None:
        states = [generator(seed, purpose).initial_seed() for seed in (0, 1) for purpose in ("weights", "order")]
        assert len(set(states)) == 4
        assert generator(2**32 - 1, "order").initial_seed() == generator(2**32 - 1, "order").initial_seed()

    @pytest.mark.parametrize("purpose", ["mirror", "dropout"])
    def test_dropout_and_augmentation_take_part(self, few: FashionData, purpose: str) -> None:
        changes = {
            "mirror": {"training.augmentation.mirror": True},
            "dropout": {"architecture.layers.0.dropout": 0.3},
        }
        plain, changed = (last_weights(trained(e, few)) for e in (TINY, TINY.changed(changes[purpose])))
        assert not same(plain, changed)


class TestWhatIsLearned:
    def test_it_is_a_plain_loop_of_pytorch(self, few: FashionData) -> None:
        experiment = TINY.changed({"data.fraction": 1.0})
        images = split(few, "held-out", 1.0).train
        network = build_network(TINY.architecture, generator(0, "weights"))
        optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
        order = generator(0, "order")
        for _ in range(2):
            for batch in torch.split(torch.randperm(len(images), generator=order), 32):
                optimizer.zero_grad()
                logits = network(scale(images.pixels[batch], "unit"))
                functional.cross_entropy(logits, images.labels[batch]).backward()
                optimizer.step()
        found = last_weights(trained(experiment, few))
        for name, value in network.state_dict().items():
            torch.testing.assert_close(found[name], value, rtol=1e-4, atol=1e-6)

    @pytest.mark.parametrize("smoothing", [0.0, 0.2])
    def test_the_loss_of_an_epoch_is_the_mean_over_its_images(self, few: FashionData, smoothing: float) -> None:
        still = TINY.changed(
            {
                "training.optimizer.learning_rate": 1e-12,
                "training.label_smoothing": smoothing,
                "training.batch_size": 50,  # the last batch is smaller
                "data.fraction": 1.0,
            }
        )
        images = split(few, "held-out", 1.0)
        assert images.validation is not None
        network = build_network(TINY.architecture, generator(0, "weights"))
        with torch.no_grad():
            logits = network(scale(images.train.pixels, "unit"))
            expected = functional.cross_entropy(logits, images.train.labels, label_smoothing=smoothing).item()
        metrics = of(EpochEnd, trained(still, few))[0].metrics
        assert metrics.train_loss == pytest.approx(expected, rel=1e-5)
        assert metrics.train_accuracy == pytest.approx(
            (logits.argmax(1) == images.train.labels).double().mean().item()
        )
        assert metrics.images == len(images.train)
        loss, accuracy = loss_and_accuracy(
            predict_logits(network, images.validation.pixels, DataChoice()), images.validation.labels
        )
        assert (metrics.validation_loss, metrics.validation_accuracy) == (pytest.approx(loss), accuracy)

    def test_it_learns_on_real_images(self, sample: FashionData) -> None:
        experiment = TINY.changed({"data.fraction": 0.4, "training.optimizer.name": "momentum"})
        assert of(TrainingFinished, trained(experiment, sample))[0].test_accuracy > 0.6

    @pytest.mark.parametrize(
        "changes",
        [
            {"architecture.layers": [], "architecture.hidden": [{"units": 8}]},
            {"architecture.layers": []},
            {"data.validation": "none"},
            {"data.fraction": 0.01},
            {"training.batch_size": 8192},
            {"training.batch_size": 1},
            {"training.shuffle": False},
            {"data.scaling": "raw", "training.optimizer.learning_rate": 1e-4},
            {"data.scaling": "standard"},
            {"architecture.layers.0.batch_norm": True, "architecture.input_batch_norm": True},
            {"training.precision": "auto", "training.device": "auto"},
            *({"training.optimizer.name": name} for name in ("momentum", "nesterov", "adam", "adamw", "rmsprop")),
            *({"training.schedule.name": name} for name in ("steps", "cosine", "one-cycle")),
        ],
        ids=str,
    )
    def test_every_setting_comes_to_its_end(self, few: FashionData, changes: dict[str, Any]) -> None:
        changes = {"training.optimizer.learning_rate": 0.01, **changes}
        events = trained(TINY.changed(changes), few)
        assert isinstance(events[0], TrainingStarted)
        assert isinstance(events[-1], TrainingFinished)
        assert [event.metrics.epoch for event in of(EpochEnd, events)] == [1, 2]
        assert len(events[-1].test_logits) == len(few.test)

    @pytest.mark.parametrize("seed", range(3))
    def test_the_network_that_was_kept_gives_the_scores_that_were_kept(self, few: FashionData, seed: int) -> None:
        events = trained(SHAKEN.changed({"training.seed": seed}), few)
        network = load_network(SHAKEN.architecture, last_weights(events))
        finished = of(TrainingFinished, events)[0]
        torch.testing.assert_close(predict_logits(network, few.test.pixels, DataChoice()), finished.test_logits)
        assert (finished.test_loss, finished.test_accuracy) == loss_and_accuracy(
            finished.test_logits, few.test.labels
        )


class TestPrecision:
    def test_bfloat16_trains_and_float32_evaluates(self, few: FashionData) -> None:
        events = trained(TINY.changed({"training.precision": "bfloat16", "data.scaling": "standard"}), few)
        assert of(TrainingStarted, events)[0].precision == "bfloat16"
        end = of(EpochEnd, events)[-1]
        assert {value.dtype for value in end.weights.values()} == {torch.float32}
        assert end.validation_logits.dtype == torch.float32
        validation = split(few, "held-out", 1.0).validation
        assert validation is not None
        expected = predict_logits(
            load_network(TINY.architecture, end.weights), validation.pixels, DataChoice(scaling="standard")
        )
        torch.testing.assert_close(end.validation_logits, expected, rtol=1e-5, atol=1e-5)  # bfloat16 errs by 1e-2
        float32 = last_weights(trained(TINY.changed({"data.scaling": "standard"}), few))
        assert not same(float32, dict(end.weights))

    def test_evaluation_is_scaled_as_training(self, few: FashionData) -> None:
        raw = TINY.changed({"data.scaling": "raw", "training.optimizer.learning_rate": 1e-5})
        events = trained(raw, few)
        network = load_network(raw.architecture, last_weights(events))
        expected = predict_logits(network, few.test.pixels, DataChoice(scaling="raw"))
        torch.testing.assert_close(of(TrainingFinished, events)[0].test_logits, expected, rtol=1e-4, atol=1e-4)


class TestTheTestImages:
    @pytest.fixture
    def scored(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """How many images were evaluated, each time it was done."""
        calls: list[int] = []

        def counting(network: Any, pixels: Tensor, *rest: Any) -> Tensor:
            calls.append(len(pixels))
            return predict_logits(network, pixels, *rest)

        monkeypatch.setattr(engine, "predict_logits", counting)
        return calls

    def test_they_are_looked_at_once_at_the_end(self, few: FashionData, judged: list[int]) -> None:
        trained(tiny(epochs=3), few)
        held_out = split(few, "held-out", 1.0).validation
        assert held_out is not None
        assert judged == [len(held_out)] * 3 + [100]

    def test_and_not_again_where_they_guided_the_run(self, few: FashionData, judged: list[int]) -> None:
        events = trained(TINY.changed({"data.validation": "test"}), few)
        assert judged == [100, 100]
        end, finished = of(EpochEnd, events)[-1], of(TrainingFinished, events)[0]
        assert torch.equal(finished.test_logits, end.validation_logits)
        assert (finished.test_loss, finished.test_accuracy) == (
            end.metrics.validation_loss,
            end.metrics.validation_accuracy,
        )

    def test_once_without_validation(self, few: FashionData, judged: list[int]) -> None:
        events = trained(TINY.changed({"data.validation": "none"}), few)
        assert judged == [100]
        assert of(EpochEnd, events)[-1].metrics.validation_loss is None
        assert of(EpochEnd, events)[-1].validation_logits is None

    def test_never_in_a_run_that_diverged(self, few: FashionData, judged: list[int]) -> None:
        hidden = {"architecture.hidden": [{"units": 64}] * 4}
        events = trained(
            TINY.changed({"training.optimizer.learning_rate": 1e9, "data.fraction": 1.0} | hidden), few
        )
        assert isinstance(events[-1], TrainingDiverged)
        assert judged == []


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


def test_no_weights_are_held_between_two_epochs(few: FashionData) -> None:
    events = train(tiny(epochs=2), few, Clock())
    kept = [weakref.ref(event.weights["output.weight"]) for event in events if isinstance(event, EpochEnd)]
    assert len(kept) == 2
    assert kept[0]() is None


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
        monkeypatch.setattr(engine._Run, "_step", _counted_only)
        monkeypatch.setattr(engine._Run, "_close", lambda run, number: iter(()))
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


def test_a_schedule_that_would_train_nothing_is_refused(few: FashionData) -> None:
    """One-cycle from 0 has a rate of 0 before the first batch, and one batch sees no other."""
    one = tiny(schedule={"name": "one-cycle", "start": 0.0}, epochs=1, batch_size=4096)
    with pytest.raises(ExperimentError, match="one-cycle gives 1 batch the learning rate 0 throughout"):
        list(train(one, few, clock=lambda: 0.0))
    two = one.changed({"training.epochs": 2})
    assert isinstance(list(train(two, few, clock=lambda: 0.0))[-1], TrainingFinished)


def test_events_are_frozen_and_in_order(few: FashionData) -> None:
    events = trained(TINY, few)
    with pytest.raises(AttributeError):
        events[1].step = 5  # type: ignore[misc,union-attr]
    kinds = [type(event).__name__ for event in events]
    epoch = ["BatchEnd"] * (len(of(BatchEnd, events)) // 2) + ["EpochEnd"]
    assert kinds == ["Started", *epoch, *epoch, "Finished"]


def test_weights_of_an_epoch_never_change_afterwards(few: FashionData) -> None:
    kept: list[tuple[Any, dict[str, Tensor]]] = []
    for event in train(SHAKEN, few, Clock()):
        if isinstance(event, EpochEnd):
            kept.append((event, {name: value.clone() for name, value in event.weights.items()}))
    assert all(same(dict(event.weights), copy) for event, copy in kept)
    assert not same(kept[0][1], kept[1][1])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")
class TestOnAGraphicsCard:
    """What holds on the processor holds there; run where there is one."""

    def test_the_images_live_there_and_the_same_seed_gives_the_same_weights(self, few: FashionData) -> None:
        there = SHAKEN.changed({"training.device": "cuda", "training.precision": "float32"})
        one, other = last_weights(trained(there, few)), last_weights(trained(there, few))
        assert same(one, other)

    def test_bfloat16_learns_as_well(self, few: FashionData) -> None:
        for precision in ("float32", "bfloat16"):
            there = TINY.changed({"training.device": "cuda", "training.precision": precision})
            losses = [epoch.metrics.train_loss for epoch in of(EpochEnd, trained(there, few))]
            assert losses[-1] < losses[0]

    def test_it_starts_from_the_same_weights_and_sees_the_same_images(self, few: FashionData) -> None:
        first = []
        for device in ("cpu", "cuda"):
            # without dropout, whose masks are drawn on the device
            here = SHAKEN.changed(
                {
                    "training.device": device,
                    "training.precision": "float32",
                    "architecture.layers.0.dropout": 0.0,
                    "architecture.hidden.0.dropout": 0.0,
                }
            )
            events = train(here, few, Clock(), lambda: TrainingControl(report=True))
            first.append(next(event.loss for event in events if isinstance(event, BatchEnd)))
        assert first[0] == pytest.approx(first[1], rel=1e-3)
