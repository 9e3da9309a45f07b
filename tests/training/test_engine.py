"""The training loop, held against PyTorch by hand and against itself."""

import threading
import weakref
from itertools import zip_longest
from typing import Any

import pytest
import torch
from small import SHAKEN, TINY, tiny
from tensors import same
from torch import Tensor
from torch.nn import functional
from trainings import Clock, last_weights, of, trained

from playground.data.images import FashionData, scale, split
from playground.errors import ExperimentError
from playground.experiment.experiment import DataChoice
from playground.network.build import build_network
from playground.network.inference import load_network, loss_and_accuracy, predict_logits
from playground.training import engine
from playground.training.engine import TrainingControl, generator, train
from playground.training.events import (
    BatchEnd,
    EpochEnd,
    Event,
    TrainingDiverged,
    TrainingFinished,
    TrainingStarted,
)


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
    def judged(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
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


def test_no_weights_are_held_between_two_epochs(few: FashionData) -> None:
    events = train(tiny(epochs=2), few, Clock())
    kept = [weakref.ref(event.weights["output.weight"]) for event in events if isinstance(event, EpochEnd)]
    assert len(kept) == 2
    assert kept[0]() is None


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
    assert kinds == ["TrainingStarted", *epoch, *epoch, "TrainingFinished"]


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
