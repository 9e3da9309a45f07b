"""The curve of a run, a line for each point."""

import json
import math
from pathlib import Path

import pytest

from playground.runs.curve_log import CURVE, add_point, keep_until, read_curve, write_points
from playground.runs.snapshot import MOST_POINTS, Curve

POINTS = [(0.5, 2.0, 0.1), (1.0, 1.5, 0.2), (1.5, 1.25, 0.25), (2.0, 1.0, 0.3)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for point in POINTS:
        add_point(tmp_path, point)
    return tmp_path


def curve_of(points: list[tuple[float, float, float]]) -> Curve:
    return Curve(*zip(*points, strict=True))


def test_there_and_back(folder: Path) -> None:
    assert read_curve(folder) == curve_of(POINTS)


def test_also_where_the_loss_is_no_number(tmp_path: Path) -> None:
    for loss in (math.nan, math.inf, -math.inf):
        add_point(tmp_path, (1 / 3, loss, 0.1))
    found = read_curve(tmp_path)
    assert found.epochs == (1 / 3, 1 / 3, 1 / 3)
    assert math.isnan(found.losses[0])
    assert found.losses[1:] == (math.inf, -math.inf)


def test_none_was_kept(tmp_path: Path) -> None:
    assert read_curve(tmp_path) == Curve()
    assert read_curve(tmp_path / "elsewhere") == Curve()


@pytest.mark.parametrize("cut", range(1, 48))
def test_a_line_that_was_cut_short_takes_no_other_with_it(folder: Path, cut: int) -> None:
    file = folder / CURVE
    file.write_bytes(file.read_bytes()[:-cut])
    add_point(folder, (2.5, 0.5, 0.5))
    whole = POINTS if cut == 1 else POINTS[:-1]  # the last byte only ends the line
    assert read_curve(folder) == curve_of([*whole, (2.5, 0.5, 0.5)])


@pytest.mark.parametrize("line", ["[]", "5", "{}", '{"epoch": "x"}', "[" * 100_000, '{"epoch": NaN}', "\ud800"])
def test_a_damaged_line_is_passed_over(folder: Path, line: str) -> None:
    with (folder / CURVE).open("ab") as file:
        file.write(line.encode(errors="surrogatepass") + b"\n")
    assert read_curve(folder) == curve_of(POINTS)


def test_what_came_after_an_epoch_is_forgotten(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    keep_until(folder, 1, fork := tmp_path_factory.mktemp("fork"))
    assert read_curve(fork) == curve_of(POINTS[:2])
    keep_until(folder, 1, folder)
    add_point(folder, (1.25, 1.0, 0.4))
    assert read_curve(folder) == curve_of([*POINTS[:2], (1.25, 1.0, 0.4)])
    keep_until(folder, 0, folder)
    assert read_curve(folder) == Curve()


def test_a_long_one_is_thinned_as_it_is_while_it_is_trained(tmp_path: Path) -> None:
    points = [(step / 100, 1.0, 0.5) for step in range(2 * MOST_POINTS)]
    write_points(tmp_path, points)
    seen = Curve()
    for point in points:
        seen = seen.extended(*point)
    assert read_curve(tmp_path) == seen
    assert len(seen.epochs) <= MOST_POINTS


class TestColumns:
    """Of earlier versions."""

    def test_they_are_read_and_become_lines(self, tmp_path: Path) -> None:
        columns = {"epochs": [0.5, 1.0], "losses": [2.0, math.nan], "accuracies": [0.1, 0.2]}
        (tmp_path / "curve.json").write_text(json.dumps(columns))
        found = read_curve(tmp_path)
        assert (found.epochs, found.accuracies) == ((0.5, 1.0), (0.1, 0.2))
        assert math.isnan(found.losses[1])
        keep_until(tmp_path, 0.5, tmp_path)
        assert read_curve(tmp_path) == Curve((0.5,), (2.0,), (0.1,))
        assert [path.name for path in tmp_path.iterdir()] == [CURVE]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "[]",
            "5",
            '{"epochs": 5}',
            '{"epochs": ["x"], "losses": [1], "accuracies": [1]}',
            '{"epochs": [1], "losses": [], "accuracies": []}',
            "[" * 100_000,
            '{"epochs": [null], "losses": [1], "accuracies": [1]}',
        ],
    )
    def test_damaged_ones_are_as_good_as_none(self, tmp_path: Path, text: str) -> None:
        (tmp_path / "curve.json").write_text(text)
        assert read_curve(tmp_path) == Curve()
