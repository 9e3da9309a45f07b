"""The Predict page: a drawing, a file, a test image."""

import io
import json

import numpy as np
import pytest
import torch
from patience import until
from PIL import Image, ImageDraw
from reading import said, sent
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import PREDICT
from playground.data.classes import CLASS_NAMES
from playground.network.inference import predict_logits
from playground.training.record import Run


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


def chances(pixels: np.ndarray, run: Run, epoch: int | None = None) -> list[float]:
    """What a run's network says of a prepared picture."""
    logits = predict_logits(lab().scores.network(run, epoch), torch.from_numpy(pixels)[None], run.experiment.data)
    return logits[0].softmax(0).tolist()


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
    expected = chances(page.session_state["session"].picture.prepared.pixels, lab().library.runs()[0])
    assert answered(page) == CLASS_NAMES[int(np.argmax(expected))]
    assert f"{max(expected):.1%} sure, says **" in said(page)
    (chart,) = [each for each in sent(page, "live_chart") if "All ten classes" in each["figure"]]
    assert json.loads(chart["figure"])["data"][0]["x"] == pytest.approx(expected, abs=1e-5)


def test_use_this_picture_goes_back_to_the_own_picture(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("trousers.png", trousers()).run()
    first = page.session_state["session"].picture
    next(button for button in page.button if button.label == "A random test image").click().run()
    assert page.session_state["session"].picture is not first
    next(button for button in page.button if button.label == "Use this picture").click().run()
    assert np.array_equal(page.session_state["session"].picture.prepared.pixels, first.prepared.pixels)


def outlined() -> bytes:
    """A T-shirt in thin lines, as an icon would show it."""
    picture = Image.new("RGB", (300, 300), (255, 255, 255))
    corners = [
        (100, 50),
        (200, 50),
        (270, 110),
        (240, 150),
        (205, 120),
        (205, 260),
        (95, 260),
        (95, 120),
        (60, 150),
    ]
    ImageDraw.Draw(picture).line([*corners, (30, 110), (100, 50)], fill=(0, 0, 0), width=9)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def test_a_step_can_be_left_out_and_done_again(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("outline.png", outlined()).run()
    assert "**Outline filled.**" in said(page)
    assert "Without it: " in said(page)
    filled = page.session_state["session"].picture.prepared.pixels
    page.button(key="without-Outline filled").click().run()
    assert "**Outline filled.**" not in said(page)
    assert page.session_state["session"].picture.prepared.pixels.mean() < 0.7 * filled.mean()
    page.button(key="again-Outline filled").click().run()
    assert np.array_equal(page.session_state["session"].picture.prepared.pixels, filled)
    assert not page.exception


def test_it_says_how_many_images_look_more_like_the_data(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    next(button for button in page.button if button.label == "A random test image").click().run()
    until(lambda: "The nearest of " in said(page.run()))  # they are looked for in the background
    pixels = torch.from_numpy(page.session_state["session"].picture.prepared.pixels)
    beside = lab().scores.neighbours(lab().library.runs()[0], pixels)
    assert (
        f"This picture is less typical than {beside.typicality.ood_percentile:.0%} of the held-out images."
        in said(page)
    )
    (sheet,) = [each for each in sent(page, "gallery") if each["label"] == "The nearest training images"]
    assert [tile["text"][1] for tile in sheet["tiles"]] == [f"cosine {c:.2f}" for c in beside.typicality.cosines]
    assert not page.exception


def test_several_files_stand_beside_each_other_and_each_can_be_looked_at(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    files = [
        ("trousers.png", trousers(), "image/png"),
        ("bad.png", b"nothing", "image/png"),
        ("outline.png", outlined(), "image/png"),
    ]
    page.file_uploader[0].set_value(files).run()
    assert page.session_state["session"].picture.name == "outline.png"
    assert "bad.png" in page.error[0].value
    (sheet,) = [each for each in sent(page, "gallery") if each["label"] == "Your pictures and their predictions"]
    album = [each for each in page.session_state["session"].album if each.pixels is not None]
    for tile, each in zip(sheet["tiles"], album, strict=True):
        expected = chances(each.pixels, lab().library.runs()[0])
        assert tile["text"] == [CLASS_NAMES[int(np.argmax(expected))], f"{max(expected):.0%}", each.name]
    page.selectbox(key="album_choice").set_value("1. trousers.png").run()
    assert page.session_state["session"].picture.name == "trousers.png"
    assert not page.exception


def test_other_networks_and_earlier_epochs_are_asked(trained_app: AppTest, open_page):
    (first,) = lab().library.runs()
    other = lab().trainer.start(first.experiment.changed({"training.seed": 3}), "another one")
    until(lambda: lab().library.run(other).state.is_final)
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("trousers.png", trousers()).run()
    page.multiselect(key="other_networks").set_value([other]).run()
    table = page.dataframe[0].value
    assert list(table["Network"]) == [first.name, "another one"]
    for run, (_, row) in zip((first, lab().library.run(other)), table.iterrows(), strict=True):
        expected = chances(page.session_state["session"].picture.prepared.pixels, run)
        for place, label in enumerate(np.argsort(expected)[::-1][:3], 1):
            assert row[f"{place}."] == f"{CLASS_NAMES[label]} {expected[label]:.0%}"
    assert not page.exception


def test_of_many_epochs_eight_are_asked_with_the_first_and_the_last(trained_app: AppTest, open_page):
    (first,) = lab().library.runs()
    run = lab().trainer.start(first.experiment.changed({"training.epochs": 11, "data.fraction": 0.02}))
    until(lambda: lab().library.run(run).state.is_final)
    page = open_page(trained_app, PREDICT)
    page.selectbox(key="picked_run").set_value(run).run()
    page.file_uploader[0].upload("trousers.png", trousers()).run()
    charts = [json.loads(each["figure"]) for each in sent(page, "live_chart")]
    (history,) = [each for each in charts if "through the epochs" in each["layout"]["title"]["text"]]
    asked = history["data"][0]["x"]
    assert (len(asked), asked[0], asked[-1]) == (8, 1, 11)
    assert asked == sorted(set(asked))
    pixels = page.session_state["session"].picture.prepared.pixels
    expected = np.array([chances(pixels, lab().library.run(run), epoch) for epoch in asked])
    assert len(history["data"]) == 4
    for line in history["data"]:
        assert line["y"] == pytest.approx(expected[:, CLASS_NAMES.index(line["name"])], abs=1e-5)
