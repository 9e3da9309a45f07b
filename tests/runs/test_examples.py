"""The examples that come with the playground: what they are, that they are true, that nobody can change them."""

import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch
from mirror import needs_debian
from records import record
from small import TINY

from playground.data.images import KNOWN_FINGERPRINTS, FashionData
from playground.data.sources.sample import ASSETS
from playground.errors import RunError
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.network.inference import loss_and_accuracy
from playground.runs.examples import EXAMPLES, Example, make_example, newest_that_will_do
from playground.runs.reader import RunReader
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import DataOrigin, Run, RunState

ROOT = Path(__file__).parents[2]
REMAKE = "Make the example again: playground/assets/README.md says how."


@pytest.fixture
def lab(home: Path) -> Lab:
    """A lab of a new home, with the sample alone."""
    return Lab(Settings(home=home), InlineExecutor())


@pytest.fixture(params=EXAMPLES)
def made(request: pytest.FixtureRequest) -> Example:
    """Each of them in turn."""
    return EXAMPLES[request.param]


@pytest.fixture
def example(lab: Lab, made: Example) -> Run:
    (found,) = (run for run in lab.library.examples() if run.run == made.run)
    return found


class TestWhatItIs:
    def test_it_is_a_recipe_as_it_stands(self, example: Run, made: Example) -> None:
        assert example.experiment == PRESETS[made.preset].experiment, REMAKE
        assert example.state is RunState.DONE

    def test_it_was_trained_on_the_full_set(self, example: Run) -> None:
        assert (example.data.name, example.data.verified) == ("full", True)
        assert example.data.fingerprint == KNOWN_FINGERPRINTS["full"], REMAKE
        assert example.train_images == 55_000

    def test_it_is_labelled(self, example: Run, made: Example) -> None:
        assert (example.run, example.name, example.example) == (made.run, f"{made.preset} (example)", True)

    def test_it_is_small_and_only_its_last_epoch_is_kept(self, example: Run, made: Example) -> None:
        files = {file.name: file.stat().st_size for file in made.folder.iterdir()}
        last = f"epoch-{len(example.epochs):04}.safetensors"
        assert set(files) == {"run.json", "curve.jsonl", "manifest.json", "test.safetensors", last}
        assert sum(files.values()) <= made.most_bytes
        assert [epoch.epoch for epoch in example.epochs] == list(range(1, example.experiment.training.epochs + 1))

    def test_how_it_was_made_stands_beside_it(self, made: Example) -> None:
        told = (ASSETS / "README.md").read_text(encoding="utf-8")
        for command in ("python -m playground train {}", "python -m tools.make_example {}"):
            assert command.format(made.preset) in told


class TestItIsTrue:
    @pytest.mark.parametrize("part", ["validation", "test"])
    def test_its_weights_give_its_scores(self, lab: Lab, example: Run, part: Any) -> None:
        """The sample's images are some of the full set's, in its order: so are their scores among those kept."""
        seen, kept = lab.scores.scored(example, part), lab.scores.logits(example, part)
        assert len(kept) == {"validation": 5_000, "test": 10_000}[part]
        distances, places = torch.cdist(seen.logits.double(), kept.double()).min(1)
        assert distances.max() < 0.001
        assert torch.equal(places, places.unique())  # ascending, each once

    def test_it_is_about_as_good_on_the_sample(self, lab: Lab, example: Run, sample: FashionData) -> None:
        seen = lab.scores.scored(example, "test")
        assert torch.equal(seen.images.pixels, sample.test.pixels)
        assert loss_and_accuracy(seen.logits, seen.images.labels)[1] == pytest.approx(
            example.test_accuracy, abs=0.03
        )

    @pytest.mark.full_data
    @needs_debian
    def test_every_score_and_every_figure_of_its_record(self, lab: Lab, example: Run) -> None:
        assert lab.scores.scored(example, "validation").is_substitute
        lab.datasets.fetch()
        seen, test = lab.scores.scored(example, "validation"), lab.scores.scored(example, "test")
        assert (seen.is_substitute, test.is_substitute) == (False, False)
        for judged in (seen, test):
            asked = lab.scores.probabilities(example, judged.images.pixels[:1000])
            torch.testing.assert_close(asked, judged.logits[:1000].softmax(1), atol=1e-4, rtol=0.01)
        last = example.epochs[-1]
        found = loss_and_accuracy(seen.logits, seen.images.labels)
        assert found == pytest.approx((last.validation_loss, last.validation_accuracy))
        found = loss_and_accuracy(test.logits, test.images.labels)
        assert found == pytest.approx((example.test_loss, example.test_accuracy))


