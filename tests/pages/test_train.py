"""The Train page: the experiment in the sidebar, and a run while it is trained and after."""

from itertools import zip_longest
from pathlib import Path

import pytest
from opened import opened
from patience import until
from reading import said, sent
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, GARMENTS, TRAIN
from playground.app.train import live_run
from playground.app.train.progress_figures import loss_figure
from playground.errors import DataError, PyTorchError
from playground.experiment.link import from_word, to_word
from playground.experiment.optimizers import OPTIMIZERS
from playground.experiment.presets import PRESETS
from playground.experiment.schedules import SCHEDULES
from playground.lab.lab import Lab
from playground.runs.writer import RunFolders
from playground.training.record import RunState


def press(app: AppTest, label: str) -> AppTest:
    button = next(button for button in app.button if button.label == label)
    return button.click().run()


def start_button(app: AppTest):
    return next(button for button in app.button if button.label == "Start training")


def widget(app: AppTest, kind: str, end: str):
    """A widget of the form by the end of its key, whatever the revision of the form."""
    return next(w for w in getattr(app, kind) if (w.key or "").endswith(end))


def make_small(app: AppTest) -> AppTest:
    widget(app, "number_input", ":data.fraction").set_value(0.02).run()
    return widget(app, "selectbox", ":training.precision").set_value("float32").run()


def test_start_trains_in_the_background_and_the_page_shows_the_result(app: AppTest):
    make_small(app)
    press(app, "Start training")
    assert not app.exception
    (run,) = lab().library.runs()
    assert run.experiment == PRESETS["quick"].experiment.changed(
        {"data.fraction": 0.02, "training.precision": "float32"}
    )
    until(lambda: lab().library.run(run.run).state.is_final)
    app.run()
    assert lab().library.run(run.run).state is RunState.DONE
    assert "· done ·" in said(app)
    assert {metric.label for metric in app.metric} >= {"Training accuracy", "Validation accuracy", "Test accuracy"}
    assert app.query_params["run"] == run.run


def test_a_named_folder_that_cannot_be_used_is_told_and_nothing_is_trained(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "mine *x*").mkdir()
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "mine *x*"))
    for app in opened():
        with pytest.raises(DataError):
            lab().datasets.fetch()
        app.run()
        assert any(
            r"mine \*x\* or the folders in it. There is no file at all." in error.value for error in app.error
        )
        make_small(app)
        press(app, "Start training")
        assert not app.exception
        assert "Nothing else is used in its place." in app.error[-1].value
        assert lab().library.runs() == ()
        assert any(button.label == "Read the folder again" for button in app.button)


def test_a_running_run_can_be_paused_resumed_and_stopped(app: AppTest):
    widget(app, "number_input", ":training.epochs").set_value(500).run()
    make_small(app)
    press(app, "Start training")
    (run,) = lab().library.runs()
    until(lambda: len(lab().library.run(run.run).epochs) >= 1)
    press(app.run(), "Pause")
    until(lambda: lab().library.run(run.run).state is RunState.PAUSED)
    press(app.run(), "Step")
    rate = next(
        field for field in app.number_input if field.label == "Learning rate" and field.key.startswith("rate-")
    )
    rate.set_value(0.002).run()
    press(app.run(), "Resume")
    until(lambda: lab().library.run(run.run).state is RunState.RUNNING)
    press(app.run(), "Stop")
    until(lambda: lab().library.run(run.run).state.is_final)
    assert lab().library.run(run.run).state is RunState.STOPPED
    assert lab().library.run(run.run).test_accuracy is not None
    assert [change.learning_rate for change in lab().library.run(run.run).rate_changes] == [0.002]
    assert "stopped" in said(app.run())


def test_a_second_run_waits_in_the_queue_and_says_so(app: AppTest):
    widget(app, "number_input", ":training.epochs").set_value(500).run()
    make_small(app)
    press(app, "Start training")
    press(app, "Start training")
    first, second = lab().library.runs()
    until(lambda: lab().library.run(first.run).state is RunState.RUNNING)
    assert lab().library.run(second.run).state is RunState.QUEUED
    assert "place 1 in the queue" in said(app.run())


