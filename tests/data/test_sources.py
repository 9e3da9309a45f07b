"""The files people have already: found, checked, and named where they are damaged."""

import gzip
import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mirror import needs_debian, put_tiny, quiet, tiny

from playground.data.sources.originals import DEBIAN_FOLDER, ORIGINALS, RAW, AbsentError, read_original
from playground.data.sources.sources import Places, load
from playground.errors import DataError

LABELS = ORIGINALS[1]
full_data = pytest.mark.full_data


class TestLocalFiles:
    DAMAGES: tuple[tuple[str, Callable[[bytes], bytes], str], ...] = (
        ("checksum", lambda data: data, "not as it was published"),
        ("bad gzip", lambda data: b"\x1f\x8b" + bytes(40), "not a whole gzip file"),
        ("truncated gzip", lambda data: data[:-9], "not a whole gzip file"),
        ("flipped byte", lambda data: data[:-6] + bytes([data[-6] ^ 1]) + data[-5:], "not a whole gzip file"),
        ("wrong magic", lambda data: gzip.compress(bytes(40)), "no idx file"),
        ("too short", lambda data: gzip.compress(gzip.decompress(data)[:-1]), "header announces"),
        ("empty", lambda data: b"", "is empty"),
        ("cut off", lambda data: data[: len(data) // 2], "is cut off"),
        ("two of them", lambda data: data + data, "header announces"),
    )

    @pytest.mark.parametrize(("damage", "sentence"), [pair[1:] for pair in DAMAGES], ids=[d[0] for d in DAMAGES])
    def test_damage_is_named(self, home: Path, damage: Callable[[bytes], bytes], sentence: str) -> None:
        put_tiny(home / RAW)
        path = home / RAW / ORIGINALS[0].gz
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(DataError, match=sentence) as raised:
            load("local", Places(home), quiet)
        assert str(path) in str(raised.value)

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"<!DOCTYPE html><html>503", "is a web page, such as a server's refusal: '<!DOCTYPE html><html>503'"),
            (gzip.compress(b"\n<html><head>", mtime=0), "is a web page"),
            (b"version https://git-lfs.github.com/spec/v1\noid", "is a pointer of Git LFS, not the file itself"),
            (b"PK\x03\x04" + bytes(40), "is a zip archive: unpack it"),
            (gzip.compress(bytes(257) + b"ustar" + bytes(250), mtime=0), "is a tar archive: unpack it"),
            (b"../there/train-labels", "is a text: '../there/train-labels'"),
            (tiny(labels=False), "it holds 3 images whose SHA-256 is"),
            (b"\x00\x00\x0d\x03" + bytes(40), "is no idx file of images or labels: it begins with 00 00 0d 03"),
        ],
    )
    def test_what_is_something_else_is_said_to_be_it(self, home: Path, content: bytes, said: str) -> None:
        home.mkdir()
        (home / LABELS.gz).write_bytes(content)
        with pytest.raises(DataError) as raised:
            read_original(home, LABELS)
        message = str(raised.value)
        assert message.startswith(f"{home / LABELS.gz} ")
        assert said in message
        assert message.endswith(
            "Take the published one, from https://github.com/zalandoresearch/fashion-mnist for instance."
        )

    def test_what_is_missing_beside_others_is_named(self, home: Path) -> None:
        put_tiny(home)
        (home / LABELS.gz).unlink()
        with pytest.raises(
            AbsentError, match=f"Of the four files of Fashion-MNIST .* has no {LABELS.gz}. Put it there"
        ):
            load("local", Places(home), quiet)

    def test_a_link_to_nothing_is_named(self, home: Path) -> None:
        home.mkdir()
        (home / LABELS.gz).symlink_to(home / "moved")
        with pytest.raises(DataError, match=f"{LABELS.gz} is a link to a file that is not there"):
            read_original(home, LABELS)

    def test_names_that_are_no_text_are_read_and_told_as_escapes(self, home: Path) -> None:
        folder = Path(os.fsdecode(os.fsencode(home) + b"\xff\n"))
        folder.mkdir()
        (folder / LABELS.gz).write_bytes(b"")
        with pytest.raises(DataError, match=r"\\udcff\\n/.* is empty"):
            read_original(folder, LABELS)

    @full_data
    @needs_debian
    def test_a_file_with_the_name_of_another_is_told(self, home: Path) -> None:
        home.mkdir()
        (home / LABELS.gz).symlink_to(DEBIAN_FOLDER / ORIGINALS[3].gz)
        with pytest.raises(DataError, match=f"{LABELS.gz} holds what was published as {ORIGINALS[3].name}, not "):
            read_original(home, LABELS)

    @full_data
    @needs_debian
    def test_what_browsers_archives_and_servers_do_to_files_does_not_matter(self, tmp_path: Path) -> None:
        """Other names, folders in folders, packed twice, rubbish behind the end, another set of the same names."""
        folder = tmp_path / "data" / "Fashion MNIST" / "unpacked"
        names = ("train-images.idx3-ubyte", "Train-Labels-IDX1-ubyte (1).gz", "t10k-images-idx3-ubyte",
                 "test-labels_idx1-ubyte-copy.gz")  # fmt: skip
        packed = [(DEBIAN_FOLDER / original.gz).read_bytes() for original in ORIGINALS]
        packed[1] = gzip.compress(packed[1])
        packed[3] += b"rubbish"
        for name, content in zip(names, packed, strict=True):
            below = folder / name.partition("-")[0]
            below.mkdir(parents=True, exist_ok=True)
            (below / name).write_bytes(content)
        put_tiny(tmp_path / "data" / "MNIST" / "raw")
        assert load("local", Places(tmp_path / "home", tmp_path / "data"), quiet).verified

    @pytest.mark.parametrize(
        ("names", "said"),
        [
            ((), "There is no file at all. Name the folder that has them."),
            (("notes.txt", "archive.zip"), "There is archive.zip: unpack it there."),
            (("a.csv", "b", "c", "d"), "There is a.csv, b, c and 1 more. Name the folder that has them."),
        ],
    )
    def test_a_folder_of_something_else_is_told_with_what_is_in_it(
        self, home: Path, tmp_path: Path, names: tuple[str, ...], said: str
    ) -> None:
        put_tiny(home / "data")  # of the home's files nothing is said: another folder was named
        (tmp_path / "named").mkdir()
        for name in names:
            (tmp_path / "named" / name).touch()
        with pytest.raises(AbsentError) as raised:
            load("local", Places(home, tmp_path / "named"), quiet)
        assert str(raised.value).endswith(f"or the folders in it. {said}")

    @pytest.mark.parametrize("exists", [True, False])
    def test_an_empty_folder_is_absent_and_not_damaged(self, tmp_path: Path, exists: bool) -> None:
        if exists:
            (tmp_path / "folder").mkdir()
        with pytest.raises(AbsentError, match="folder"):
            load("local", Places(tmp_path / "home", tmp_path / "folder"), quiet)

    def test_a_bomb_is_not_unpacked(self, home: Path) -> None:
        put_tiny(home / RAW)
        (home / RAW / LABELS.gz).write_bytes(gzip.compress(bytes(500_000_000), 1)[: LABELS.size])
        begun = time.perf_counter()
        with pytest.raises(DataError):
            load("local", Places(home), quiet)
        assert time.perf_counter() - begun < 1

    @full_data
    @needs_debian
    @pytest.mark.parametrize("below", [RAW, Path()])
    def test_torchvisions_layout_and_a_flat_folder(self, home: Path, tmp_path: Path, below: Path) -> None:
        folder = tmp_path / "data" / below
        folder.mkdir(parents=True)
        for original in ORIGINALS:
            (folder / original.gz).symlink_to(DEBIAN_FOLDER / original.gz)
        data = load("local", Places(home, tmp_path / "data"), quiet)
        assert (data.source, len(data.train), len(data.test), data.verified) == (
            "local",
            60_000,
            10_000,
            True,
        )

    @full_data
    @needs_debian
    def test_a_whole_copy_makes_up_for_a_damaged_one(self, home: Path) -> None:
        folder = home / "data" / RAW
        folder.mkdir(parents=True)
        for original in ORIGINALS:
            (folder / original.name).write_bytes(b"cut")
            (folder / original.gz).symlink_to(DEBIAN_FOLDER / original.gz)
        (folder / LABELS.gz).unlink()
        with pytest.raises(DataError, match=LABELS.name):
            load("local", Places(home), quiet)
        (folder / LABELS.name).write_bytes(gzip.decompress((DEBIAN_FOLDER / LABELS.gz).read_bytes()))
        assert load("local", Places(home), quiet).verified

    @full_data
    @needs_debian
    def test_one_flipped_pixel_or_label_is_found(self, home: Path) -> None:
        home.mkdir()
        for original in ORIGINALS:
            (home / original.gz).symlink_to(DEBIAN_FOLDER / original.gz)
        data = bytearray(gzip.decompress((DEBIAN_FOLDER / LABELS.gz).read_bytes()))
        data[-1] ^= 1
        (home / LABELS.gz).unlink()
        (home / LABELS.name).write_bytes(data)
        found = hashlib.sha256(data).hexdigest()[:12]
        with pytest.raises(DataError, match=f"{LABELS.name} .*{found}"):
            load("local", Places(home), quiet)
