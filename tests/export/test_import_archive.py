"""An export comes back as a run; whatever else calls itself an export is refused in a sentence."""

import io
import json
import random
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load, save
from small import TINY
from tensors import same
from wicked import WICKED

from playground.errors import ArchitectureError, PlaygroundError, RunError
from playground.export import import_archive
from playground.export.import_archive import RECORD, WEIGHTS, read_export
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.system.executors import InlineExecutor
from playground.training.record import Run, RunState


def lab_of(home: Path) -> Lab:
    return Lab(Settings(home=home, threads=1), InlineExecutor())


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Run, bytes]:
    """Another playground, a run of it, and its export."""
    lab = lab_of(tmp_path_factory.mktemp("there"))
    run = lab.library.run(lab.trainer.start(TINY, name="from elsewhere"))
    return lab, run, lab.transfer.export(run.run).content


@pytest.fixture
def lab(home: Path) -> Lab:
    return lab_of(home)


def altered(content: bytes, **members: bytes | None) -> bytes:
    """The zip with other contents under some names ("run" is run.json), or without them."""
    names = {"run": RECORD, "weights": WEIGHTS}
    changed = {names[name]: value for name, value in members.items()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            member = changed.get(name, old.read(name))
            if member is not None:
                new.writestr(name, member)
    return buffer.getvalue()


def record_with(content: bytes, **changes: object) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return json.dumps({**json.loads(archive.read(RECORD)), **changes}).encode()


def inside(content: bytes, folder: str) -> dict[str, bytes]:
    """The files of a zip, as they are called in a folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {f"{folder}{name}": archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes], into: io.IOBase | None = None) -> bytes:
    buffer = into or io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


class Pipe(io.RawIOBase):
    """What cannot be gone back in: sizes stand behind each file then, as Finder writes them."""

    def __init__(self) -> None:
        self.written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, content: bytes) -> int:
        self.written += content
        return len(content)

    def getvalue(self) -> bytes:
        return bytes(self.written)


def company() -> dict[str, bytes]:
    """Files with names of every kind that a zip can hold."""
    return {f"company/{name}": b"x" for key, name in WICKED.items() if key not in ("surrogates", "nothing")}


def by_finder(content: bytes) -> bytes:
    files = inside(content, "20261130 copy/")
    beside = {f"__MACOSX/{name.replace('/', '/._')}": b"\0\5\x16\7" for name in files}
    return zipped({"20261130 copy/": b"", "20261130 copy/.DS_Store": b"Bud1", **files, **beside}, Pipe())


def by_explorer(content: bytes) -> bytes:
    return zipped(dict(reversed(inside(content, "New folder\\").items())))


@pytest.mark.parametrize(
    "again",
    [
        by_finder,
        by_explorer,
        lambda content: zipped(inside(content, "./")),
        lambda content: zipped(inside(content, "a/b/c/")),
        lambda content: zipped(inside(content, "") | company()),
        lambda content: b"before it" + content + b"behind it",
    ],
    ids=["Finder", "Explorer", "dots", "deep", "company", "bytes around it"],
)
def test_it_is_read_however_it_was_zipped_again(
    there: tuple[Lab, Run, bytes], again: Callable[[bytes], bytes]
) -> None:
    made, read = read_export(there[2]), read_export(again(there[2]))
    assert read.record == made.record
    assert same(read.weights, made.weights)


def test_it_comes_back_and_says_the_same(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    elsewhere, run, content = there
    here = lab.library.run(lab.transfer.bring_in(content))
    assert here.run != run.run
    assert here.imported
    assert (here.name, here.state, here.experiment) == ("from elsewhere", RunState.DONE, TINY)
    assert (here.test_accuracy, here.message) == (run.test_accuracy, "")
    assert here.validation_accuracy == run.validation_accuracy
    assert same(lab.library.kept(here.run).weights(2), elsewhere.library.kept(run.run).weights(2))
    for part in ("validation", "test"):
        ours, theirs = lab.scores.scored(here, part), elsewhere.scores.scored(run, part)
        assert torch.equal(ours.images.labels, theirs.images.labels)
        torch.testing.assert_close(ours.logits, theirs.logits)
    assert [each.run for each in lab.library.runs()] == [here.run]


def test_it_can_be_trained_on_and_exported_again(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    here = lab.transfer.bring_in(there[2])
    fork = lab.library.run(lab.trainer.fork(here, 2, TINY.changed({"training.epochs": 3}), fresh_optimizer=True))
    assert (fork.state, fork.imported, len(fork.epochs)) == (RunState.DONE, False, 3)
    again = lab.library.run(lab.transfer.bring_in(lab.transfer.export(here).content))
    assert again.test_accuracy == there[1].test_accuracy


def test_an_earlier_epoch_comes_with_no_result(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    elsewhere, run, _ = there
    here = lab.library.run(lab.transfer.bring_in(elsewhere.transfer.export(run.run, epoch=1).content))
    assert (len(here.epochs), here.test_accuracy) == (1, None)
    assert same(lab.library.kept(here.run).weights(1), elsewhere.library.kept(run.run).weights(1))
    with pytest.raises(RunError, match="not evaluated on the test images"):
        lab.scores.scored(here, "test")


def test_an_accuracy_that_is_not_seen_here_is_told(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    boasting = altered(there[2], run=record_with(there[2], test_accuracy=0.99))
    here = lab.library.run(lab.transfer.bring_in(boasting))
    assert here.test_accuracy == there[1].test_accuracy
    assert here.message.startswith("Its record says 99.00% of the test images; here it is ")


def test_without_its_images_the_record_stands_as_it_is(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    origin = {**there[1].data.model_dump(), "name": "full", "fingerprint": "of others"}
    far = altered(there[2], run=record_with(there[2], data=origin, test_accuracy=0.5))
    here = lab.library.run(lab.transfer.bring_in(far))
    assert (here.test_accuracy, here.message) == (0.5, "")


def test_a_live_record_is_not_live_here(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    here = lab.library.run(lab.transfer.bring_in(altered(there[2], run=record_with(there[2], state="running"))))
    assert here.state is RunState.STOPPED


def _pickle(content: bytes) -> bytes:
    buffer = io.BytesIO()
    torch.save({"weight": torch.ones(2)}, buffer)
    return buffer.getvalue()


def _bomb(_: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(RECORD, bytes(64 * 2**20))
    return buffer.getvalue()


def _squeezed(_: bytes) -> bytes:
    """Less than a kilobyte that would be unpacked to a gigabyte at once."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(RECORD, bytes(16 * 2**20))
    return buffer.getvalue()


def _many_faults(content: bytes) -> bytes:
    return record_with(content, **{f"unknown {number}": number for number in range(5_000)})


def _encrypted(content: bytes) -> bytes:
    """Flagged as encrypted, in its local headers and its directory."""
    changed = bytearray(content)
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := content.find(mark, start + 1)) >= 0:
            changed[start + flags] |= 1
    return bytes(changed)


