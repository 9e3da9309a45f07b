"""A confusion matrix as it is drawn: figures, ink, differences."""

import numpy as np
import pytest
from scored import Scored

from playground.app.inspect.matrix_figures import READINGS, drawn, inks
from playground.metrics.classification import confusion


@pytest.mark.parametrize("name", READINGS)
def test_every_reading_writes_what_its_cells_are(scored: Scored, name: str) -> None:
    reading = READINGS[name]
    cells = reading.cells(scored.logits, scored.labels)
    figure = drawn(reading, cells, 1000)
    assert figure["values"] == np.round(cells, 6).tolist()
    assert "n = 1,000" in figure["axes"]
    for row, texts in zip(cells, figure["texts"], strict=True):
        for value, text in zip(row, texts, strict=True):
            assert text == "" or float(text) == pytest.approx(
                value * (100 if "%" in reading.unit else 1), abs=0.51
            )
            assert text or value * (100 if "%" in reading.unit else 1) <= 0.5
    assert 0 <= np.min(figure["inks"]) <= np.max(figure["inks"]) == 1


def test_the_units_add_up_as_they_say(scored: Scored) -> None:
    of_true, of_predicted, sums = (
        READINGS[name].cells(scored.logits, scored.labels)
        for name in ("of the true class", "of the predicted class", "probabilities")
    )
    assert of_true.sum(1) == pytest.approx(np.ones(10))
    assert of_predicted.sum(0) == pytest.approx(np.ones(10))
    assert sums.sum() == pytest.approx(len(scored.labels))


def test_without_the_diagonal_the_errors_have_all_the_ink(scored: Scored) -> None:
    cells = confusion(scored.logits, scored.labels).astype(float)
    figure = drawn(READINGS["counts"], cells, 1000, diagonal=False)
    assert all(figure["texts"][each][each] == "" for each in range(10))
    errors = cells * ~np.eye(10, dtype=bool)
    assert np.argmax(figure["inks"]) == np.argmax(errors)
    assert np.max(figure["inks"]) == 1


def test_a_difference_has_signs_in_figures_and_colours() -> None:
    cells, other = np.zeros((10, 10)), np.zeros((10, 10))
    cells[1, 2], other[3, 4] = 5, 2
    figure = drawn(READINGS["counts"], cells, 7, other, "epoch 2")
    assert (figure["texts"][1][2], figure["texts"][3][4], figure["texts"][0][0]) == ("+5", "-2", "")
    assert figure["inks"][1][2] == -1  # below 0: orange
    assert 0 < figure["inks"][3][4] < 1
    assert figure["title"] == "Images: change against epoch 2"
    assert "orange: more, blue: fewer" in figure["axes"]


def test_nothing_at_all_has_hardly_any_ink() -> None:
    assert inks(np.zeros((10, 10))).max() < 0.05
