"""The Runs page."""

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from patience import until
from reading import said
from records import record
from streamlit.testing.v1 import AppTest

from playground.app.runs import table
from playground.app.runs.versus_view import spread_over_seeds
from playground.app.shared.cache import lab
from playground.app.shared.navigation import CONFUSION, PREDICT, RUNS, TRAIN, PageEntry
from playground.runs.about import About
from playground.runs.writer import RunFolders
from playground.training.record import RunState

Open = Callable[[AppTest, PageEntry], AppTest]


def choose(app: AppTest, *runs: str) -> None:
    """As a person who ticks rows: the test's driver cannot."""
    app.session_state["session"].runs_chosen = runs


def test_an_empty_home_says_what_to_do(app: AppTest, open_page: Open) -> None:
    open_page(app, RUNS)
    assert "Train one, and it appears here" in said(app)
    assert not app.sidebar.children
    app.button_group(key="picture_cost").set_value("seconds").run()
    assert "articles do not report seconds" in said(app)


def test_a_run_stands_in_the_table_with_its_figures(trained_app: AppTest, open_page: Open) -> None:
    open_page(trained_app, RUNS)
    (run,) = lab().library.runs()
    row = trained_app.dataframe[0].value.iloc[0]
    assert (row["Name"], row["State"], row["Run"]) == (run.name, "done", run.run)
    assert row["Test"] == pytest.approx(100 * run.test_accuracy)
    assert row["Multiply-adds"] == run.multiply_adds > 0
    assert "Cost and accuracy" in [heading.value for heading in trained_app.subheader]


def test_one_run_is_renamed_noted_and_deleted_with_undo(trained_app: AppTest, open_page: Open) -> None:
    (run,) = lab().library.runs()
    choose(trained_app, run.run)
    open_page(trained_app, RUNS)
    trained_app.text_input(key=f"name-{run.run}").set_value("mine").run()
    trained_app.text_area(key=f"note-{run.run}").set_value("a note").run()
    assert (lab().library.run(run.run).name, lab().library.about(run.run).note) == ("mine", "a note")
    trained_app.button(key="delete").click().run()
    assert lab().library.runs() == ()
    trained_app.button(key="undelete").click().run()
    assert [each.run for each in lab().library.runs()] == [run.run]
    assert not trained_app.exception


def test_what_a_run_takes_on_the_disk_is_the_sum_of_its_files(
    trained_app: AppTest, home: Path, open_page: Open
) -> None:
    (run,) = lab().library.runs()
    choose(trained_app, run.run)
    open_page(trained_app, RUNS)
    size = sum(file.stat().st_size for file in (home / "runs" / run.run).iterdir())
    assert f"{size / 1e6:.1f} MB on the disk; weights of 2 of 2 epochs" in said(trained_app)


def test_two_runs_are_compared_image_by_image(trained_app: AppTest, open_page: Open) -> None:
    (first,) = lab().library.runs()
    second = lab().trainer.fork(first.run, 2, first.experiment.changed({"training.epochs": 3}))
    until(lambda: lab().library.run(second).state is RunState.DONE)
    choose(trained_app, first.run, second)
    open_page(trained_app, RUNS)
    words = said(trained_app)
    labels = lab().scores.images(first, "test").labels
    a, b = (lab().scores.logits(lab().library.run(run), "test").argmax(1) == labels for run in (second, first.run))
    fixed, broken = int((b & ~a).sum()), int((a & ~b).sum())
    rarer = sum(math.comb(fixed + broken, k) for k in range(min(fixed, broken) + 1))
    p = min(1.0, 2 * rarer / 2 ** (fixed + broken))  # twice the tail of a fair coin
    assert f"Exact McNemar test on 1,000 test images: {fixed:,} fixed, {broken:,} broken, p = {p:.2g}." in words
    assert f"**{a.double().mean():.2%}**" in words
    assert f"**{b.double().mean():.2%}**" in words
    assert "Fixed: only B gets them right" in words
    assert "Differences only" in str([toggle.label for toggle in trained_app.toggle])
    assert "training.epochs" in str([frame.value for frame in trained_app.dataframe])