def _other_weights(content: bytes) -> bytes:
    return altered(content, weights=save({"conv1.conv.weight": torch.ones(3)}))


def _not_finite(content: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        weights = load(archive.read(WEIGHTS))
    return altered(content, weights=save({name: value * np.nan for name, value in weights.items()}))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda _: b"", "no zip that can be read"),
        (lambda _: b"PK\x03\x04 and no more", "no zip that can be read"),
        (lambda content: content[: len(content) // 2], "no zip that can be read"),
        (_pickle, "no export of a run: there is no run.json in it"),
        (_encrypted, "run.json in it is encrypted. Make the zip without a password"),
        (_bomb, "run.json in it has more than 2 MB"),
        (_squeezed, "run.json in it is packed by bzip2"),
        (lambda _: zipped({str(number): b"" for number in range(1001)}), "lists 1,001 files; 1,000 are the most"),
        (lambda _: zipped({"x" * 60_000 + str(number): b"" for number in range(20)}), "more files than an export"),
        (lambda content: altered(content, run=_many_faults(content)), r"And [\d,]+ more\."),
        (lambda content: altered(content, weights=(2**21).to_bytes(8, "little")), "more tensors than a network"),
        (lambda content: altered(content, run=b'{"a":' * 100_000 + b"1" + b"}" * 100_000), "no record of a run"),
        (lambda content: altered(content, run=record_with(content, name="x" * 5_000_000)), "more than 2 MB"),
        (lambda content: altered(content, run=record_with(content, name="x" * 5_000)), "5,000 letters are too"),
        (lambda content: altered(content, run=record_with(content, created="9999-12-31T23:59:59Z")), "created: "),
        (lambda content: zipped({"an export.zip": content}), "In this zip is another, 'an export.zip'. Unpack it"),
        (lambda content: zipped({**inside(content, "a/"), **inside(content, "b/")}),
         "This zip holds 2 exports, in 'a', 'b'. Zip one of these folders alone"),
        (lambda content: zipped({RECORD: record_with(content), **inside(content, "a/")}), "holds 2 exports"),
        (lambda content: altered(content, weights=None), "there is no weights.safetensors in it"),
        (lambda content: altered(content, weights=b"x" * 50), "weights.safetensors in it is damaged"),
        (_other_weights, "holds other weights than run.json has layers for"),
        (_not_finite, "no finite numbers"),
        (lambda content: altered(content, run=b"{"), "run.json in it is no record of a run"),
        (lambda content: altered(content, run=b"[" * 100_000), "run.json in it is no record of a run"),
        (lambda content: altered(content, run=record_with(content, epochs=[])), "tells of no epoch"),
    ],
)  # fmt: skip
def test_what_is_none_is_refused_and_leaves_nothing(
    there: tuple[Lab, Run, bytes], lab: Lab, home: Path, make: Callable[[bytes], bytes], sentence: str
) -> None:
    with pytest.raises(RunError, match=sentence):
        lab.transfer.bring_in(make(there[2]))
    assert lab.library.runs() == ()
    assert not list((home / "runs").glob("*"))


def test_an_absurd_network_is_refused_before_it_is_built(there: tuple[Lab, Run, bytes], lab: Lab) -> None:
    experiment = TINY.model_dump(mode="json")
    experiment["architecture"]["hidden"] = [{"units": 4096}] * 8
    experiment["architecture"]["layers"] = []
    with pytest.raises((ArchitectureError, RunError)):
        lab.transfer.bring_in(altered(there[2], run=record_with(there[2], experiment=experiment)))


def test_one_that_is_too_large_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_archive, "MOST_BYTES", 2**20)
    with pytest.raises(RunError, match="an export has 1 at most"):
        read_export(bytes(2**20 + 1))


def test_five_hundred_damaged_ones_end_in_a_run_or_a_sentence(there: tuple[Lab, Run, bytes]) -> None:
    draw, refused = random.Random(0), 0
    for _ in range(500):
        content = bytearray(there[2])
        for _ in range(draw.randint(1, 30)):
            content[draw.randrange(len(content))] = draw.randrange(256)
        try:
            read_export(bytes(content))
        except PlaygroundError:
            refused += 1
    assert refused > 50
