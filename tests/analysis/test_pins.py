"""Pinned pictures in the home."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.analysis.pins import FOLDER, MOST, Pins, pin_of
from playground.errors import PinError


class Clock:
    """A second more each time it is asked."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.time += timedelta(seconds=1)
        return self.time


def picture(seed: int) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (28, 28), dtype=np.uint8)


@pytest.fixture
def pins(home: Path) -> Pins:
    return Pins(home, Clock())


def files(home: Path) -> list[Path]:
    return sorted((home / FOLDER).glob("*"))


def test_there_are_none_at_first(pins: Pins, home: Path) -> None:
    assert pins.found().pins == ()
    assert not home.exists()


def test_pins_are_kept_in_their_order_with_name_truth_and_pixels(pins: Pins, home: Path) -> None:
    pins.pin(picture(2), "Trousers.png")
    pins.pin(picture(1), "Test image no. 7", "Dress")
    again = Pins(home, Clock()).found()
    assert [(pin.name, pin.truth) for pin in again.pins] == [("Trousers.png", None), ("Test image no. 7", "Dress")]
    assert all(np.array_equal(pin.image, picture(seed)) for pin, seed in zip(again.pins, (2, 1), strict=True))
    assert [file.name for file in files(home)] == sorted(f"{pin_of(picture(seed))}.json" for seed in (1, 2))
    assert again.problems == ()


def test_identical_pixels_are_pinned_once(pins: Pins) -> None:
    first = pins.pin(picture(1), "First")
    assert pins.pin(picture(1)[:, ::1].copy(), "Second") == first
    assert pins.found().pins == (first,)


def test_no_two_have_the_same_name_and_none_has_an_endless_one(pins: Pins) -> None:
    names = [pins.pin(picture(seed), name).name for seed, name in enumerate(["A", "A", " A ", "b" * 500, ""])]
    assert names[:3] == ["A", "A (2)", "A (3)"]
    assert len(names[3]) <= 120
    assert names[4] == "A picture"


def test_unpinning_is_undone_in_its_old_place(pins: Pins) -> None:
    first, second = pins.pin(picture(1), "First"), pins.pin(picture(2), "Second")
    gone = pins.unpin(first.pin)
    assert gone == first
    assert pins.found().pins == (second,)
    assert pins.unpin(first.pin) is None
    pins.bring_back(gone)
    pins.bring_back(gone)
    assert pins.found().pins == (first, second)


def test_a_full_board_says_so_and_takes_one_again_once_there_is_room(pins: Pins) -> None:
    made = [pins.pin(picture(seed), str(seed)) for seed in range(MOST)]
    with pytest.raises(PinError, match=r"One more was not pinned: 24 pictures are pinned .*\. Unpin one first\."):
        pins.pin(picture(99), "One more")
    assert pins.pin(picture(3), "Known").name == "3"
    pins.unpin(made[0].pin)
    assert pins.pin(picture(99), "One more").name == "One more"
    with pytest.raises(PinError, match="0 was not pinned"):
        pins.bring_back(made[0])


def test_a_damaged_pin_is_left_out_and_said(pins: Pins, home: Path) -> None:
    whole, other = pins.pin(picture(1), "Whole"), pins.pin(picture(2), "Other")
    file = home / FOLDER / f"{other.pin}.json"
    sound = file.read_text()
    for damaged, said in [
        (sound[:100], "it is not JSON"),
        (sound.replace(other.pixels[-1] + '"', "x" + '"'), "pixels"),
        (sound.replace(other.pixels, whole.pixels), "its pixels are not those that were pinned"),
        (sound.replace("null", '"Hat"'), "truth"),
    ]:
        file.write_text(damaged)
        found = pins.found()
        assert found.pins == (whole,)
        assert f"'{file.name}' in pins is damaged and left out" in found.problems[0]
        assert said in found.problems[0]
    file.write_text(sound)
    assert pins.found().pins == (whole, other)


def test_what_another_process_pins_is_seen_and_nothing_is_read_twice(pins: Pins, home: Path) -> None:
    pins.pin(picture(1), "Mine")
    before = pins.found()
    assert pins.found() is before
    Pins(home, Clock()).pin(picture(2), "Theirs")
    assert len(pins.found().pins) == 2


def test_a_disk_that_refuses_gets_a_sentence(pins: Pins, home: Path) -> None:
    home.mkdir()
    (home / FOLDER).write_text("a file where the folder should be")
    with pytest.raises(PinError, match=r"A was not pinned: .*Make room"):
        pins.pin(picture(1), "A")


def test_odd_files_among_the_pins_are_told_and_take_nothing_with_them(pins: Pins, home: Path) -> None:
    whole = pins.pin(picture(1), "Whole")
    folder = home / FOLDER
    (folder / "a folder.json").mkdir()
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "nowhere.json").symlink_to("elsewhere")
    os.mkfifo(folder / "pipe.json")
    (folder / "two\nlines.json").write_bytes(b"[" * 100_000)
    (folder / "no text\udcff.json").write_bytes(b"")
    with (folder / "large.json").open("wb") as file:
        file.truncate(100_000_000)
    zoneless = (folder / f"{whole.pin}.json").read_text().replace("+00:00", "").replace('Z"', '"')
    (folder / "zoneless.json").write_text(zoneless)
    found = pins.found()
    assert found.pins == (whole,)
    assert len(found.problems) == 8
    assert all(problem.isprintable() and len(problem) < 500 for problem in found.problems)