def test_every_preset_can_be_loaded(app: AppTest):
    for name in PRESETS:
        widget(app, "selectbox", ":preset").set_value(name).run()
        assert not app.exception
        assert not app.error
        assert app.session_state["session"].draft == PRESETS[name].experiment.model_dump(mode="json")


def test_layers_are_added_moved_removed_and_brought_back(app: AppTest):
    def channels() -> list[int | None]:
        return [layer.get("channels") for layer in app.session_state["session"].draft["architecture"]["layers"]]

    assert channels() == [16, 32, None, 64]
    app.button(key="down-0").click().run()
    assert channels() == [32, 16, None, 64]
    app.button(key="remove-3").click().run()
    assert channels() == [32, 16, None]
    app.button(key="add-residual").click().run()
    assert channels() == [32, 16, None, None]
    for expected in ([32, 16, None], [32, 16, None, 64], [16, 32, None, 64]):
        app.button(key="undo").click().run()
        assert channels() == expected
    assert not app.exception


def test_every_second_edit_of_the_same_field_counts(app: AppTest):
    for channels in (24, 40, 48):
        widget(app, "number_input", "layers.0.conv.channels").set_value(channels).run()
        assert app.session_state["session"].draft["architecture"]["layers"][0]["channels"] == channels


def test_every_change_of_a_value_is_undone_and_done_again(app: AppTest):
    def shown() -> tuple[str, int, float]:
        tab = app.session_state["session"]
        return tab.preset, tab.draft["training"]["epochs"], tab.draft["training"]["label_smoothing"]

    seen = [shown()]
    widget(app, "number_input", ":training.epochs").set_value(7).run()
    seen.append(shown())
    widget(app, "number_input", ":training.label_smoothing").set_value(0.05).run()
    seen.append(shown())
    widget(app, "selectbox", ":preset").set_value("accurate").run()
    seen.append(shown())
    widget(app, "number_input", ":training.epochs").set_value(9).run()
    seen.append(shown())
    for expected in reversed(seen[:-1]):
        app.button(key="undo").click().run()
        assert shown() == expected
        assert widget(app, "number_input", ":training.epochs").value == expected[1]
    assert app.button(key="undo").disabled
    for expected in seen[1:3]:
        app.button(key="redo").click().run()
        assert shown() == expected
    widget(app, "number_input", ":training.epochs").set_value(8).run()
    assert app.button(key="redo").disabled
    assert not app.exception


def test_drawing_the_form_is_no_change_that_could_be_undone(app: AppTest):
    assert app.button(key="undo").disabled
    for count, name in enumerate([name for name in PRESETS if name != "quick"], 1):
        widget(app, "selectbox", ":preset").set_value(name).run()
        app.run()
        assert len(app.session_state["session"].undo) == count


def test_an_edit_survives_leaving_the_page(app: AppTest):
    widget(app, "number_input", "layers.0.conv.channels").set_value(24).run()
    app.switch_page(GARMENTS.script).run()
    app.switch_page(TRAIN.script).run()
    assert widget(app, "number_input", "layers.0.conv.channels").value == 24


def test_layers_that_do_not_fit_are_explained_before_training(app: AppTest):
    widget(app, "number_input", "layers.0.conv.stride").set_value(3).run()
    widget(app, "selectbox", "layers.0.conv.padding").set_value("same").run()
    assert 'conv1: "same" padding needs stride 1' in app.error[0].value
    assert start_button(app).disabled
    assert not app.exception


def test_a_contradiction_is_explained_and_nothing_can_be_started(app: AppTest):
    widget(app, "number_input", ":training.batch_size").set_value(1).run()
    assert "batch norm needs at least two images" in app.error[0].value
    assert start_button(app).disabled


@pytest.mark.parametrize(
    ("end", "value", "sentence"),
    [
        ("layers.0.conv.channels", 0, "Layer 1, Channels: 0 is too small. The least is 1."),
        ("layers.0.conv.kernel", 99, "Layer 1, Kernel: 99 is too large. The most is 28."),
        (":training.optimizer.adamw.learning_rate", 0.0, "Learning rate: 0.0 is too small."),
        (":training.epochs", 100_000, "Epochs: 100000 is too large. The most is 1,000."),
        (":data.fraction", 2.0, "Fraction: 2.0 is too large. The most is 1."),
    ],
)
def test_a_number_out_of_range_gets_its_sentence(app: AppTest, end: str, value: float, sentence: str):
    widget(app, "number_input", end).set_value(value).run()
    assert not app.exception
    assert sentence in app.error[0].value
    assert start_button(app).disabled


