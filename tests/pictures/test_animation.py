"""Of an animation one frame is looked at: the first, or one that shows something."""

import numpy as np
import pytest
from hostile import encoded, garment
from PIL import Image

from playground.pictures.decode import read

BLANK = {"white": (255, 255, 255), "black": (0, 0, 0), "paper": (236, 232, 222)}


def animation(kind: str, frames: list[Image.Image]) -> bytes:
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=40)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
@pytest.mark.parametrize("colour", BLANK.values(), ids=BLANK.keys())
@pytest.mark.parametrize("blank", [1, 3])
def test_a_blank_first_frame_is_passed_over(kind: str, colour: tuple[int, int, int], blank: int) -> None:
    shown = garment(160, 200)
    lead = [Image.new("RGB", shown.size, colour)] * blank
    if blank == 3:  # equal frames are stored as one
        for number, frame in enumerate(lead := [each.copy() for each in lead]):
            frame.putpixel((0, 0), tuple(abs(level - 3 - number) for level in colour))
    picture = read(animation(kind, [*lead, shown, shown.rotate(5)]), "moving")
    assert np.abs(picture.pixels[:, :, :3].astype(int) - np.asarray(shown)).mean() < 3
    (note,) = picture.notes
    assert note.startswith("It is an animation whose first frame is blank, so frame ")


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_an_ordinary_first_frame_is_taken_and_that_is_said(kind: str) -> None:
    shown = garment(160, 200)
    picture = read(animation(kind, [shown, shown.rotate(90), shown.rotate(180)]), "moving")
    assert np.abs(picture.pixels[:, :, :3].astype(int) - np.asarray(shown)).mean() < 3
    assert picture.notes == ("It is an animation of 3 frames, and the first was taken.",)


def test_an_animation_that_shows_nothing_says_so() -> None:
    frames = [Image.new("RGB", (60, 60), (level, level, level)) for level in (250, 200, 100)]
    assert read(animation("PNG", frames), "moving").notes == (
        "It is an animation, and of its 3 frames the first 3 are blank.",
    )


def test_later_frames_that_are_damaged_do_not_lose_the_first() -> None:
    shown = garment(160, 200)
    data = animation("GIF", [shown, *(shown.rotate(each) for each in range(0, 90, 9))])
    picture = read(data[: len(data) // 2], "moving.gif")
    assert np.abs(picture.pixels[:, :, :3].astype(int) - np.asarray(shown)).mean() < 3
