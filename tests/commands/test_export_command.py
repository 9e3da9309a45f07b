"""`export` and `import` as they are called: which file is written, and what is said."""

import json
import zipfile
from pathlib import Path

import pytest
from calling import Call, caller
from small import TINY
from wicked import WICKED

from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState


@pytest.fixture
def call(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """A call in a home of its own."""
    return caller(monkeypatch, capsys)


@pytest.fixture
def run(home: Path) -> Run:
    lab = Lab(Settings(home=home, threads=1), InlineExecutor())
    return lab.library.run(lab.trainer.start(TINY))


def record_in(file: Path) -> Run:
    with zipfile.ZipFile(file) as archive:
        return Run.model_validate_json(archive.read("run.json"))


def test_an_earlier_epoch_is_a_file_of_its_own(call: Call, run: Run, tmp_path: Path) -> None:
    status, out, _ = call("export", run.run, str(tmp_path), "--json")
    assert (status, json.loads(out)["files"]) == (0, [str(tmp_path / f"{run.run}.zip")])
    whole = (tmp_path / f"{run.run}.zip").read_bytes()
    for epoch in ("0", "-1", "3", "999999999999999999999"):
        status, out, err = call("export", run.run, str(tmp_path), "--epoch", epoch)
        assert (status, out, err) == (2, "", f"Run {run.name} has no epoch {epoch}: it has epochs 1 to 2.\n")
    status, out, err = call("export", run.run, str(tmp_path), "--epoch", "1", "--json")
    file = tmp_path / f"{run.run}-epoch-1.zip"
    assert (status, json.loads(out)["files"]) == (0, [str(file)])
    assert "replaced" not in err
    assert (len(record_in(file).epochs), record_in(file).state) == (1, RunState.STOPPED)
    assert (tmp_path / f"{run.run}.zip").read_bytes() == whole
    assert call("export", run.run, str(tmp_path), "--epoch", "abc")[0] == 2


def test_what_is_replaced_is_named(call: Call, run: Run, tmp_path: Path) -> None:
    file = tmp_path / f"{run.run}.zip"
    file.write_bytes(b"something else")
    status, _, err = call("export", run.run, str(tmp_path))
    assert status == 0
    assert f"{file} was there already with other contents: it is replaced." in err
    assert zipfile.is_zipfile(file)
    assert "replaced" not in call("export", run.run, str(tmp_path))[2]
    assert [each.name for each in tmp_path.iterdir() if each.name != "home"] == [file.name]


@pytest.mark.parametrize("epoch", ["0", "-1", "3"])
def test_a_fork_from_an_epoch_that_was_not_trained(call: Call, run: Run, epoch: str) -> None:
    status, out, err = call("fork", run.run, "--epoch", epoch, "--set", "training.epochs=9")
    assert (status, out, err) == (2, "", f"Run {run.name} has no epoch {epoch}: it has epochs 1 to 2.\n")


def test_a_folder_is_to_be_zipped(call: Call, tmp_path: Path) -> None:
    assert call("import", str(tmp_path)) == (2, "", f"{tmp_path} is a folder. Zip it, and import the zip.\n")


def test_no_name_steers_the_terminal(call: Call, run: Run, home: Path) -> None:
    record = home / "runs" / run.run / "run.json"
    for text in WICKED.values():
        try:
            changed = Run.model_validate({**run.model_dump(), "name": text[:200]})
        except ValueError:
            continue  # no record can have this name
        record.write_bytes(changed.model_dump_json().encode())
        status, out, err = call("runs")
        (line,) = (line for line in out.split("\n") if line.startswith(run.run))
        assert status == 0
        assert line.isprintable() or "\u200d" in line
        assert err.isprintable() or err.count("\n") == 1
