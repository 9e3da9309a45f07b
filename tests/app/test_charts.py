"""Matrices and bars as they are drawn, held against scikit-learn and PyTorch."""

from pathlib import Path

import numpy as np
import pytest
from scored import Scored
from sklearn.metrics import confusion_matrix

from playground.app.components import charts
from playground.app.components.charts import (
    change_figure,
    confusion_figure,
    probability_figure,
    schedule_figure,
)
from playground.data.classes import CLASS_NAMES
from playground.experiment.training import Training
from playground.metrics.classification import confusion, shares


def counted(scored: Scored, turned: int = 0, normalize: str | None = None) -> np.ndarray:
    said = scored.logits.argmax(1).roll(turned)
    return confusion_matrix(scored.labels, said, labels=range(10), normalize=normalize)


def written(figure) -> dict[tuple[str, str], str]:
    """What stands in the cells, by true and predicted class."""
    _, *texts = figure.data
    return {(y, x): text for trace in texts for y, x, text in zip(trace.y, trace.x, trace.text, strict=True)}


def test_counts_are_drawn_and_written(scored: Scored) -> None:
    matrix = confusion(scored.logits, scored.labels)
    figure = confusion_figure(matrix.astype(float), CLASS_NAMES, as_share=False)
    expected = counted(scored)
    assert np.array_equal(figure.data[0].z, expected)
    assert (figure.data[0].x, figure.data[0].y) == (CLASS_NAMES, CLASS_NAMES)
    assert written(figure) == {
        (CLASS_NAMES[i], CLASS_NAMES[j]): f"{count}" if count else "" for (i, j), count in np.ndenumerate(expected)
    }


def test_shares_are_drawn_and_written(scored: Scored) -> None:
    figure = confusion_figure(shares(confusion(scored.logits, scored.labels)), CLASS_NAMES, as_share=True)
    expected = counted(scored, normalize="true")
    assert np.array(figure.data[0].z) == pytest.approx(expected)
    for (true, said), text in written(figure).items():
        share = expected[CLASS_NAMES.index(true), CLASS_NAMES.index(said)]
        assert text == (f"{share:.0%}" if share >= 0.005 else "")


def test_a_change_has_its_sign(scored: Scored) -> None:
    other = scored.logits.roll(300, 0)
    moved = confusion(other, scored.labels) - confusion(scored.logits, scored.labels)
    figure = change_figure(moved, CLASS_NAMES)
    expected = counted(scored, 300) - counted(scored)
    assert np.array_equal(figure.data[0].z, expected)
    assert (figure.data[0].zmin, figure.data[0].zmax) == (-abs(expected).max(), abs(expected).max())
    for (true, said), text in written(figure).items():
        change = expected[CLASS_NAMES.index(true), CLASS_NAMES.index(said)]
        assert (int(text) if text else 0) == change
        assert text[:1] in ("", "+", "-")


def test_ten_bars_are_the_softmax(scored: Scored) -> None:
    chances = scored.logits[7].softmax(0)
    (bars,) = probability_figure(chances.tolist(), CLASS_NAMES, "All ten classes")["data"]
    powers = np.exp(scored.logits[7].double().numpy() - scored.logits[7].max().item())
    expected = powers / powers.sum()
    assert bars["x"] == pytest.approx(expected, abs=1e-6)
    assert bars["y"] == list(CLASS_NAMES)
    assert bars["text"] == [f"{share:.1%}" for share in expected]
    assert len(set(bars["marker"]["color"])) == 2
    assert bars["marker"]["color"].count(bars["marker"]["color"][int(expected.argmax())]) == 1


def test_a_constant_rate_is_drawn_above_zero() -> None:
    """Plotly draws a constant in the middle of an axis from -1 to 1, where 0.001 cannot be told from 0."""
    figure = schedule_figure(Training())
    assert set(figure.data[0].y) == {0.001}
    assert figure.layout.yaxis.rangemode == "tozero"


def test_every_chart_is_told_the_same_about_its_tools():
    """A chart that is not would have a button that sends it to another company."""
    app = Path(charts.__file__).parents[1]
    sources = {file.stem: file.read_text() for file in app.rglob("*.py")}
    assert [name for name, text in sources.items() if "st.plotly_chart(" in text] == ["still_chart"]
    drawing = {file.stem for file in app.rglob("*.js") if "Plotly.react(" in file.read_text()}
    assert len(drawing) >= 2
    assert drawing == {name for name, text in sources.items() if '"config": CHART_CONFIG' in text}
    assert charts.CHART_CONFIG["showSendToCloud"] is False
