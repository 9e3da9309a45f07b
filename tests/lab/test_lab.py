"""The lab: runs started, steered and found, also by another process."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import torch
from patience import until
from records import record
from small import TINY, tiny

from playground.data.images import FashionData
from playground.errors import ArchitectureError, ExperimentError, RunError, RunNotFoundError
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.runs.reader import RunReader
from playground.runs.snapshot import Snapshot
from playground.runs.writer import RunFolders
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState

ROOT = Path(__file__).parents[2]
LONG = tiny(epochs=1000, batch_size=2)


def other_process(home: Path, *arguments: str) -> dict[str, Any]:
    """What another process says of this home."""
    ended = subprocess.run(
        [sys.executable, "-m", "playground", *arguments, "--json"],
        cwd=ROOT,
        env={**os.environ, "PLAYGROUND_HOME": str(home)},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return found


@pytest.fixture
def inline(home: Path) -> Lab:
    """Trains where it is told to."""
    return Lab(Settings(home=home), InlineExecutor())


@pytest.fixture
def threaded(home: Path) -> Any:
    """Trains in the background."""
    lab = Lab(Settings(home=home))
    yield lab
    for snapshot in lab.library.live():
        lab.trainer.stop(snapshot.run.run)
    until(lambda: not lab.library.live())


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run]:
    """A lab with one finished run; nobody may change it."""
    lab = Lab(Settings(home=tmp_path_factory.mktemp("finished")), InlineExecutor())
    return lab, lab.library.run(lab.trainer.start(TINY))


class TestStarting:
    def test_a_run_is_done_and_found_again_by_another_lab(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        assert run.state is RunState.DONE
        assert run.experiment == TINY
        assert (run.data.name, run.data.verified) == ("sample", True)
        again = Lab(lab.settings, InlineExecutor())
        assert again.library.runs() == lab.library.runs() == (run,)
        assert again.library.found().problems == ()
        assert again.library.snapshot(run.run).curve == lab.library.snapshot(run.run).curve
        assert again.library.snapshot(run.run).step == lab.library.snapshot(run.run).step

    def test_and_by_another_process(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        *_, listed = other_process(lab.settings.home, "runs")["runs"]
        assert listed["run"] == run.run
        assert listed["test_accuracy"] == run.test_accuracy

    @pytest.mark.parametrize(
        ("path", "value", "error"),
        [
            ("architecture.hidden", [{"units": 65_536}, {"units": 65_536}], ArchitectureError),
            ("architecture.layers.0.kernel", 28, ArchitectureError),
            ("training.device", "cuda", ExperimentError),
        ],
    )
    def test_what_cannot_be_trained_leaves_nothing(
        self, inline: Lab, home: Path, path: str, value: Any, error: type[Exception]
    ) -> None:
        if value == "cuda" and torch.cuda.is_available():
            pytest.skip("there is a CUDA device here")
        with pytest.raises(error):
            inline.trainer.start(TINY.changed({path: value}))
        assert not home.exists()

    def test_a_home_that_cannot_be_written_to(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        lab = Lab(Settings(home=tmp_path / "file"), InlineExecutor())
        with pytest.raises(RunError, match=r"cannot be kept in .*Not a directory.*PLAYGROUND_HOME"):
            lab.trainer.start(TINY)
        assert lab.library.live() == ()

    def test_it_is_named_after_its_preset_or_as_told(self, inline: Lab) -> None:
        assert inline.library.run(inline.trainer.start(TINY)).name == "1 conv, 0 dense"
        assert inline.library.run(inline.trainer.start(TINY, name="mine")).name == "mine"


class TestSteering:
    def test_start_pause_resume_stop(self, threaded: Lab) -> None:
        run = threaded.trainer.start(LONG)
        until(lambda: threaded.library.snapshot(run).step > 2)
        threaded.trainer.pause(run)
        until(lambda: threaded.library.run(run).state is RunState.PAUSED)
        threaded.trainer.unpause(run)
        until(lambda: threaded.library.run(run).state is RunState.RUNNING)
        threaded.trainer.stop(run)
        until(lambda: threaded.library.run(run).state is RunState.STOPPED)
        assert threaded.library.live() == ()

    def test_the_queue_keeps_its_order_and_a_queued_run_can_be_stopped(self, threaded: Lab) -> None:
        first, second, third = (
            threaded.trainer.start(LONG),
            threaded.trainer.start(LONG),
            threaded.trainer.start(TINY),
        )
        until(lambda: threaded.library.run(first).state is RunState.RUNNING)
        assert [snapshot.run.run for snapshot in threaded.library.live()] == [first, second, third]
        assert [run.run for run in threaded.library.runs()] == [first, second, third]
        assert threaded.library.run(third).state is RunState.QUEUED
        threaded.trainer.stop(second)
        assert threaded.library.run(second).state is RunState.STOPPED
        assert [snapshot.run.run for snapshot in threaded.library.live()] == [first, third]
        threaded.trainer.stop(first)
        until(lambda: threaded.library.run(third).state is RunState.DONE)

    def test_many_threads_may_start_and_look_at_once(self, threaded: Lab) -> None:
        started: list[str] = []
        threads = [threading.Thread(target=lambda: started.append(threaded.trainer.start(TINY))) for _ in range(6)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            threaded.library.runs()
        until(lambda: not threaded.library.live())
        assert {run.run for run in threaded.library.runs()} == set(started)
        assert {run.state for run in threaded.library.runs()} == {RunState.DONE}

    def test_what_is_over_is_let_go_of_and_nothing_flickers(self, threaded: Lab) -> None:
        run = threaded.trainer.start(tiny(epochs=3))
        seen = [threaded.library.snapshot(run)]
        while seen[-1].run.state.is_live:
            threaded.library.live()
            seen.append(threaded.library.snapshot(run))
        assert [each.here for each in seen] == [each.run.state.is_live for each in seen]
        steps = [each.step for each in seen]
        assert steps == sorted(steps)
        until(lambda: not threaded.trainer.snapshots())
        assert threaded.library.snapshot(run) == seen[-1]
        for tell in (
            threaded.trainer.pause,
            threaded.trainer.unpause,
            threaded.trainer.resume,
            threaded.trainer.step,
            threaded.trainer.stop,
        ):
            tell(run)  # the button was pressed a moment too late

    def test_a_run_whose_end_could_not_be_written_still_tells_it(self, inline: Lab) -> None:
        def lose(_: Snapshot) -> None:
            (path,) = (inline.settings.home / "runs").iterdir()
            shutil.rmtree(path)
            path.write_text("in the way")

        run = inline.trainer.start(TINY, watch=lose)
        assert inline.library.run(run).state is RunState.FAILED
        assert "The result could not be written" in inline.library.run(run).message
        assert inline.library.live() == ()

    def test_runs_that_are_started_at_once_are_trained_in_the_order_of_the_queue(self, threaded: Lab) -> None:
        first, order = threaded.trainer.start(LONG), list[str]()
        together = threading.Barrier(6)

        def start() -> None:
            together.wait()
            threaded.trainer.start(tiny(epochs=1), watch=lambda snapshot: order.append(snapshot.run.run))

        threads = [threading.Thread(target=start) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        queue = [snapshot.run.run for snapshot in threaded.library.live()]
        assert (queue[0], len(queue)) == (first, 7)
        threaded.trainer.stop(first)
        until(lambda: not threaded.library.live())
        assert order == queue[1:]

    def test_a_run_may_be_started_while_another_is_trained_here_and_now(self, inline: Lab) -> None:
        second = list[str]()

        def start_another(_: Snapshot) -> None:
            if not second:
                second.append("")
                second[0] = inline.trainer.start(tiny(epochs=1))

        first = inline.trainer.start(tiny(epochs=2), watch=start_another)
        assert [inline.library.run(run).state for run in (first, *second)] == [RunState.DONE] * 2

    def test_somebody_predicting_does_not_change_a_training(self, threaded: Lab, few: FashionData) -> None:
        first = threaded.trainer.start(tiny(epochs=4))
        until(lambda: threaded.library.run(first).state is RunState.DONE)
        second = threaded.trainer.start(tiny(epochs=4))
        while threaded.library.run(second).state.is_live:
            threaded.scores.probabilities(threaded.library.run(first), few.test.pixels[:20])
            torch.manual_seed(1)
        one, other = (threaded.scores.logits(threaded.library.run(run), "test") for run in (first, second))
        assert torch.equal(one, other)

    def test_a_run_of_another_process_cannot_be_steered(self, finished: tuple[Lab, Run]) -> None:
        lab, run = finished
        with pytest.raises(RunError, match=f"Run {run.run} is not being trained by this app"):
            Lab(lab.settings, InlineExecutor()).trainer.stop(run.run)


class TestOtherProcesses:
    KILLED = """