def test_train_goes_on_showing_its_run_while_others_are_looked_at(trained_app: AppTest):
    widget(trained_app, "number_input", ":training.epochs").set_value(500).run()
    make_small(trained_app)
    press(trained_app, "Start training")
    old, new = lab().library.runs()
    trained_app.switch_page(CONFUSION.script).run()
    trained_app.sidebar.selectbox[0].set_value(old.run).run()
    trained_app.query_params.clear()
    trained_app.switch_page(TRAIN.script).run()
    assert f"run {new.run}" in said(trained_app)


@pytest.mark.parametrize("text", ["5, 3", "x", "0", ""])
def test_milestones_are_typed_with_commas(app: AppTest, text):
    widget(app, "selectbox", ":training.schedule.name").set_value("steps").run()
    widget(app, "text_input", "schedule.steps.milestones").set_value(text).run()
    assert not app.exception
    assert bool(app.error) == (text != "")


def test_every_optimizer_and_schedule_has_its_own_fields(app: AppTest):
    training = app.session_state["session"].draft["training"]
    for optimizer, schedule in zip_longest(OPTIMIZERS.tags, SCHEDULES.tags, fillvalue="constant"):
        widget(app, "selectbox", ":training.optimizer.name").set_value(optimizer).run()
        widget(app, "selectbox", ":training.schedule.name").set_value(schedule).run()
        assert not app.exception
        assert not app.error
        assert (training["optimizer"]["name"], training["schedule"]["name"]) == (optimizer, schedule)


def test_the_choices_of_the_curves_reach_the_figures(trained_app: AppTest, monkeypatch: pytest.MonkeyPatch):
    views = []
    monkeypatch.setattr(
        live_run, "loss_figure", lambda snapshot, view: views.append(view) or loss_figure(snapshot, view)
    )
    (old,) = lab().library.runs()
    new = lab().trainer.start(old.experiment)
    until(lambda: lab().library.run(new).state.is_final)
    trained_app.query_params["run"] = new
    trained_app.run()
    assert (views[-1].log, views[-1].ghost) == (False, None)
    trained_app.toggle(key="view_log").set_value(True).run()
    trained_app.toggle(key="view_ghost").set_value(True).run()
    assert not trained_app.exception
    assert views[-1].log
    assert views[-1].ghost.run == old.run


def test_an_unknown_run_in_the_address_is_named(app: AppTest):
    app.query_params["run"] = "20200101-000000-dead"
    app.run()
    assert not app.exception
    assert "20200101-000000-dead" in app.warning[0].value


def test_a_run_that_was_interrupted_is_offered_and_goes_on(trained_app: AppTest, home: Path):
    (done,) = lab().library.runs()
    folder = RunFolders(home).folder(done.run)
    folder.write(done.model_copy(update={"state": RunState.RUNNING}))
    lab.clear()
    trained_app.run()
    until(lambda: lab().is_warm)
    assert "interrupted" in said(trained_app.run())
    press(trained_app, "Resume")
    until(lambda: lab().library.run(done.run).state is RunState.DONE)
    assert lab().library.run(done.run).test_accuracy == done.test_accuracy
    assert "resumed after epoch 2" in said(trained_app.run())


def test_other_interrupted_runs_are_offered_beside_the_one_that_is_shown(trained_app: AppTest, home: Path):
    (done,) = lab().library.runs()
    experiment = done.experiment.changed({"training.seed": 1})
    started = lab().trainer.start(experiment)
    until(lambda: lab().library.run(started).state is RunState.DONE)
    lab.clear()
    folder = RunFolders(home).folder(started)
    folder.write(folder.read().model_copy(update={"state": RunState.RUNNING}))
    trained_app.query_params["run"] = done.run
    trained_app.run()
    until(lambda: lab().is_warm)
    assert "1 interrupted run can be resumed" in [each.label for each in trained_app.run().expander]
    trained_app.button(key=f"resume-{started}").click().run()
    until(lambda: lab().library.run(started).state is RunState.DONE)
    trained_app.run()
    assert trained_app.query_params["run"] == started
    assert not [each for each in trained_app.expander if "interrupted" in each.label]
    assert not trained_app.exception


