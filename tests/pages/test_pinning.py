"""Pinning on Predict and Failures, and the pinboard of the Train page."""

import io
import json
from typing import Any

import numpy as np
from patience import until
from PIL import Image
from reading import said
from streamlit.testing.v1 import AppTest

from playground.analysis.pins import FOLDER, MOST, Pin
from playground.app.shared.cache import lab
from playground.app.shared.navigation import FAILURES, PREDICT, TRAIN
from playground.app.shared.pinboard import look_at
from playground.data.classes import CLASS_NAMES
from playground.training.record import RunState


def pins() -> tuple[Pin, ...]:
    return lab().pinboard.pins.found().pins


def drawn(page: AppTest) -> dict[str, Any]:
    """What the component draws."""
    (component,) = [each for each in page.get("bidi_component") if each.proto.component_name == "streams"]
    board: dict[str, Any] = json.loads(json.loads(component.proto.json)["board"])
    return board


def caught_up(page: AppTest) -> AppTest:
    until(lambda: not any(lab().pinboard.board(run).behind for run in lab().library.runs()))
    return page.run()


def bag() -> bytes:
    picture = Image.new("RGB", (200, 160), (240, 240, 236))
    picture.paste((90, 40, 40), (40, 60, 160, 130))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def fill_up(count: int) -> None:
    for number in range(count):
        lab().pinboard.pins.pin(np.full((28, 28), number, np.uint8), f"plain {number}")


def test_an_upload_is_pinned_drawn_and_unpinned_with_undo(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("bag.png", bag()).run()
    page.button(key="pin").click().run()
    (pin,) = pins()
    assert (pin.name, pin.truth) == ("bag.png", None)
    assert np.array_equal(pin.image, page.session_state["session"].picture.prepared.pixels)

    page = caught_up(open_page(page, TRAIN))
    (run,) = lab().library.runs()
    board = drawn(page)
    assert board["span"] == len(run.epochs) == 2
    (tile,) = board["tiles"]
    assert (tile["name"], tile["truth"], tile["epochs"]) == ("bag.png", None, [1, 2])
    kept = lab().pinboard.board(run).streams[0]
    assert tile["shares"] == [[round(1000 * share) for share in kept[epoch]] for epoch in (1, 2)]
    assert f"1 of at most {MOST} pins" in said(page)

    page = open_page(page, PREDICT)
    page.button(key="unpin").click().run()
    assert pins() == ()
    assert "bag.png is not pinned any more" in said(page)
    page.button(key="repin").click().run()
    assert pins() == (pin,)
    assert not page.exception


def test_a_test_image_and_a_failure_are_pinned_with_their_class(trained_app: AppTest, open_page):
    page = open_page(trained_app, PREDICT)
    next(button for button in page.button if button.label == "A random test image").click().run()
    page.button(key="pin").click().run()
    page = open_page(page, FAILURES)
    from playground.app.shared.image_view import open_image  # the canvas registers itself with the app's runtime

    number = 5
    open_image(page.session_state["session"], lab().scores.scored(lab().library.runs()[0], "validation"), number)
    page.run()
    page.button(key="pin").click().run()
    assert page.button(key="unpin").label == "Unpin"
    first, second = pins()
    (run,) = lab().library.runs()
    test, validation = lab().scores.images(run, "test"), lab().scores.images(run, "validation")
    index = int(first.name.removeprefix("Test image no. "))
    assert first.truth == CLASS_NAMES[int(test.labels[index])]
    assert second.name == f"Validation image no. {number}"
    assert second.truth == CLASS_NAMES[int(validation.labels[number])]
    assert np.array_equal(second.image, validation.pixels[number].numpy())
    page.button(key="unpin").click().run()
    assert pins() == (first,)
    assert not page.exception


def test_a_full_board_gets_a_sentence(trained_app: AppTest, open_page):
    fill_up(MOST)
    page = open_page(trained_app, PREDICT)
    page.file_uploader[0].upload("bag.png", bag()).run()
    page.button(key="pin").click().run()
    assert page.error[0].value.startswith("bag.png was not pinned: 24 pictures are pinned already.")
    assert len(pins()) == MOST
    assert not page.exception


def test_an_empty_board_says_what_to_do(trained_app: AppTest, open_page):
    page = open_page(trained_app, TRAIN)
    assert "Pin a picture, and its prediction is drawn here" in said(page)
    assert not page.exception


def test_a_damaged_pin_is_said_and_the_others_are_shown(trained_app: AppTest, open_page, home):
    fill_up(2)
    (home / FOLDER / f"{pins()[0].pin}.json").write_text("{")
    page = caught_up(open_page(trained_app, TRAIN))
    assert [tile["name"] for tile in drawn(page)["tiles"]] == ["plain 1"]
    assert "is damaged and left out" in said(page)
    assert not page.exception


def test_the_stream_grows_while_it_trains_over_all_planned_epochs(trained_app: AppTest, open_page):
    fill_up(1)
    (first,) = lab().library.runs()
    run = lab().trainer.start(first.experiment.changed({"training.epochs": 500}))
    until(lambda: len(lab().library.run(run).epochs) >= 2)
    lab().trainer.pause(run)
    until(lambda: lab().library.run(run).state is RunState.PAUSED)
    trained_app.query_params["run"] = run
    page = open_page(trained_app, TRAIN)
    board = drawn(page)
    done = len(lab().library.run(run).epochs)
    assert board["span"] == 500
    assert board["tiles"][0]["epochs"] == list(range(1, done + 1))
    lab().trainer.stop(run)
    until(lambda: lab().library.run(run).state.is_final)
    page.run()
    assert drawn(page)["span"] == len(lab().library.run(run).epochs)
    assert not page.exception


def test_a_pinned_picture_is_asked_about_again_on_predict(trained_app: AppTest, open_page):
    fill_up(2)
    page = open_page(trained_app, PREDICT)
    tab, (run,) = page.session_state["session"], lab().library.runs()
    look_at(lab().pinboard.board(run), tab, pins()[1].pin)  # what the picture's button does
    page = open_page(page.run(), PREDICT)
    assert "plain 1: 28 x 28 grey pixels" in said(page)
    assert page.button(key="unpin").label == "Unpin"
    assert not page.exception