class TestBesideOtherRuns:
    def test_it_is_no_run_of_this_home(self, lab: Lab) -> None:
        assert lab.library.runs() == ()
        own = lab.trainer.start(TINY)
        assert [run.run for run in lab.library.runs()] == [own]
        assert [run.run for run in lab.library.examples()] == [*EXAMPLES]

    def test_it_is_found_by_its_name(self, lab: Lab, example: Run) -> None:
        snapshot = lab.library.snapshot(example.run)
        assert lab.library.run(example.run) == snapshot.run == example
        assert snapshot.step == snapshot.steps
        assert len(snapshot.curve.losses) > 100

    def test_a_copy_of_it_in_a_home_does_not_list_it_twice(self, lab: Lab, home: Path, made: Example) -> None:
        shutil.copytree(made.folder, home / "runs" / made.run)
        assert (lab.library.found().runs, lab.library.found().problems) == ((), ())

    def test_nothing_is_ever_written_to_it(
        self, lab: Lab, example: Run, made: Example, sample: FashionData
    ) -> None:
        def state() -> set[tuple[str, int]]:
            return {(file.name, file.stat().st_mtime_ns) for file in made.folder.iterdir()}

        before = state()
        for tell in (lab.trainer.pause, lab.trainer.unpause, lab.trainer.step, lab.trainer.stop):
            with pytest.raises(RunError, match=f"Run {made.run} is not being trained by this app"):
                tell(made.run)
        lab.scores.scored(example, "validation")
        lab.scores.probabilities(example, sample.test.pixels[:2])
        lab.library.snapshot(made.run)
        assert state() == before
        assert not {"write", "lock", "keep_epoch", "add_point", "keep_test_logits"} & set(
            dir(lab.library.kept(made.run))
        )

    def test_an_epoch_before_the_last_has_its_figures_and_no_weights(self, lab: Lab, example: Run) -> None:
        assert example.epochs[0].validation_accuracy is not None
        with pytest.raises(RunError, match=rf"Run {example.run} has no epoch-0001\.safetensors: it was not kept"):
            lab.scores.scored(example, "validation", 1)

    def test_a_damaged_one_hides_no_other_run(
        self, lab: Lab, made: Example, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("playground.runs.examples.ASSETS", tmp_path)
        assert lab.library.examples() == ()
        made.folder.mkdir()
        (made.folder / "run.json").write_text("{")
        assert lab.library.examples() == ()
        with pytest.raises(RunError, match=f"The record of run {made.run} is damaged"):
            lab.library.run(made.run)
        assert lab.library.run(lab.trainer.start(TINY)).state is RunState.DONE


class TestMakingIt:
    @pytest.fixture
    def origin(self, home: Path, example: Run, made: Example) -> Run:
        """The run that the example was made of, in a home."""
        run = example.model_copy(update={"run": "20260101-000000-0001", "name": made.preset, "example": False})
        shutil.copytree(made.folder, RunFolders(home).folder(run.run).path)
        RunFolders(home).folder(run.run).write(run)
        return run

    def test_it_is_the_copy_of_a_run(
        self, home: Path, tmp_path: Path, origin: Run, made: Example, example: Run
    ) -> None:
        again = tmp_path / made.run
        again.mkdir()
        (again / "epoch-0099.safetensors").write_bytes(b"of an older one")
        assert make_example(RunFolders(home).folder(origin.run), made, again) == RunReader(again).read() == example
        names = [file.name for file in sorted(made.folder.iterdir())]
        assert [file.name for file in sorted(again.iterdir())] == names
        for name in names:
            assert (again / name).read_bytes() == (made.folder / name).read_bytes()

    @pytest.mark.parametrize(
        "changes",
        [
            {"experiment": TINY},
            {"experiment": PRESETS["quick"].experiment.changed({"training.seed": 1})},
            {"state": RunState.STOPPED},
            {"data": DataOrigin(name="sample", source="sample", fingerprint="0", verified=True)},
        ],
    )
    def test_another_run_will_not_do(
        self, home: Path, tmp_path: Path, origin: Run, made: Example, changes: dict[str, Any]
    ) -> None:
        folder = RunFolders(home).folder(origin.run)
        folder.write(origin.model_copy(update=changes))
        with pytest.raises(RunError, match=f"is no finished run of {made.preset} as it stands, on the full set"):
            make_example(folder, made, tmp_path / made.run)
        assert not (tmp_path / made.run).exists()

    def test_one_that_is_too_large_is_told(self, home: Path, tmp_path: Path, origin: Run, made: Example) -> None:
        with pytest.raises(RunError, match="bytes; 1,000 are the most"):
            make_example(RunFolders(home).folder(origin.run), replace(made, most_bytes=1000), tmp_path / made.run)

    def test_the_newest_that_will_do_is_taken(self, home: Path, origin: Run, made: Example) -> None:
        folders = RunFolders(home)
        newer = origin.model_copy(update={"run": "newer", "created": datetime(2030, 1, 1, tzinfo=UTC)})
        folders.folder("newer").write(newer)
        folders.folder(record(9).run).write(record(9, created=datetime(2031, 1, 1, tzinfo=UTC)))
        assert newest_that_will_do(folders, made).path.name == "newer"

    @pytest.mark.parametrize(
        ("arguments", "sentence"),
        [
            ([], 'There is no example of "". There is one of: quick, robust.\n'),
            (["robust"], "No run here will do: python -m playground train robust --seed 0\n"),
            (["quick", "nobody"], 'There is no run "nobody".\n'),
        ],
    )
    def test_its_command_refuses_in_a_sentence(self, home: Path, arguments: list[str], sentence: str) -> None:
        ended = subprocess.run(
            [sys.executable, "-m", "tools.make_example", *arguments],
            cwd=ROOT,
            env={**os.environ, "PLAYGROUND_HOME": str(home)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", sentence)
