"""Files from anywhere, through the command line: each ends in an answer or a sentence, and all in one call."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hostile import garment, refused, sound

from playground.data.classes import CLASS_NAMES
from playground.pictures.decode import decode
from playground.pictures.prepare import prepare

ROOT = Path(__file__).parents[2]


def predict(files: list[str], home: Path) -> tuple[subprocess.CompletedProcess[str], list[dict]]:
    command = [sys.executable, "-W", "ignore", "-m", "playground", "predict", "example", *files, "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    return done, json.loads(done.stdout.splitlines()[-1])["predictions"]


def test_sound_and_other_files_in_one_call(home: Path, tmp_path: Path) -> None:
    good, bad = sound(), refused()
    for handed in (*good, *bad):
        (tmp_path / handed.name).write_bytes(handed.content)
    done, found = predict([str(tmp_path / each.name) for each in (*good, *bad)], home)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert {each.get("label") for each in found[: len(good)]} == {"Ankle boot"}
    for handed, answer in zip(bad, found[len(good) :], strict=True):
        assert handed.complaint in answer["error"]
        assert answer["error"].endswith(".")
        assert "\n" not in answer["error"]


def test_three_hundred_at_once(home: Path, tmp_path: Path) -> None:
    files = []
    for number in range(300):
        name = tmp_path / f"{number}.png"
        if number % 10 == 9:
            name.write_text("not a picture")
        else:
            garment(90 + number % 7, 120).save(name)
        files.append(str(name))
    done, found = predict(files, home)
    assert [each["image"] for each in found] == files
    assert sum("error" in each for each in found) == 30
    assert all(set(each["probabilities"]) == set(CLASS_NAMES) for each in found if "error" not in each)
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("handed", sound(), ids=lambda each: each.name)
def test_every_sound_file_shows_the_same_garment(handed) -> None:
    """In the data's form it is the same to a few grey levels, whatever it came in."""
    wanted = prepare(np.asarray(garment())).pixels.astype(float)
    found = prepare(decode(handed.content, handed.name)).pixels.astype(float)
    covered = [(each > 60).astype(float) for each in (wanted, found)]
    assert np.abs(covered[0] - covered[1]).mean() < 0.03
