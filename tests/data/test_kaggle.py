"""The pair of CSV files: the same images as from the published files, or a sentence."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from mirror import CLOSED, needs_debian, put_tiny, quiet
from pairs import HEADER, TEST, TRAIN, put_pair

from playground.data.images import KNOWN_FINGERPRINTS, FashionData, canonical
from playground.data.sources import sources
from playground.data.sources.cache import CACHE_NAME
from playground.data.sources.datasets import Datasets
from playground.data.sources.kaggle import Half, read_pair
from playground.data.sources.originals import DEBIAN_FOLDER, RAW, AbsentError, read_full
from playground.data.sources.sources import Places, load
from playground.errors import DataError

Pair = tuple[Half, Half]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my data"


@pytest.fixture(scope="session")
def few(few: FashionData) -> FashionData:
    """The few images in canonical order, as every source gives them."""
    return FashionData.of("full", "local", canonical(few.train), canonical(few.test))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """All 70,000 published images as CSV files, in an order of their own: 155 MB."""
    place = tmp_path_factory.mktemp("whole")
    put_pair(place / "pair", read_full(DEBIAN_FOLDER, "debian", quiet))
    yield place
    shutil.rmtree(place)


@pytest.fixture
def pair(folder: Path, few: FashionData) -> Pair:
    """A small pair of real images in the folder, more than one block of them."""
    return put_pair(folder, few)


def changed(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


class TestSmallPair:
    def test_the_same_images_in_the_same_order_whatever_the_order_of_rows(
        self, folder: Path, pair: Pair, few: FashionData
    ) -> None:
        data = read_pair(folder, "local", quiet, pair)
        assert (data.name, data.source, data.fingerprint) == ("full", "local", few.fingerprint)
        assert torch.equal(data.train.pixels, few.train.pixels)
        assert torch.equal(data.test.labels, few.test.labels)
        assert not data.verified  # they are as on record, but not the published ones

    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text.replace(b"\n", b"\r\n"),
            lambda text: b"\xef\xbb\xbf" + text,
        ],
        ids=["line ends of Windows", "byte order mark"],
    )
    def test_what_programs_do_to_text_does_not_matter(
        self, folder: Path, pair: Pair, few: FashionData, change: Callable[[bytes], bytes]
    ) -> None:
        changed(folder / TRAIN, change)
        assert read_pair(folder, "local", quiet, pair).fingerprint == few.fingerprint

    def test_how_far_it_is_is_told(self, folder: Path, pair: Pair) -> None:
        told: list[tuple[str, float | None]] = []
        read_pair(folder, "local", lambda message, share: told.append((message, share)), pair)
        assert [message for message, _ in told] == [f"Reading {TRAIN}"] * (len(told) - 1) + [f"Reading {TEST}"]
        assert len(told) > 2
        assert told[0][1] == 0
        assert told[-1][1] == pytest.approx(240 / 340)

    DAMAGES: tuple[tuple[str, Callable[[bytes], bytes], str], ...] = (
        ("empty", lambda text: b"", "is empty"),
        ("no header", lambda text: text.removeprefix(HEADER), "has no header"),
        ("other header", lambda text: text.replace(b"label", b"class", 1), "column 1 of its header is 'class'"),
        ("old line ends", lambda text: text.replace(b"\n", b"\r"), "column 785 of its header is 'pixel784"),
        ("only the header", lambda text: HEADER, "ends after 0 of 240 images, with line 1"),
        (
            "rows missing",
            lambda text: text[: text.rindex(b"\n", 0, -1)],
            "ends after 239 of 240 images, with line 240",
        ),
        ("cut off", lambda text: text[:-900], "; the file is cut off there."),
        ("rows too many", lambda text: text + text.removeprefix(HEADER), "goes on after 240 images, in line 242"),
        ("a value in a later block", lambda text: text[:-2] + b"x\n", "line 241: pixel784 is 'x'"),
        ("rubbish", lambda text: bytes(range(256)) * 9000, "column 1 of its header is"),
        (
            "rubbish behind the header",
            lambda text: HEADER + bytes(3_000_000),
            "line 2: not 785 values but 1; it begins with",
        ),
        ("one endless line", lambda text: HEADER + b"0," * 900_000, "line 2: "),
        ("a pixel changed", lambda text: text[:-2] + b"9\n", "not as published and not as on Kaggle"),
    )

    @pytest.mark.parametrize(("damage", "said"), [each[1:] for each in DAMAGES], ids=[d[0] for d in DAMAGES])
    def test_damage_is_named_with_the_file_and_the_remedy(
        self, folder: Path, pair: Pair, damage: Callable[[bytes], bytes], said: str
    ) -> None:
        changed(folder / TRAIN, damage)
        with pytest.raises(DataError) as raised:
            read_pair(folder, "local", quiet, pair)
        message = str(raised.value)
        assert message.startswith(str(folder / TRAIN))
        assert said in message
        assert "Fetch the pair again from https://www.kaggle.com/" in message
        assert str(folder / TEST) not in message
        assert "\n" not in message
        assert len(message) < 400

    @pytest.mark.parametrize(("gone", "left"), [(TRAIN, TEST), (TEST, TRAIN)])
    def test_one_file_alone_is_not_enough(self, folder: Path, pair: Pair, gone: str, left: str) -> None:
        (folder / gone).unlink()
        with pytest.raises(DataError, match=f"There is no {gone} in .*my data.*Fetch the pair again") as raised:
            read_pair(folder, "local", quiet, pair)
        assert not isinstance(raised.value, AbsentError)

    def test_a_folder_with_neither_is_absent_and_not_damaged(self, tmp_path: Path) -> None:
        with pytest.raises(AbsentError, match=TRAIN):
            read_pair(tmp_path, "local", quiet)
        (tmp_path / TRAIN).mkdir()
        with pytest.raises(AbsentError, match=TRAIN):
            read_pair(tmp_path / "nowhere", "local", quiet)

    def test_the_wrong_halves_are_told_apart(self, folder: Path, pair: Pair) -> None:
        (folder / TRAIN).rename(folder / "other")
        (folder / TEST).rename(folder / TRAIN)
        (folder / "other").rename(folder / TEST)
        with pytest.raises(DataError, match=f"{TRAIN} ends after 100 of 240 images"):
            read_pair(folder, "local", quiet, pair)

    def test_images_that_nobody_knows_are_refused_and_both_files_named(self, folder: Path, pair: Pair) -> None:
        train, test = (replace(half, md5="") for half in pair)
        with pytest.raises(DataError, match=f"{TRAIN} and .*{TEST}: not as published and not as on Kaggle"):
            read_pair(folder, "local", quiet, (train, test))


class TestAsLocalFiles:
    @pytest.fixture(autouse=True)
    def small(self, pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
        """The small pair in place of Kaggle's, which cannot be here."""
        monkeypatch.setattr(sources, "read_pair", partial(read_pair, pair=pair))

    @pytest.mark.parametrize("below", [RAW, Path()])
    def test_it_is_found_where_the_published_files_are(
        self, folder: Path, tmp_path: Path, few: FashionData, below: Path
    ) -> None:
        home = tmp_path / "home" / "data" / below
        home.parent.mkdir(parents=True)
        folder.rename(home)
        assert load("local", Places(tmp_path / "home"), quiet).fingerprint == few.fingerprint

    def test_it_does_not_make_up_for_damaged_files_in_silence(self, folder: Path, tmp_path: Path) -> None:
        put_tiny(folder / RAW)
        with pytest.raises(DataError, match=r"train-images-idx3-ubyte.gz is not as it was published"):
            load("local", Places(tmp_path / "home", folder), quiet)

    def test_what_a_browser_calls_a_second_copy_is_found(
        self, folder: Path, tmp_path: Path, few: FashionData
    ) -> None:
        (folder / "archive").mkdir()
        (folder / TRAIN).rename(folder / "archive" / TRAIN.replace(".csv", " (1).csv"))
        assert load("local", Places(tmp_path / "home", folder), quiet).fingerprint == few.fingerprint

    def test_where_nothing_is_both_are_named(self, tmp_path: Path) -> None:
        with pytest.raises(AbsentError, match=f"Neither the four files .* nor {TRAIN} and {TEST} are in .*home"):
            load("local", Places(tmp_path / "home"), quiet)

    def test_kaggles_own_pair_is_kept_and_said_not_to_be_the_published_images(
        self, folder: Path, tmp_path: Path, few: FashionData
    ) -> None:
        Datasets(tmp_path / "home", folder).fetch()
        shutil.rmtree(folder)
        again = Datasets(tmp_path / "home", None, tmp_path / "none", mirrors=(CLOSED,))
        data, status = again.fetch(), again.status()
        assert (data.source, data.verified, data.fingerprint) == ("local", False, few.fingerprint)
        assert (status.state, status.name, status.verified, status.problems) == ("ready", "full", False, ())
        assert "340 images are here, from files on this machine: Kaggle's pair" in status.message

    def test_a_damaged_cache_of_it_is_discarded(self, folder: Path, tmp_path: Path, few: FashionData) -> None:
        Datasets(tmp_path / "home", folder).fetch()
        changed(tmp_path / "home" / "data" / CACHE_NAME, lambda whole: whole[:-1] + bytes([whole[-1] ^ 1]))
        again = Datasets(tmp_path / "home", folder)
        assert again.fetch().fingerprint == few.fingerprint
        (problem,) = again.status().problems
        assert "are damaged" in problem

    def test_damage_is_told_where_another_source_is_used(
        self, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", "")  # no apt
        (folder / TEST).unlink()
        (tmp_path / "home").mkdir()
        folder.rename(tmp_path / "home" / "data")
        datasets = Datasets(tmp_path / "home", None, tmp_path / "none", mirrors=(CLOSED,))
        assert datasets.fetch().name == "sample"
        assert (
            datasets.status().problems[0].startswith(f"local: There is no {TEST} in {tmp_path / 'home' / 'data'}")
        )

    def test_a_named_folder_is_read_anew_when_its_files_are_others(
        self, folder: Path, tmp_path: Path, few: FashionData
    ) -> None:
        assert Datasets(tmp_path / "home", folder).fetch().fingerprint == few.fingerprint
        told: list[str] = []
        Datasets(tmp_path / "home", folder).fetch(progress=lambda message, _: told.append(message))
        assert told == []  # it is in the cache
        (folder / TRAIN).write_bytes(b"")
        assert Datasets(tmp_path / "home").current().fingerprint == few.fingerprint
        with pytest.raises(DataError, match=f"{TRAIN} is empty"):
            Datasets(tmp_path / "home", folder).fetch()

    def test_a_folder_of_a_home_that_keeps_other_images_is_used_all_the_same(
        self, folder: Path, tmp_path: Path, few: FashionData
    ) -> None:
        Datasets(tmp_path / "home", folder).fetch()
        (tmp_path / "other").mkdir()
        with pytest.raises(DataError, match=r"are in .*other or the folders in it"):
            Datasets(tmp_path / "home", tmp_path / "other").to_train_on()


@pytest.mark.full_data
@needs_debian
class TestWholePair:
    def test_it_is_verified_and_the_next_start_needs_it_no_more(self, whole: Path) -> None:
        data = Datasets(whole / "home", whole / "pair").fetch("local")
        assert (data.source, data.verified, data.fingerprint) == ("local", True, KNOWN_FINGERPRINTS["full"])
        assert (len(data.train), len(data.test)) == (60_000, 10_000)
        again = Datasets(whole / "home", debian_folder=whole / "none", mirrors=(CLOSED,))
        assert again.current().fingerprint == data.fingerprint
        status = again.status()
        assert (status.source, status.verified) == ("local", True)
        assert status.message == "All 70,000 images of Fashion-MNIST are here, from files on this machine."

    def test_one_changed_label_is_found(self, whole: Path, folder: Path) -> None:
        folder.mkdir()
        (folder / TRAIN).symlink_to(whole / "pair" / TRAIN)
        text = (whole / "pair" / TEST).read_bytes()
        label = text[len(HEADER) : len(HEADER) + 1]
        (folder / TEST).write_bytes(HEADER + (b"1" if label == b"0" else b"0") + text[len(HEADER) + 1 :])
        with pytest.raises(DataError, match=f"{TEST}: not as published"):
            load("local", Places(whole / "home", folder), quiet)
