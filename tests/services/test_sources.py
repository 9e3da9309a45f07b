"""The files people have already: found, checked, and named where they are damaged."""

import gzip
import hashlib
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from mirror import needs_debian, put_tiny, quiet

from playground.errors import DataError
from playground.services.originals import DEBIAN_FOLDER, ORIGINALS, RAW, AbsentError
from playground.services.sources import Places, load

LABELS = ORIGINALS[1]
full_data = pytest.mark.full_data


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home of mine"


class TestLocalFiles:
    DAMAGES: tuple[tuple[str, Callable[[bytes], bytes], str], ...] = (
        ("checksum", lambda data: data, "not as it was published"),
        ("bad gzip", lambda data: b"\x1f\x8b" + bytes(40), "not a whole gzip file"),
        ("truncated gzip", lambda data: data[:-9], "not a whole gzip file"),
        ("flipped byte", lambda data: data[:-6] + bytes([data[-6] ^ 1]) + data[-5:], "not a whole gzip file"),
        ("wrong magic", lambda data: gzip.compress(b"<html>"), "no idx file"),
        ("too short", lambda data: gzip.compress(gzip.decompress(data)[:-1]), "header announces"),
        ("empty", lambda data: b"", "no idx file"),
    )

    @pytest.mark.parametrize(("damage", "sentence"), [pair[1:] for pair in DAMAGES], ids=[d[0] for d in DAMAGES])
    def test_damage_is_named(self, home: Path, damage: Callable[[bytes], bytes], sentence: str) -> None:
        put_tiny(home / RAW)
        path = home / RAW / ORIGINALS[0].gz
        path.write_bytes(damage(path.read_bytes()))
        with pytest.raises(DataError, match=sentence) as raised:
            load("local", Places(home), quiet)
        assert str(path) in str(raised.value)

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