import sys
from playground.experiment.experiment import Experiment
from playground.system.executors import InlineExecutor
from playground.lab.lab import Lab
from playground.lab.settings import load_settings
lab = Lab(load_settings(), InlineExecutor())
lab.trainer.start(Experiment.parse({short}))
lab.trainer.start(Experiment.parse({long}), watch=lambda _: print("epoch", flush=True))
"""

    def test_a_killed_process_leaves_its_finished_runs_and_one_that_was_interrupted(self, home: Path) -> None:
        short, long = (e.model_dump(mode="json") for e in (TINY, LONG))
        script = self.KILLED.format(short=short, long=long)
        process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE)
        assert process.stdout is not None
        assert process.stdout.readline() == b"epoch\n"
        lab = Lab(Settings(home=home), InlineExecutor())
        assert [run.state for run in lab.library.runs()] == [RunState.DONE, RunState.RUNNING]
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        done, dead = lab.library.runs()
        assert (done.state, dead.state) == (RunState.DONE, RunState.INTERRUPTED)
        assert len(dead.epochs) >= 1
        assert lab.library.snapshot(dead.run).curve.epochs[-1] >= 1
        assert dead.message == f"The process that trained it ended after {len(dead.epochs)} epochs."
        assert lab.scores.logits(dead, "validation").shape == (500, 10)

    def test_another_process_sees_a_run_of_this_one_as_running(self, threaded: Lab, home: Path) -> None:
        run = threaded.trainer.start(LONG)
        until(lambda: len(threaded.library.run(run).epochs) > 0)
        *_, listed = other_process(home, "runs")["runs"]
        assert (listed["run"], listed["state"]) == (run, "running")
        seen = Lab(threaded.settings, InlineExecutor()).library.snapshot(run)
        assert not seen.here
        assert 0 < seen.step <= threaded.library.snapshot(run).step

    DISK_FULL = """
