"""The inspection pages in a browser: a cell shows its images, and everything goes along with the epoch slider."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sklearn.metrics import accuracy_score, confusion_matrix
from walking import settled

from playground.analysis.scores import ScoredImages
from playground.data.classes import CLASS_NAMES
from playground.lab.lab import Lab
from playground.lab.settings import Settings
from playground.metrics.calibration import reliability
from playground.metrics.mistakes import Answers
from tools.benchmarks.moving import EPOCHS, TRAINING, after, move, there_and_back

AT_ONCE = 42  # images on a page: playground.app.inspect.confusion_view can be imported by the app alone


@pytest.fixture(scope="module")
def run(server) -> str:
    return str(server.ask(*TRAINING)["run"])


@pytest.fixture(scope="module")
def judged(server, run) -> dict[int, ScoredImages]:
    """What was kept of every epoch, read beside the app."""
    lab = Lab(Settings(home=server.home, threads=1))
    return {epoch: lab.scores.scored(lab.library.run(run), "validation", epoch) for epoch in range(1, EPOCHS + 1)}


def counts(seen: ScoredImages) -> np.ndarray:
    return confusion_matrix(seen.images.labels, seen.logits.argmax(1), labels=range(10))


def shown_counts(page: Page) -> np.ndarray:
    """The figures in the matrix on the screen."""
    texts = page.locator(".matrix tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.querySelectorAll('td button')].map(cell => cell.textContent))"
    )
    return np.array([[int(text or 0) for text in row] for row in texts])


def images_of(page: Page, count: int) -> list[int]:
    """The numbers of so many images in the gallery of a cell, over its pages."""
    found: list[int] = []
    tiles = page.locator(".st-key-cell_images .tile")
    while True:
        expect(tiles).to_have_count(min(AT_ONCE, count - len(found)))
        texts = tiles.all_inner_texts()
        found += [int(re.search(r"no\. (\d+)", text)[1]) for text in texts]
        if len(found) >= count:
            return found
        page.get_by_role("button", name="Next page").click()
        expect(tiles.first).not_to_have_text(texts[0], use_inner_text=True)  # as they were read
        settled(page)


def open_confusion(open_page: Any, run: str, epoch: int) -> Page:
    page: Page = open_page(f"confusion?run={run}&epoch={epoch}")
    page.get_by_text(after(epoch)).wait_for()
    page.locator(".matrix td button").first.wait_for()
    settled(page)
    return page


def test_a_click_on_a_cell_shows_exactly_its_images(open_page, run, judged):
    seen = judged[3]
    page = open_confusion(open_page, run, 3)
    assert (shown_counts(page) == counts(seen)).all()
    errors = counts(seen) * ~np.eye(10, dtype=bool)
    true, said = (int(each) for each in np.unravel_index(errors.argmax(), errors.shape))
    page.get_by_role("button", name=f"{CLASS_NAMES[true]} taken for {CLASS_NAMES[said]}").click()
    page.get_by_text(f"{CLASS_NAMES[true]} taken for {CLASS_NAMES[said]}: {errors[true, said]:,} of").wait_for()
    settled(page)
    expected = np.flatnonzero((seen.images.labels == true).numpy() & (seen.logits.argmax(1) == said).numpy())
    found = images_of(page, int(errors[true, said]))
    assert len(found) == len(set(found)) == errors[true, said]
    assert sorted(found) == expected.tolist()


def test_a_class_at_the_edge_and_the_arrow_keys(open_page, run, judged):
    seen = judged[EPOCHS]
    page = open_confusion(open_page, run, EPOCHS)
    page.get_by_role("button", name="Sandal", exact=True).first.click()  # of the columns
    page.get_by_text(f"Taken for Sandal: {counts(seen)[:, 5].sum():,} of").wait_for()
    pressed = page.locator(".matrix button[aria-pressed=true]")
    expect(pressed).to_have_text("Sandal")
    pressed.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text(f"Trouser taken for Sandal: {counts(seen)[1, 5]} of").wait_for()
    page.keyboard.press("Enter")  # once more lets it go
    page.get_by_text("Click a cell of the matrix").wait_for()


MOVES = pytest.mark.parametrize("moves", [10, pytest.param(50, marks=pytest.mark.slow)])
"""From the last epoch to the first and back, or five times so."""


@MOVES
def test_moves_of_the_slider_take_everything_along(open_page, run, judged, moves):
    """Matrix, the failures of a cell, and metrics; then the same epochs on the Failures page."""
    shirt, shirt_said_top = CLASS_NAMES.index("Shirt"), CLASS_NAMES.index("T-shirt/top")
    page = open_confusion(open_page, run, EPOCHS)
    page.get_by_role("button", name="Shirt taken for T-shirt/top").click()
    cell = counts(judged[EPOCHS])[shirt, shirt_said_top]
    page.get_by_text(f"Shirt taken for T-shirt/top: {cell:,} of").wait_for()
    settled(page)
    shown = EPOCHS
    for to in there_and_back(moves):
        move(page, "confusion_chart", shown, to)
        shown, seen = to, judged[to]
        matrix, accuracy = counts(seen), accuracy_score(seen.images.labels, seen.logits.argmax(1))
        assert (shown_counts(page) == matrix).all()
        cell, errors = matrix[shirt, shirt_said_top], matrix.sum() - matrix.trace()
        expect(page.get_by_text(f"{accuracy:.2%} of {matrix.sum():,} validation images")).to_be_visible()
        expect(page.get_by_text(f"Most frequent confusions of {errors:,} errors")).to_be_visible()
        expect(page.get_by_text(f"Shirt taken for T-shirt/top: {cell:,} of")).to_be_visible()
        expect(page.locator(".st-key-cell_images .tile")).to_have_count(min(int(cell), 42))
        error = reliability(seen.logits, seen.images.labels).expected_error
        chart = page.locator(".st-key-reliability_chart .live-chart")
        expect(chart).to_have_attribute("aria-label", re.compile(f"calibration error {error:.2%}"))
        assert page.url.endswith(f"run={run}&epoch={to}")


@MOVES
def test_moves_take_the_failures_along(open_page, run, judged, moves):
    page = open_page(f"failures?run={run}&epoch={EPOCHS}")
    page.locator(".st-key-failures_grid .tile").first.wait_for()
    settled(page)
    shown = EPOCHS
    for to in there_and_back(moves):
        move(page, "failures_grid", shown, to)
        shown, answers = to, Answers.of(judged[to].logits, judged[to].images.labels)
        expect(page.get_by_text(f"{answers.wrong.sum():,} wrong of")).to_be_visible()
        surest = int(np.where(answers.wrong, answers.confidence, 0).argmax())
        expect(page.locator(".st-key-failures_grid .tile").first).to_contain_text(f"no. {surest}")


def test_run_and_epoch_hold_from_page_to_page(open_page, run):
    page = open_confusion(open_page, run, 2)
    for name in ("Failures", "Predict", "Confusion"):
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        settled(page)
        expect(page.get_by_role("slider", name="Epoch")).to_have_value("2")
        assert page.url.endswith(f"/{name.lower()}?run={run}&epoch=2")


def test_which_images_were_chosen_holds_from_page_to_page(open_page, run):
    page = open_confusion(open_page, run, EPOCHS)
    page.get_by_text("test", exact=True).click()
    page.get_by_text("evaluated once").first.wait_for()
    for name in ("Failures", "Map", "Confusion"):
        page.get_by_role("link", name=name).click()
        page.get_by_role("heading", name=name, exact=True).wait_for()
        settled(page)
        expect(page.get_by_role("radio", name="test")).to_be_checked()
        page.wait_for_function("location.search.includes('part=test')")


def test_play_runs_to_the_end_and_stops(open_page, run):
    page = open_confusion(open_page, run, EPOCHS - 1)
    page.get_by_role("button", name="Play", exact=True).click()
    page.get_by_text(after(EPOCHS)).wait_for()
    page.get_by_role("button", name="Play", exact=True).wait_for()
    assert page.url.endswith(f"epoch={EPOCHS}")


@pytest.mark.parametrize("kind", ["PNG", "SVG", "CSV"])
def test_matrix_and_figures_are_saved(open_page, run, judged, kind, tmp_path):
    page = open_confusion(open_page, run, 2)
    for place in ("confusion_chart", "reliability_chart"):
        with page.expect_download() as download:
            page.locator(f".st-key-{place} .saving button", has_text=kind).click()
        file = tmp_path / download.value.suggested_filename
        download.value.save_as(file)
        assert file.suffix == f".{kind.lower()}"
        assert _holds(file, place, judged[2])


def _holds(file: Path, place: str, seen: ScoredImages) -> bool:
    if file.suffix == ".png":
        return file.read_bytes().startswith(b"\x89PNG") and file.stat().st_size > 5000
    text = file.read_text()
    if file.suffix == ".svg":
        return text.startswith("<svg") and ("T-shirt/top" in text or "Reliability" in text)
    rows = [line.split(",") for line in text.splitlines()]
    if place == "confusion_chart":
        return rows[0][1:] == list(CLASS_NAMES) and [[int(v) for v in row[1:]] for row in rows[1:]] == (
            counts(seen).tolist()
        )
    return rows[0][0] == "series" and len(rows) > 10


def test_an_image_opens_from_the_sheet(open_page, run):
    page = open_page(f"failures?run={run}&epoch=3")
    page.locator(".st-key-failures_grid button.picture").nth(4).wait_for()
    number = re.search(r"no\. (\d+)", page.locator(".st-key-failures_grid .tile").nth(4).inner_text())[1]
    page.locator(".st-key-failures_grid button.picture").nth(4).click()
    opened = page.locator(".st-key-opened_image")
    opened.get_by_text(f"Validation image no. {number}").wait_for()
    opened.locator(".js-plotly-plot").wait_for()
    opened.locator(".tile").first.wait_for()
    opened.get_by_role("button", name="Try it on the canvas").click()
    page.get_by_text("is under the canvas").wait_for()
