"""What a run leaves on disk."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import torch
from records import record
from small import SHAKEN

from playground.errors import RunError, RunNotFoundError
from playground.network.build import build_network
from playground.runs.writer import RunFolders, RunWriter
from playground.training.record import RunState

NAME = record().run


@pytest.fixture
def folder(home: Path) -> Iterator[RunWriter]:
    folder = RunFolders(home).folder(NAME)
    folder.write(record())
    yield folder
    folder.lock.release()


def damaged(folder: RunWriter, name: str, damage: Callable[[bytes], bytes]) -> None:
    file = folder.path / name
    file.write_bytes(damage(file.read_bytes()))


class TestRecord:
    def test_there_and_back(self, folder: RunWriter) -> None:
        assert folder.read() == record()

    def test_a_run_that_is_not_there(self, home: Path) -> None:
        with pytest.raises(RunNotFoundError, match='There is no run "nobody"'):
            RunFolders(home).folder("nobody").read()

    @pytest.mark.parametrize(
        ("damage", "reason"),
        [
            (lambda text: text[:200], "the file: it is not JSON"),
            (lambda text: b"", "the file: it is not JSON"),
            (lambda text: b"\xff\xfe\x00", "the file: it is not JSON"),
            (lambda text: b"[]", "the file:"),
            (lambda text: text.replace(b'"epochs": 2', b'"epochs": 0'), "training.epochs: 0 is too small"),
            (lambda text: text.replace(b'"done"', b'"asleep"'), "state:"),
            (lambda text: text.replace(b'"created"', b'"made"'), "created: it is missing"),
            (lambda text: text.replace(b'"train_loss"', b'"loss"'), "epochs.0.train_loss"),
            (lambda text: text.replace(b'"2026-01-01T00:00:01Z"', b'"yesterday"'), "created:"),
            (lambda text: b"[" * 100_000, "the file: it is not JSON"),
        ],
    )
    def test_damage_is_told_in_a_sentence(
        self, folder: RunWriter, damage: Callable[[bytes], bytes], reason: str
    ) -> None:
        damaged(folder, "run.json", damage)
        with pytest.raises(RunError) as caught:
            folder.read()
        said = str(caught.value)
        assert said.startswith(f"The record of run {NAME} is damaged: ")
        assert reason in said
        assert "Input should" not in said
        assert "pydantic" not in said
        assert "\n" not in said

    def test_a_record_of_another_run(self, folder: RunWriter) -> None:
        folder.path.rename(folder.path.with_name("copy"))
        with pytest.raises(RunError, match=f"The folder of run copy holds the record of run '{NAME}'"):
            RunWriter(folder.path.with_name("copy")).read()


class TestWhoTrains:
    @pytest.mark.parametrize("state", [state for state in RunState if state.is_live])
    def test_a_live_run_that_nobody_holds_is_interrupted(self, folder: RunWriter, state: RunState) -> None:
        folder.write(record(state=state))
        found = folder.read()
        assert found.state is RunState.INTERRUPTED
        assert found.message == "The process that trained it ended after 2 epochs."

    def test_a_live_run_that_somebody_holds_is_live(self, folder: RunWriter) -> None:
        folder.write(record(state=RunState.RUNNING))
        with folder.lock:
            other = RunWriter(folder.path)
            assert other.is_locked()
            assert other.read().state is RunState.RUNNING
        assert not other.is_locked()
        assert other.read().state is RunState.INTERRUPTED

    def test_a_final_run_stays_as_it_is(self, folder: RunWriter) -> None:
        for state in RunState:
            if state.is_final:
                folder.write(record(state=state))
                assert folder.read().state is state

    def test_a_run_that_ends_while_it_is_read_is_not_interrupted(
        self, folder: RunWriter, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder.write(record(state=RunState.RUNNING))

        def ends_just_now(self: RunWriter) -> bool:
            folder.write(record())
            return False

        monkeypatch.setattr(RunWriter, "is_locked", ends_just_now)
        assert folder.read().state is RunState.DONE


class TestTensors:
    def test_weights_and_scores_there_and_back(self, folder: RunWriter) -> None:
        network = build_network(SHAKEN.architecture, torch.Generator())
        weights = network.to(memory_format=torch.channels_last).state_dict()  # type: ignore[call-overload]
        validation, test = torch.rand(5, 10), torch.rand(7, 10)
        folder.keep_epoch(3, weights, validation)
        folder.keep_test_logits(test)
        found = RunWriter(folder.path).weights(3)
        assert found.keys() == weights.keys()
        assert all(torch.equal(found[name], weights[name]) for name in weights)
        assert torch.equal(folder.test_logits(), test)
        kept = folder.validation_logits(3)
        assert kept is not None
        assert torch.equal(kept, validation)

    def test_what_was_read_stays_when_the_file_is_replaced(self, folder: RunWriter) -> None:
        folder.keep_test_logits(torch.ones(200, 10))
        found = folder.test_logits()
        file = folder.path / "test.safetensors"
        file.write_bytes(bytes(file.stat().st_size))
        assert torch.equal(found, torch.ones(200, 10))

    def test_without_a_split_there_are_no_validation_scores(self, folder: RunWriter) -> None:
        folder.keep_epoch(1, {"w": torch.ones(1)}, None)
        assert folder.validation_logits(1) is None

    def test_what_was_not_kept(self, folder: RunWriter) -> None:
        with pytest.raises(RunError, match=f"Run {NAME} has no epoch-0009.safetensors: it was not kept"):
            folder.weights(9)
        with pytest.raises(RunError, match=r"has no test\.safetensors"):
            folder.test_logits()

    @pytest.mark.parametrize("damage", [lambda _: b"", lambda data: data[:-9], lambda data: b"\xff" * 50])
    def test_damage_is_told_in_a_sentence(self, folder: RunWriter, damage: Callable[[bytes], bytes]) -> None:
        folder.keep_epoch(1, {"w": torch.ones(20)}, None)
        damaged(folder, "epoch-0001.safetensors", damage)
        with pytest.raises(RunError, match=f"epoch-0001.safetensors of run {NAME} is damaged"):
            folder.weights(1)

    @pytest.mark.parametrize("position", [0, 100, 300, -1])
    def test_one_flipped_bit_is_found(self, folder: RunWriter, position: int) -> None:
        folder.keep_epoch(1, {"w": torch.ones(200)}, None)

        def flipped(content: bytes) -> bytes:
            changed = bytearray(content)
            changed[position] ^= 4
            return bytes(changed)

        damaged(folder, "epoch-0001.safetensors", flipped)
        with pytest.raises(RunError, match=r"epoch-0001\.safetensors .* damaged: its checksum"):
            folder.weights(1)

    def test_a_file_that_was_not_committed_does_not_count_and_is_swept(self, folder: RunWriter) -> None:
        folder.keep_epoch(1, {"w": torch.ones(2)}, None)
        (folder.path / "epoch-0002.safetensors").write_bytes((folder.path / "epoch-0001.safetensors").read_bytes())
        (folder.path / ".run.json.1-1.part").write_bytes(b"half")
        again = RunWriter(folder.path)
        with pytest.raises(RunError, match=r"has no epoch-0002\.safetensors: it was not kept to its end"):
            again.weights(2)
        again.sweep()
        assert {path.name for path in folder.path.iterdir()} == {
            "epoch-0001.safetensors",
            "manifest.json",
            "run.json",
        }

    def test_a_damaged_manifest_is_told(self, folder: RunWriter) -> None:
        folder.keep_epoch(1, {"w": torch.ones(2)}, None)
        damaged(folder, "manifest.json", lambda content: content[:-5])
        with pytest.raises(RunError, match=r"manifest\.json .* damaged"):
            folder.weights(1)

    def test_a_run_from_before_there_were_manifests(self, folder: RunWriter) -> None:
        folder.keep_epoch(1, {"w": torch.ones(2)}, None)
        (folder.path / "manifest.json").unlink()
        assert torch.equal(RunWriter(folder.path).weights(1)["w"], torch.ones(2))
        RunWriter(folder.path).sweep()
        assert (folder.path / "epoch-0001.safetensors").is_file()

    def test_scores_under_another_name(self, folder: RunWriter) -> None:
        folder.keep_epoch(1, {"w": torch.ones(20)}, None)
        (folder.path / "epoch-0001.safetensors").rename(folder.path / "test.safetensors")
        (folder.path / "manifest.json").unlink()
        with pytest.raises(RunError, match="it holds no test scores"):
            folder.test_logits()


class TestFolders:
    @pytest.mark.parametrize("name", ["../x", "", ".", "..", "a/b", "a\\b", "/etc", "a\0b", "~", "x" * 300, "a.b"])
    def test_a_path_is_no_name_of_a_run(self, home: Path, name: str) -> None:
        with pytest.raises(RunNotFoundError, match="There is no run"):
            RunFolders(home).folder(name)

    def test_only_folders_with_a_record_are_runs(self, home: Path, folder: RunWriter) -> None:
        (folder.path.parent / "empty").mkdir()
        (folder.path.parent / "file").write_text("")
        assert RunFolders(home).paths() == [folder.path]

    def test_a_new_home_has_none(self, home: Path) -> None:
        assert RunFolders(home).paths() == []

    def test_nothing_in_it_can_run_code(self, folder: RunWriter) -> None:
        folder.keep_epoch(1, {"w": torch.ones(1)}, None)
        folder.add_point((1.0, 2.0, 0.5))
        assert {path.suffix for path in folder.path.iterdir()} <= {".json", ".jsonl", ".safetensors", ""}
        json.loads((folder.path / "run.json").read_text())