def test_a_finished_run_is_trained_on_as_a_fork(trained_app: AppTest):
    (parent,) = lab().library.runs()
    widget(trained_app, "number_input", f"fork-epochs-{parent.run}-2").set_value(3).run()
    press(trained_app, "Start the fork")
    _, fork = lab().library.runs()
    until(lambda: lab().library.run(fork.run).state is RunState.DONE)
    assert (fork.parent, fork.parent_epoch) == (parent.run, 2)
    assert [epoch.epoch for epoch in lab().library.run(fork.run).epochs] == [1, 2, 3]
    assert f"fork of run {parent.run} after epoch 2" in said(trained_app.run())
    assert not trained_app.exception


def test_a_fork_that_cannot_be_is_told_in_a_sentence(trained_app: AppTest):
    (parent,) = lab().library.runs()
    widget(trained_app, "number_input", f"fork-rate-{parent.run}").set_value(0.0).run()
    press(trained_app, "Start the fork")
    assert not trained_app.exception
    assert "learning_rate" in trained_app.error[0].value
    assert lab().library.runs() == (parent,)


def test_a_link_opens_its_experiment_and_undo_brings_back_what_was_there(app: AppTest):
    shared = PRESETS["lenet-relu"].experiment.changed({"training.seed": 77})
    app.query_params["experiment"] = to_word(shared)
    app.run()
    assert app.session_state["session"].draft == shared.model_dump(mode="json")
    assert "From the link" in said(app)
    assert "experiment" not in app.query_params
    app.button(key="undo").click().run()
    assert app.session_state["session"].draft == PRESETS["quick"].experiment.model_dump(mode="json")
    app.button(key="notice").click().run()
    assert "From the link" not in said(app)


@pytest.mark.parametrize("word", ["nonsense", to_word(PRESETS["quick"].experiment)[:-20], "%00"])
def test_a_link_that_cannot_be_is_told_and_changes_nothing(app: AppTest, word: str):
    app.query_params["experiment"] = word
    app.run()
    assert not app.exception
    assert "The link contains no experiment." in said(app)
    assert app.session_state["session"].draft == PRESETS["quick"].experiment.model_dump(mode="json")


def test_the_link_that_is_given_away_opens_the_same_experiment(app: AppTest):
    widget(app, "number_input", "layers.0.conv.channels").set_value(24).run()
    (code,) = [code.value for code in app.code if "?experiment=" in code.value]
    shared = from_word(code.partition("?experiment=")[2])
    assert shared.model_dump(mode="json") == app.session_state["session"].draft


def test_augmentation_is_shown_on_images_and_others_are_a_press_away(app: AppTest):
    until(lambda: lab().is_warm)
    app.run()
    assert not sent(app, "gallery")  # quick changes nothing
    widget(app, "number_input", ":training.augmentation.drawn").set_value(1.0).run()
    (first,) = sent(app, "gallery")
    assert len(first["tiles"]) == 20
    assert first["tiles"][0]["alt"] == "T-shirt/top, augmented"
    press(app, "Others")
    (second,) = sent(app, "gallery")
    assert second["sheet"] != first["sheet"]
    assert not app.exception


def test_without_pytorch_the_form_says_so_and_stays(app: AppTest, monkeypatch: pytest.MonkeyPatch):
    def missing(_: Lab) -> bool:
        raise PyTorchError("PyTorch cannot be loaded.")

    widget(app, "number_input", ":training.augmentation.drawn").set_value(0.5).run()
    monkeypatch.setattr(Lab, "is_warm", property(missing))
    app.run()
    assert not app.exception
    assert start_button(app).disabled
    assert "PyTorch cannot be loaded." in said(app)


def test_a_run_that_was_deleted_elsewhere_is_said_to_be(trained_app: AppTest) -> None:
    (run,) = lab().library.runs()
    assert "was deleted" not in said(trained_app)
    lab().library.delete(run.run)
    trained_app.run()
    assert "was deleted. Undo on the Runs page restores it within a day" in said(trained_app)
    lab().library.bring_back(run.run)
    assert "was deleted" not in said(trained_app.run())
