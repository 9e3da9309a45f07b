"""Looking inside the networks of a run, through the lab."""

import pytest
import torch
from patience import until
from small import TINY

from playground.analysis import inside
from playground.analysis.inside import WATCHED, first_of
from playground.data.images import FashionData, scale
from playground.errors import RunError
from playground.interpret.activations import activity
from playground.interpret.layers import Window, output_at, per_channel
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.system.jobs import BackgroundJob
from playground.training.record import Run

EXPERIMENT = TINY.changed({"architecture.hidden": [{"units": 8}], "architecture.input_batch_norm": True})


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run]:
    lab = Lab(Settings(home=tmp_path_factory.mktemp("finished"), threads=1), InlineExecutor())
    return lab, lab.library.run(lab.trainer.start(EXPERIMENT))


def result(job: BackgroundJob):
    until(lambda: job.is_over)
    return job.result()


def test_the_images_of_a_run_by_its_validation(finished: tuple[Lab, Run], sample: FashionData) -> None:
    lab, run = finished
    assert lab.inside.groups(run) == ("validation", "test")
    assert len(lab.inside.images(run).images) == 500
    assert torch.equal(lab.inside.images(run, "test").images.pixels, sample.test.pixels)
    for validation, groups in (("none", ("training", "test")), ("test", ("test",))):
        other = run.model_copy(update={"experiment": run.experiment.changed({"data.validation": validation})})
        assert lab.inside.groups(other) == groups
        expected = sample.test if validation == "test" else sample.train
        assert torch.equal(lab.inside.images(other).images.pixels, expected.pixels)


def test_a_networks_own_scores_come_out_last(finished: tuple[Lab, Run]) -> None:
    lab, run = finished
    for epoch in (1, 2):
        judged = lab.scores.scored(run, "validation", epoch)
        found = lab.inside.outputs(run, epoch, judged.images.pixels[7])
        torch.testing.assert_close(found["output"], judged.logits[7], rtol=1e-4, atol=1e-5)


def test_what_can_be_muted_are_layers_with_channels_of_their_own(finished: tuple[Lab, Run]) -> None:
    lab, run = finished
    assert [layer.stage for layer in lab.inside.layers(run)] == ["conv1", "dense1"]


def test_an_ablation_starts_from_the_kept_scores_and_is_remembered(
    finished: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    lab, run = finished
    layer = lab.inside.layers(run)[0]
    known = result(lab.inside.known(run, 2, layer, 300))
    judged = lab.scores.scored(run, "validation")
    torch.testing.assert_close(known.logits, judged.logits[:300], rtol=1e-4, atol=1e-5)
    assert len(known.images) == 300
    logits, effect = lab.inside.ablate(run, 2, known, {"conv1": (0, 1, 2, 3), "dense1": ()}, "zero")
    assert effect.images == 300
    assert effect.before == pytest.approx(
        float((judged.logits.argmax(1) == judged.images.labels)[:300].double().mean())
    )
    from playground.interpret import ablation

    monkeypatch.setattr(ablation, "ablated", lambda *_: pytest.fail("it was worked out again"))
    assert lab.inside.ablate(run, 2, known, {"conv1": (0, 1, 2, 3)}, "zero")[0] is logits


def test_no_more_images_than_there_is_room_for(finished: tuple[Lab, Run], monkeypatch: pytest.MonkeyPatch) -> None:
    lab, run = finished
    layer = lab.inside.layers(run)[0]
    assert layer.output_shape == (4, 4, 4)
    monkeypatch.setattr(inside, "MOST_BYTES", 4 * 64 * 40)
    assert lab.inside.room_for(layer) == 40
    assert len(result(lab.inside.known(run, 1, layer, 500)).images) == 40


def test_statistics_are_those_of_the_first_images(finished: tuple[Lab, Run]) -> None:
    lab, run = finished
    found = result(lab.inside.activity(run, 1))
    images = first_of(lab.inside.images(run).images, WATCHED)
    expected = activity(lab.scores.network(run, 1), EXPERIMENT.architecture, images, EXPERIMENT.data, 250)
    assert found.images == 500
    assert found.loss == pytest.approx(expected.loss)
    assert found.gradients == pytest.approx(expected.gradients)
    assert found.loss == pytest.approx(run.epochs[0].validation_loss, rel=1e-4)  # these are all there are


def test_strongest_images_and_attributions_are_worked_out_once(finished: tuple[Lab, Run]) -> None:
    lab, run = finished
    place = lab.inside.places(run)[1]
    top = lab.inside.top(run, 2, place)
    assert result(top).among == 500
    assert lab.inside.top(run, 2, place) is top
    pixels = lab.inside.images(run).images.pixels[3]
    one = lab.inside.attribution(run, 2, pixels, "Saliency", 4)
    assert result(one).pixels.shape == (28, 28)
    assert lab.inside.attribution(run, 2, pixels.clone(), "Saliency", 4) is one
    assert lab.inside.attribution(run, 2, pixels, "Saliency", 5) is not one


def test_a_frame_is_what_the_strongest_value_has_a_gradient_of(finished: tuple[Lab, Run]) -> None:
    lab, run = finished
    place = next(row for row in lab.inside.places(run) if row.stage == "conv1")
    found = result(lab.inside.top(run, 2, place))
    network, images = lab.scores.network(run, 2), lab.inside.images(run).images
    for channel, (number, position) in enumerate(zip(found.images[:, 0], found.positions[:, 0], strict=True)):
        image = scale(images.pixels[number][None], EXPERIMENT.data.scaling).requires_grad_()
        value = per_channel(output_at(network, place, image))[0, channel, position]
        assert value.item() == pytest.approx(found.values[channel, 0].item(), rel=1e-4)
        (gradient,) = torch.autograd.grad(value, image)
        (top, bottom), (left, right) = (
            gradient[0, 0].abs().sum(axis).nonzero()[[0, -1], 0].tolist() for axis in (1, 0)
        )
        assert lab.inside.window(run, 2, place, int(position)) == Window(top, left, bottom, right)


def test_weights_that_were_not_kept_are_told(finished: tuple[Lab, Run]) -> None:
    lab, run = finished
    with pytest.raises(RunError, match="has no epoch 9: it has epochs 1 to 2"):
        result(lab.inside.activity(run, 9))
    with pytest.raises(RunError, match="has no epoch 9: it has epochs 1 to 2"):
        lab.inside.outputs(run, 9, lab.inside.images(run).images.pixels[0])