import resource
from playground.experiment.experiment import Experiment
from playground.system.executors import InlineExecutor
from playground.lab.lab import Lab
from playground.lab.settings import load_settings
resource.setrlimit(resource.RLIMIT_FSIZE, (12_000, 12_000))
lab = Lab(load_settings(), InlineExecutor())
run = lab.library.run(lab.trainer.start(Experiment.parse({experiment})))
print(run.state, run.message)
"""

    def test_a_full_disk_ends_a_run_in_a_sentence(self, home: Path) -> None:
        script = self.DISK_FULL.format(experiment=TINY.model_dump(mode="json"))
        ended = subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert ended.stdout == "failed The disk refused: File too large. Make room and train again.\n"
        assert ended.stderr == ""
        (run,) = Lab(Settings(home=home), InlineExecutor()).library.runs()
        assert run.state is RunState.FAILED
        assert not list(home.rglob("*.part"))


class TestDamage:
    @pytest.fixture
    def lab(self, inline: Lab, home: Path) -> Lab:
        """Three runs, the second damaged."""
        folders = RunFolders(home)
        for number in (1, 2, 3):
            folders.folder(record(number).run).write(record(number))
        (folders.folder(record(2).run).path / "run.json").write_text("{")
        return inline

    def test_the_other_runs_are_there_and_the_damage_is_told(self, lab: Lab) -> None:
        assert [run.run for run in lab.library.runs()] == [record(1).run, record(3).run]
        (problem,) = lab.library.found().problems
        assert problem.startswith(f"The record of run {record(2).run} is damaged")

    def test_the_damaged_run_itself_is_an_error(self, lab: Lab) -> None:
        with pytest.raises(RunError, match="is damaged"):
            lab.library.run(record(2).run)

    def test_damaged_weights_are_told_in_a_sentence(self, inline: Lab, few: FashionData) -> None:
        run = inline.library.run(inline.trainer.start(TINY))
        folder = RunFolders(inline.settings.home).folder(run.run)
        folder.keep_epoch(2, {"conv1.conv.weight": torch.ones(3)}, None)
        with pytest.raises(RunError, match=r"The weights of run .* are damaged"):
            inline.scores.probabilities(run, few.test.pixels)
        (folder.path / "epoch-0001.safetensors").write_bytes(b"")
        with pytest.raises(RunError, match=r"epoch-0001.safetensors of run .* is damaged"):
            inline.scores.probabilities(run, few.test.pixels, epoch=1)
        assert inline.library.runs() == (run,)

    @pytest.mark.parametrize("name", ["../x", "", "nobody", "a" * 300])
    def test_a_run_that_is_not_there(self, inline: Lab, name: str) -> None:
        with pytest.raises(RunNotFoundError):
            inline.library.run(name)


class TestFinding:
    def test_runs_of_one_second_are_in_the_order_they_were_started(self, home: Path) -> None:
        moments = iter(datetime(2026, 1, 1, 0, 0, 0, micro, UTC) for micro in range(8))
        lab = Lab(Settings(home=home), InlineExecutor(), now=lambda: next(moments))
        tiniest = TINY.changed({"training.epochs": 1, "data.fraction": 0.01})
        started = [lab.trainer.start(tiniest) for _ in range(8)]
        assert [run.run for run in lab.library.runs()] == started
        assert [run.run for run in Lab(lab.settings, InlineExecutor()).library.runs()] == started

    def test_two_hundred_runs_are_listed(self, inline: Lab, home: Path) -> None:
        folders = RunFolders(home)
        for number in range(200, 0, -1):
            run = record(number)
            path = folders.folder(run.run).path
            path.mkdir(parents=True)
            (path / "run.json").write_text(run.model_dump_json())
        assert list(inline.library.runs()) == [record(number) for number in range(1, 201)]

    def test_what_is_final_is_parsed_once(self, inline: Lab, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folders = RunFolders(home)
        for number in (1, 2, 3):
            folders.folder(record(number).run).write(record(number))
        read: list[str] = []
        really = RunReader.read
        monkeypatch.setattr(RunReader, "read", lambda self: (read.append(self.path.name), really(self))[1])
        first = inline.library.found()
        assert len(read) == 3
        assert inline.library.found() == first
        assert len(read) == 3
        folders.folder(record(2).run).write(record(2, name="another"))
        shutil.rmtree(folders.folder(record(1).run).path)
        assert [run.name for run in inline.library.runs()] == ["another", "tiny"]
        assert read[3:] == [record(2).run]

    def test_what_is_live_is_read_again(self, inline: Lab, home: Path) -> None:
        folder = RunFolders(home).folder(record(1).run)
        folder.write(record(1, state=RunState.RUNNING))
        with folder.lock:
            assert [run.state for run in inline.library.runs()] == [RunState.RUNNING]
        assert [run.state for run in inline.library.runs()] == [RunState.INTERRUPTED]

    def test_a_stopped_run_remembers_how_far_it_came(self, threaded: Lab) -> None:
        run = threaded.trainer.start(LONG)
        until(lambda: threaded.library.snapshot(run).step > 3)
        threaded.trainer.stop(run)
        until(lambda: threaded.library.run(run).state.is_final)
        again = Lab(threaded.settings, InlineExecutor()).library.snapshot(run)
        assert again.step == threaded.library.snapshot(run).step


class TestWarmUp:
    def test_it_is_warm_once_torch_is_there(self, inline: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
        fetching = threading.Event()
        monkeypatch.setattr(inline.datasets, "start_fetching", fetching.set)
        assert not inline.is_warm
        inline.warm_up()
        until(lambda: inline.is_warm)
        assert fetching.wait(60)

    @pytest.mark.parametrize("fault", ["ImportError('no such library')", "OSError('libtorch.so: bad')"])
    def test_why_torch_cannot_be_loaded_is_told(self, home: Path, tmp_path: Path, fault: str) -> None:
        (tmp_path / "torch.py").write_text(f"raise {fault}")
        code = f"""
import sys, time
sys.path.insert(0, {str(tmp_path)!r})
from playground.errors import PlaygroundError
from playground.lab.lab import Lab
from playground.lab.settings import load_settings
lab = Lab(load_settings())
lab.warm_up()
try:
    while not lab.is_warm:
        time.sleep(0.01)
except PlaygroundError as error:
    print(error)
"""
        ended = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
        )
        assert ended.stdout.startswith(f"PyTorch cannot be loaded: {fault[fault.index('(') + 2 : -2]}. Install")
        assert ended.stderr == ""


def test_importing_it_does_not_import_torch() -> None:
    code = "import sys, playground.lab.lab, playground.cli; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
