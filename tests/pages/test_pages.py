"""Every page: empty, and with a finished run."""

import pytest
from streamlit.testing.v1 import AppTest

PAGES = {
    "train": "pages/train/train.py",
    "confusion": "pages/inspect/confusion.py",
    "failures": "pages/inspect/failures.py",
    "predict": "pages/predict/predict.py",
    "garments": "pages/data/garments.py",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_runs_says_what_to_do(app: AppTest, open_page, name):
    page = open_page(app, PAGES[name])
    told = [info.value for info in page.info]
    if name == "garments":
        assert any("training and" in text.value for text in page.markdown)
    else:
        assert any("train" in text.lower() for text in told), told


@pytest.mark.parametrize("name", PAGES)
def test_a_page_with_a_finished_run_shows_no_fault(trained_app: AppTest, open_page, name):
    page = open_page(trained_app, PAGES[name])
    assert page.title[0].value == name.capitalize()
    assert not page.error