def test_what_is_chosen_stays_when_other_rows_are_shown(trained_app: AppTest, home: Path, open_page: Open) -> None:
    chosen, other = record(1, name="old *one*"), record(2, name="other")
    for each in (chosen, other):
        RunFolders(home).folder(each.run).write(each)
    choose(trained_app, chosen.run)

    def acts_on() -> str:
        return trained_app.button(key="delete").label

    open_page(trained_app, RUNS)
    assert acts_on() == r"Delete old \*one\*"
    lab().library.say(other.run, pinned=True)
    trained_app.run()
    ticked = trained_app.session_state["runs_table"]["selection"]["rows"]
    assert trained_app.dataframe[0].value["Run"].iloc[ticked].tolist() == [chosen.run]
    trained_app.text_input(key="runs_words").set_value("other").run()
    assert "Selected, but hidden by the filters: old *one*." in said(trained_app)
    trained_app.button(key="let_go").click().run()
    assert "delete" not in {button.key for button in trained_app.button}
    assert not trained_app.exception


def test_of_several_each_is_told_and_undo_brings_back_those_that_were_deleted(
    trained_app: AppTest, home: Path, open_page: Open
) -> None:
    (done,) = lab().library.runs()
    training, other = record(1, name="in *training*", state=RunState.RUNNING), record(2, name="other")
    for each in (training, other):
        RunFolders(home).folder(each.run).write(each)
    open_page(trained_app, RUNS)
    choose(trained_app, training.run, other.run, done.run)
    with RunFolders(home).folder(training.run).lock:
        trained_app.run()
        trained_app.button(key="delete").click().run()
        words = said(trained_app)
        assert [each.run for each in lab().library.runs()] == [training.run]
        assert "in *training* was not deleted: Run" in words
        assert "is being trained. Stop it first." in words
        assert f"Deleted: {done.name}, other; they are removed for good after a day." in words
        trained_app.button(key="delete").click().run()
        assert "Deleted: in" not in said(trained_app)
        trained_app.button(key="undelete").click().run()
        assert [each.run for each in lab().library.runs()] == [training.run, other.run, done.run]
        assert "undelete" not in {button.key for button in trained_app.button}
        assert "Deleted" not in said(trained_app)
    assert not trained_app.exception


def test_each_press_of_delete_can_be_undone(trained_app: AppTest, home: Path, open_page: Open) -> None:
    one, other = record(1, name="one"), record(2, name="other")
    for each in (one, other):
        RunFolders(home).folder(each.run).write(each)
    open_page(trained_app, RUNS)
    for each in (one, other):
        choose(trained_app, each.run)
        trained_app.run()
        trained_app.button(key="delete").click().run()
    trained_app.button(key="undelete").click().run()
    assert [each.run for each in lab().library.runs()][:-1] == [other.run]
    trained_app.button(key="undelete").click().run()
    assert [each.run for each in lab().library.runs()][:-1] == [one.run, other.run]


def test_a_name_given_in_another_tab_is_not_written_over(trained_app: AppTest, open_page: Open) -> None:
    (run,) = lab().library.runs()
    choose(trained_app, run.run)
    open_page(trained_app, RUNS)
    trained_app.text_input(key=f"name-{run.run}").set_value("mine").run()
    lab().library.say(run.run, name="theirs", pinned=True)
    trained_app.text_area(key=f"note-{run.run}").set_value("a note").run()
    about = lab().library.about(run.run)
    assert (about.name, about.note, about.pinned) == ("theirs", "a note", True)
    assert trained_app.text_input(key=f"name-{run.run}").value == "theirs"


def test_odd_things_among_the_runs_are_told_and_take_nothing_with_them(
    trained_app: AppTest, home: Path, open_page: Open
) -> None:
    (run,) = lab().library.runs()
    shutil.copytree(home / "runs" / run.run, home / "runs" / f"{run.run} - *Copy*")
    (home / "runs" / "no text\udcff").mkdir()
    (home / "runs" / "no text\udcff" / "run.json").write_bytes(b"{}")
    open_page(trained_app, RUNS)
    assert trained_app.dataframe[0].value["Run"].tolist() == [run.run]
    words = said(trained_app)
    assert words.count("in runs is left out: a run is called by") == 2
    for page in (CONFUSION, PREDICT, TRAIN):
        open_page(trained_app, page)
        assert not trained_app.error


