"""The sample that comes with the playground."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from mirror import needs_debian
from PIL import Image

from playground.data import images
from playground.data.classes import CLASS_NAMES
from playground.data.images import FashionData, Images
from playground.data.sources.originals import DEBIAN_FOLDER, read_full
from playground.data.sources.sample import ASSETS, TEST_SHEET, TRAIN_SHEET, load_sample
from playground.errors import DataError
from tools.make_sample import make_sample


def rows(images: Images | None) -> set[bytes]:
    assert images is not None
    pairs = zip(images.pixels.numpy(), images.labels.tolist(), strict=True)
    return {pixels.tobytes() + bytes([label]) for pixels, label in pairs}


@pytest.fixture(scope="module")
def sample() -> FashionData:
    return load_sample()


@pytest.fixture(scope="module")
def full() -> FashionData:
    return read_full(DEBIAN_FOLDER, "debian", lambda *_: None)


def test_it_has_7000_images_stratified_and_verified(sample: FashionData) -> None:
    assert (sample.name, sample.source, sample.verified) == ("sample", "sample", True)
    assert images.class_counts(sample.train) == (600,) * 10
    assert images.class_counts(sample.test) == (100,) * 10


def test_its_split_holds_out_50_of_each_class(sample: FashionData) -> None:
    split = images.split(sample, "held-out", 1.0)
    assert images.class_counts(split.train) == (550,) * 10
    assert split.validation is not None
    assert images.class_counts(split.validation) == (50,) * 10


def test_no_image_is_there_twice(sample: FashionData) -> None:
    assert len(rows(sample.train) | rows(sample.test)) == 7000


def test_it_looks_like_garments(sample: FashionData) -> None:
    means = images.mean_images(sample.train).float()
    trouser = CLASS_NAMES.index("Trouser")
    # two legs: dark between them at the bottom, light beside that
    assert means[trouser, 24, 14] < 60 < means[trouser, 24, 11]


def test_it_is_small_and_has_its_licence_and_origin() -> None:
    files = [ASSETS / name for name in (TRAIN_SHEET, TEST_SHEET, "LICENSE", "README.md")]
    assert sum(file.stat().st_size for file in files) < 4_000_000
    assert "2017 Zalando SE, https://tech.zalando.com" in files[2].read_text(encoding="utf-8")
    assert "python -m tools.make_sample" in files[3].read_text(encoding="utf-8")


def copy_sheets(folder: Path) -> None:
    for name in (TRAIN_SHEET, TEST_SHEET):
        (folder / name).write_bytes((ASSETS / name).read_bytes())


def test_a_missing_sheet_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=TRAIN_SHEET):
        load_sample(tmp_path)


@pytest.mark.parametrize("damage", ["truncated", "flipped", "no picture", "other size"])
def test_a_damaged_sheet_is_named(tmp_path: Path, damage: str) -> None:
    copy_sheets(tmp_path)
    path = tmp_path / TEST_SHEET
    whole = path.read_bytes()
    if damage == "truncated":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "flipped":
        path.write_bytes(whole[:9000] + bytes([whole[9000] ^ 1]) + whole[9001:])
    elif damage == "no picture":
        path.write_bytes(b"<html>not here</html>")
    else:
        Image.new("L", (28, 28)).save(path)
    with pytest.raises(DataError, match=TEST_SHEET):
        load_sample(tmp_path)


def test_a_changed_pixel_is_found_by_the_fingerprint(tmp_path: Path) -> None:
    copy_sheets(tmp_path)
    path = tmp_path / TEST_SHEET
    sheet = np.array(Image.open(path))
    sheet[100, 100] ^= 1
    Image.fromarray(sheet).save(path)
    with pytest.raises(DataError, match="fingerprint"):
        load_sample(tmp_path)


@pytest.mark.full_data
@needs_debian
def test_it_lies_inside_the_full_set_and_inside_its_split(sample: FashionData, full: FashionData) -> None:
    small, large = (images.split(data, "held-out", 1.0) for data in (sample, full))
    assert rows(small.train) < rows(large.train)
    assert rows(small.validation) < rows(large.validation)
    assert rows(sample.test) < rows(full.test)


@pytest.mark.full_data
@needs_debian
def test_making_it_again_gives_the_same_pixels(tmp_path: Path, sample: FashionData) -> None:
    make_sample(DEBIAN_FOLDER, tmp_path)
    assert load_sample(tmp_path).fingerprint == sample.fingerprint
    assert sorted(file.name for file in tmp_path.iterdir()) == [TEST_SHEET, TRAIN_SHEET]
    for name in (TRAIN_SHEET, TEST_SHEET):
        made, kept = (np.array(Image.open(folder / name)).tobytes() for folder in (tmp_path, ASSETS))
        assert hashlib.sha256(made).digest() == hashlib.sha256(kept).digest()
