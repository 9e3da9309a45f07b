"""Looking at runs: their own images and kept scores, and the sample in place of a full set that is not here."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from mirror import needs_debian
from records import record
from sklearn.neighbors import NearestNeighbors
from small import TINY

from playground.data.images import KNOWN_FINGERPRINTS, FashionData, split
from playground.errors import DataError, RunError
from playground.experiment.experiment import Validation
from playground.interpret import neighbours
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.network import inference
from playground.network.inference import loss_and_accuracy
from playground.runs.reader import RunReader
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import DataOrigin, Run

FULL = DataOrigin(name="full", source="local", fingerprint=KNOWN_FINGERPRINTS["full"], verified=True)


@pytest.fixture
def inline(home: Path) -> Lab:
    """Trains where it is told to."""
    return Lab(Settings(home=home), InlineExecutor())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run]:
    """A lab with one finished run; nobody may change it."""
    lab = Lab(Settings(home=tmp_path_factory.mktemp("finished")), InlineExecutor())
    return lab, lab.library.run(lab.trainer.start(TINY))


class TestLikeness:
    def test_what_takes_seconds_is_done_beforehand_and_once(
        self, finished: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lab, run = finished
        lab.scores.prepare_neighbours(run).finished()
        monkeypatch.setattr(neighbours, "Reference", lambda *_: pytest.fail("it was compared again"))
        lab.scores.prepare_neighbours(run).finished()
        image = lab.scores.images(run, "test").pixels[0]
        beside = lab.scores.neighbours(run, image)
        assert 0 <= beside.typicality.ood_percentile <= 1
        assert len(beside.nearest) == neighbours.NEIGHBOURS

    @pytest.mark.parametrize("number", [0, 5, 600])
    def test_it_is_what_scikit_learn_finds_among_the_training_images(
        self, finished: tuple[Lab, Run], sample: FashionData, number: int
    ) -> None:
        lab, run = finished
        image, parts = sample.test.pixels[number], split(sample, "held-out", 1.0)
        assert parts.validation is not None
        network = lab.scores.network(run)
        train, usual, one = (
            neighbours.features(network, pixels, run.experiment.data)
            for pixels in (parts.train.pixels, parts.validation.pixels, image[None])
        )
        reference = NearestNeighbors(n_neighbors=10, metric="cosine").fit(train)
        distances, nearest = reference.kneighbors(one)
        tenth = reference.kneighbors(usual)[0][:, -1]
        found = lab.scores.neighbours(run, image)
        assert found.among == len(parts.train) == 5500
        assert torch.equal(found.nearest.pixels, parts.train.pixels[nearest[0, :5]])
        assert found.typicality.cosines.tolist() == pytest.approx(1 - distances[0, :5], abs=1e-5)
        assert found.typicality.ood_percentile == pytest.approx(
            (tenth < distances[0, -1]).mean(), abs=1 / len(tenth)
        )

    def test_a_fault_is_told_to_whoever_asks(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        with pytest.raises(RunError, match="has no weights"):
            lab.scores.prepare_neighbours(run.model_copy(update={"epochs": ()}))


class TestOwnImages:
    def test_scores_belong_to_their_images(self, finished: tuple[Lab, Run], sample: FashionData) -> None:
        lab, run = finished
        assert len(lab.scores.images(run, "test")) == 1000
        test = loss_and_accuracy(lab.scores.logits(run, "test"), lab.scores.images(run, "test").labels)
        assert test == (run.test_loss, run.test_accuracy)
        validation = split(sample, "held-out", 1.0).validation
        assert validation is not None
        assert torch.equal(lab.scores.images(run, "validation").pixels, validation.pixels)
        for epoch in run.epochs:
            found = loss_and_accuracy(lab.scores.logits(run, "validation", epoch.epoch), validation.labels)
            assert found == (epoch.validation_loss, epoch.validation_accuracy)
        assert torch.equal(lab.scores.logits(run, "validation"), lab.scores.logits(run, "validation", 2))

    def test_looking_twice_reads_once(self, finished: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch) -> None:
        lab, run = finished
        shown = [
            lab.scores.images(run, "validation"),
            lab.scores.logits(run, "validation", 1),
            lab.scores.logits(run, "test"),
        ]
        monkeypatch.setattr(RunReader, "_load", lambda *_: pytest.fail("it was read again"))
        again = [
            lab.scores.images(run, "validation"),
            lab.scores.logits(run, "validation", 1),
            lab.scores.logits(run, "test"),
        ]
        assert all(one is other for one, other in zip(shown, again, strict=True))

    def test_a_network_with_large_maps_is_asked_few_images_at_a_time(
        self, inline: Lab, few: FashionData, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = inline.library.run(inline.trainer.start(TINY))
        monkeypatch.setattr("playground.network.inference.VALUES_AT_ONCE", 2**12)
        largest: list[int] = []
        scale = inference.scale
        monkeypatch.setattr(inference, "scale", lambda p, s: (largest.append(len(p)), scale(p, s))[1])
        inline.scores.probabilities(run, few.test.pixels)
        assert max(largest) == inference.evaluation_batch(TINY.architecture) < len(few.test)

    def test_probabilities_are_those_of_the_kept_scores(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        images = lab.scores.images(run, "test")
        found = lab.scores.probabilities(run, images.pixels)
        torch.testing.assert_close(found, lab.scores.logits(run, "test").softmax(1))
        assert found.sum(1) == pytest.approx(1)
        earlier = lab.scores.probabilities(run, images.pixels, epoch=1)
        assert not torch.equal(earlier, found)

    def test_a_run_judged_with_mirror_images_is_asked_so_everywhere(self, inline: Lab) -> None:
        run = inline.library.run(inline.trainer.start(TINY.changed({"data.test_time_mirror": True})))
        images, scores = inline.scores.images(run, "test"), inline.scores.logits(run, "test")
        assert loss_and_accuracy(scores, images.labels) == (run.test_loss, run.test_accuracy)
        for pixels in (images.pixels[:50], images.pixels[:50].flip(2)):
            torch.testing.assert_close(inline.scores.probabilities(run, pixels), scores[:50].softmax(1))

    def test_an_epoch_that_was_not_trained(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        for epoch in (3, -1, 99_999):
            with pytest.raises(RunError, match=f"has no epoch {epoch}: it has epochs 1 to 2"):
                lab.scores.logits(run, "validation", epoch)

    def test_a_run_without_validation(self, inline: Lab) -> None:
        run = inline.library.run(inline.trainer.start(TINY.changed({"data.validation": "none"})))
        for look in (inline.scores.images, inline.scores.logits):
            with pytest.raises(RunError, match="has no validation images: it was trained on all of them"):
                look(run, "validation")

    def test_a_run_without_weights(self, inline: Lab, few: FashionData) -> None:
        run = record(epochs=())
        with pytest.raises(RunError, match="Run tiny has no weights: no epoch of it was kept"):
            inline.scores.probabilities(run, few.test.pixels)
        with pytest.raises(RunError, match="Run tiny has no weights"):
            inline.scores.logits(run, "validation")

    def test_a_run_trained_on_other_images(self, inline: Lab) -> None:
        with pytest.raises(DataError, match="trained on other images than are here now: their fingerprint is"):
            inline.scores.images(record(), "test")

    @pytest.mark.parametrize("part", ["validation", "test"])
    def test_a_run_is_judged_by_them_where_they_are_here(self, finished: tuple[Lab, Run], part: Any) -> None:
        lab, run = finished
        seen = lab.scores.scored(run, part)
        assert (seen.run, seen.part, seen.is_substitute) == (run, part, False)
        assert torch.equal(seen.images.labels, lab.scores.images(run, part).labels)
        assert seen.logits is lab.scores.logits(run, part)

    @pytest.mark.full_data
    @needs_debian
    def test_a_run_on_the_sample_is_judged_by_the_sample_though_the_full_set_is_here(self, inline: Lab) -> None:
        run = inline.library.run(inline.trainer.start(TINY))
        assert inline.datasets.fetch().name == "full"
        seen = inline.scores.scored(run, "validation")
        assert (len(seen.images), seen.is_substitute) == (500, False)


class TestStandingIn:
    """A run on the full set while only the sample is here.

    It is really one on the sample that says otherwise: so what was kept is what has to come out.
    """

    @pytest.fixture
    def pretending(self, inline: Lab, home: Path) -> Callable[..., Run]:
        def pretend(validation: Validation = "held-out", **changes: Any) -> Run:
            run = inline.library.run(inline.trainer.start(TINY.changed({"data.validation": validation})))
            RunFolders(home).folder(run.run).write(run.model_copy(update={"data": FULL, **changes}))
            return inline.library.run(run.run)

        return pretend

    def test_its_own_images_are_not_here(self, inline: Lab, pretending: Callable[..., Run]) -> None:
        for part in ("validation", "test"):
            with pytest.raises(DataError, match="The full Fashion-MNIST is not on this machine"):
                inline.scores.images(pretending(), part)

    def test_not_by_the_sample_where_another_fold_was_held_out(
        self, inline: Lab, home: Path, pretending: Callable[..., Run]
    ) -> None:
        """It may have learned from the images that the sample holds out."""
        run = pretending()
        other = run.model_copy(update={"experiment": run.experiment.changed({"data.folds": 5})})
        RunFolders(home).folder(run.run).write(other)
        with pytest.raises(DataError, match="not on this machine"):
            inline.scores.scored(inline.library.run(run.run), "validation")

    @pytest.mark.parametrize("epoch", [1, 2, None])
    def test_the_held_out_images_of_the_sample_judge_every_epoch(
        self, inline: Lab, sample: FashionData, pretending: Callable[..., Run], epoch: int | None
    ) -> None:
        run = pretending()
        seen = inline.scores.scored(run, "validation", epoch)
        held_out = split(sample, "held-out", 1.0).validation
        assert held_out is not None
        assert torch.equal(seen.images.pixels, held_out.pixels)
        assert seen.is_substitute
        torch.testing.assert_close(seen.logits, inline.scores.logits(run, "validation", epoch))

    def test_so_they_do_where_the_full_set_is_another(
        self, inline: Lab, sample: FashionData, pretending: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = FashionData("full", "local", sample.test, sample.train, False, "0")
        monkeypatch.setattr(inline.datasets, "named", lambda name: other if name == "full" else sample)
        seen = inline.scores.scored(pretending(), "test")
        assert (len(seen.images), seen.is_substitute) == (1000, True)

    def test_its_test_images_judge_the_last_epoch(
        self, inline: Lab, sample: FashionData, pretending: Callable[..., Run]
    ) -> None:
        run = pretending()
        seen = inline.scores.scored(
            run, "test", 1
        )  # the kept scores of the test images are of the last epoch, too
        assert seen.is_substitute
        assert torch.equal(seen.images.labels, sample.test.labels)
        torch.testing.assert_close(seen.logits, inline.scores.logits(run, "test"))

    def test_looking_twice_asks_the_network_once(
        self, inline: Lab, pretending: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        run = pretending()
        first = inline.scores.scored(run, "test")
        monkeypatch.setattr(inference, "predict_logits", lambda *_: pytest.fail("it was asked again"))
        assert inline.scores.scored(run, "test").logits is first.logits

    def test_a_run_guided_by_the_test_images_is_judged_by_those_of_the_sample(
        self, inline: Lab, sample: FashionData, pretending: Callable[..., Run]
    ) -> None:
        seen = inline.scores.scored(pretending("test"), "validation")
        assert torch.equal(seen.images.pixels, sample.test.pixels)

    def test_a_run_that_learned_from_all_training_images_has_none_to_be_judged_by(
        self, inline: Lab, pretending: Callable[..., Run]
    ) -> None:
        with pytest.raises(RunError, match="has no validation images: it was trained on all of them"):
            inline.scores.scored(pretending("none"), "validation")

    def test_test_images_that_were_never_looked_at_stay_so(
        self, inline: Lab, pretending: Callable[..., Run]
    ) -> None:
        with pytest.raises(RunError, match="was not evaluated on the test images"):
            inline.scores.scored(pretending(test_accuracy=None), "test")

    def test_a_run_without_weights(self, inline: Lab) -> None:
        with pytest.raises(RunError, match="Run tiny has no weights"):
            inline.scores.scored(record(data=FULL, epochs=()), "validation")

    @pytest.mark.parametrize("name", ["full", "sample"])
    def test_a_run_on_images_that_nobody_knows_is_not_judged(self, inline: Lab, name: str) -> None:
        unknown = record(data=DataOrigin(name=name, source="local", fingerprint="0", verified=False))
        with pytest.raises(DataError):
            inline.scores.scored(unknown, "test")


class TestThroughTheEpochs:
    def test_the_course_is_that_of_the_kept_scores(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        history = lab.scores.history(run)
        assert history.epochs == (1, 2)
        assert torch.equal(torch.from_numpy(history.labels), lab.scores.images(run, "validation").labels)
        for epoch, said in zip(history.epochs, history.said, strict=True):
            assert torch.equal(
                torch.from_numpy(said).long(), lab.scores.logits(run, "validation", epoch).argmax(1)
            )
        assert history.right.mean(1).tolist() == pytest.approx([each.validation_accuracy for each in run.epochs])

    def test_an_epoch_is_read_once(self, finished: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch) -> None:
        lab, run = finished
        before = lab.scores.history(run)
        monkeypatch.setattr(RunReader, "_load", lambda *_: pytest.fail("it was read again"))
        assert (lab.scores.history(run).said == before.said).all()

    def test_an_epoch_that_was_dropped_is_left_out(self, inline: Lab) -> None:
        run = inline.library.run(inline.trainer.start(TINY.changed({"training.epochs": 3})))
        inline.library.kept(run.run).path.joinpath("epoch-0002.safetensors").unlink()
        assert inline.scores.history(run).epochs == (1, 3)
        assert inline.scores.followed(run, 0)[0] == (1, 3)

    def test_one_image_is_followed(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        epochs, chances = lab.scores.followed(run, 17)
        expected = [lab.scores.logits(run, "validation", epoch)[17].softmax(0) for epoch in epochs]
        torch.testing.assert_close(chances, torch.stack(expected))

    def test_of_many_epochs_some_are_followed_with_the_first_and_the_last(
        self, inline: Lab, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("playground.analysis.scores.MOST_FOLLOWED", 3)
        run = inline.library.run(inline.trainer.start(TINY.changed({"training.epochs": 6})))
        epochs, _ = inline.scores.followed(run, 0)
        assert (len(epochs), epochs[0], epochs[-1]) == (3, 1, 6)

    def test_without_validation_images_there_is_none(self, inline: Lab) -> None:
        run = inline.library.run(inline.trainer.start(TINY.changed({"data.validation": "none"})))
        with pytest.raises(RunError, match="no validation images"):
            inline.scores.history(run)

    def test_the_sample_stands_in(self, inline: Lab) -> None:
        example = inline.library.examples()[0]
        history = inline.scores.history(example)
        assert (history.epochs, history.said.shape) == ((4,), (1, 500))
        seen = inline.scores.scored(example, "validation")
        assert torch.equal(torch.from_numpy(history.said[0]).long(), seen.logits.argmax(1))