def test_words_and_states_filter() -> None:
    run, about = record(1), About(note="with Care")
    assert table.fits(run, about, "tiny care sgd", ())
    assert not table.fits(run, about, "tiny adam", ())
    assert not table.fits(run, about, "", ("failed",))
    assert table.fits(run, About(), "", ("done", "failed"))


def test_pinned_runs_stand_on_top(trained_app: AppTest, home: Path, open_page: Open) -> None:
    old = record(1)
    RunFolders(home).folder(old.run).write(old)
    lab().library.say(old.run, pinned=True, name="pinned one")
    open_page(trained_app, RUNS)
    assert trained_app.dataframe[0].value["Name"].iloc[0] == "pinned one"


def test_the_spread_is_over_seeds_of_the_same_experiment() -> None:
    seeds = [
        record(n, experiment=record().experiment.changed({"training.seed": n}), test_accuracy=accuracy)
        for n, accuracy in ((1, 0.9), (2, 0.92))
    ]
    other = record(3, experiment=record().experiment.changed({"training.epochs": 9}), test_accuracy=0.1)
    assert spread_over_seeds((seeds[0], other), [*seeds, other]) == pytest.approx(0.02 / 2**0.5)
    assert spread_over_seeds((other, other), [*seeds, other]) is None


def test_a_run_is_exported_and_the_proof_is_shown(trained_app: AppTest, open_page: Open) -> None:
    choose(trained_app, lab().library.runs()[0].run)
    open_page(trained_app, RUNS)
    next(button for button in trained_app.button if button.label == "Prepare an export").click().run()
    assert not trained_app.exception
    assert "verify.py, run on these files: largest difference of a probability" in said(trained_app)


def test_forks_are_drawn_once_there_are_any(trained_app: AppTest, open_page: Open) -> None:
    (parent,) = lab().library.runs()
    open_page(trained_app, RUNS)
    assert "Forks" not in [heading.value for heading in trained_app.subheader]
    fork = lab().trainer.fork(parent.run, 1, parent.experiment, fresh_optimizer=True)
    until(lambda: lab().library.run(fork).state is RunState.DONE)
    trained_app.run()
    assert "Forks" in [heading.value for heading in trained_app.subheader]
    assert not trained_app.exception


def test_an_export_is_imported(trained_app: AppTest, open_page: Open) -> None:
    (run,) = lab().library.runs()
    content = lab().transfer.export(run.run).content
    open_page(trained_app, RUNS)
    trained_app.file_uploader(key="import").set_value(("export.zip", content, "application/zip")).run()
    next(button for button in trained_app.button if button.label == "Import it").click().run()
    _, imported = lab().library.runs()
    assert imported.imported
    assert imported.test_accuracy == run.test_accuracy
    assert not trained_app.exception


def test_a_zip_that_is_no_export_is_told_in_a_sentence(trained_app: AppTest, open_page: Open) -> None:
    open_page(trained_app, RUNS)
    trained_app.file_uploader(key="import").set_value(("x.zip", b"nothing", "application/zip")).run()
    next(button for button in trained_app.button if button.label == "Import it").click().run()
    assert "no zip that can be read" in said(trained_app)
    assert len(lab().library.runs()) == 1


def test_a_database_that_was_damaged_is_told(trained_app: AppTest, home: Path, open_page: Open) -> None:
    (run,) = lab().library.runs()
    lab().library.catalog.store.database.engine.dispose()
    for file in home.glob("playground.db-*"):
        file.unlink()
    (home / "playground.db").write_bytes(b"no database" * 100)
    lab.clear()
    trained_app.run()
    until(lambda: lab().is_warm)
    open_page(trained_app, RUNS)
    assert "was damaged and stands aside" in trained_app.warning[0].value
    assert lab().library.runs() == (run,)
