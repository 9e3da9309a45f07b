"""The Predict page: a drawing, a file, a test image."""

import io

import numpy as np
from PIL import Image, ImageDraw
from reading import said
from streamlit.testing.v1 import AppTest

from playground.core.classes import CLASS_NAMES

PREDICT = "pages/predict/predict.py"


def trousers() -> bytes:
    """Dark trousers on a light page, as a person would photograph them."""
    picture = Image.new("RGB", (320, 400), (236, 232, 222))
    draw = ImageDraw.Draw(picture)
    draw.polygon(
        [(110, 60), (210, 60), (220, 340), (175, 340), (160, 130), (145, 340), (100, 340)], fill=(40, 44, 70)
    )
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def answered(page: AppTest) -> str:
    return next(text.value[4:] for text in page.markdown if text.value.startswith("### "))


def test_an_uploaded_picture_is_answered(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("trousers.png", trousers()).run()
    assert not page.exception
    assert not page.error
    assert answered(page) in CLASS_NAMES
    assert "trousers.png" in said(page)


def test_a_file_that_is_no_picture_gets_a_sentence(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("note.png", b"<html>not a picture</html>").run()
    assert not page.exception
    assert "note.png" in page.error[0].value


def test_a_random_test_image_comes_with_its_truth(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    next(button for button in page.button if button.label == "A random test image").click().run()
    assert not page.exception
    assert answered(page) in CLASS_NAMES
    assert "It is: **" in said(page)


def test_use_this_picture_goes_back_to_the_own_picture(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("trousers.png", trousers()).run()
    first = page.session_state["session"].picture
    next(button for button in page.button if button.label == "A random test image").click().run()
    assert page.session_state["session"].picture is not first
    next(button for button in page.button if button.label == "Use this picture").click().run()
    assert np.array_equal(page.session_state["session"].picture.prepared.pixels, first.prepared.pixels)
