"""Files from anywhere, through the uploader: each ends in an answer or a sentence, and the page stays usable."""

from hostile import encoded, garment, refused, sound
from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.shared.navigation import PREDICT


def test_sound_and_other_files_at_once(trained_app: AppTest, open_page) -> None:
    page = open_page(trained_app, PREDICT)
    good, bad = sound(), refused()
    page.file_uploader[0].set_value([(each.name, each.content, "image/png") for each in (*good, *bad)]).run()
    assert not page.exception
    album = page.session_state["session"].album
    assert [each.name for each in album] == [each.name for each in (*good, *bad)]
    assert not any(each.complaint for each in album[: len(good)])
    for handed, seen in zip(bad, album[len(good) :], strict=True):
        assert handed.complaint in seen.complaint
        assert seen.pixels is None
    assert len(page.error) == 4  # of the last picture, and the first three of the others
    assert f"{len(bad) - 3} more could not be read" in [each.label for each in page.expander]
    assert "\\*bold\\*\\_\\$x" in page.error[-1].value  # its name is no Markdown


def test_three_hundred_at_once_are_paged(trained_app: AppTest, open_page) -> None:
    page = open_page(trained_app, PREDICT)
    files = [(f"{n}.png", encoded(garment(90 + n % 7, 120), "PNG"), "image/png") for n in range(300)]
    page.file_uploader[0].set_value(files).run()
    assert not page.exception
    tab = page.session_state["session"]
    assert len(tab.album) == 300
    assert tab.picture.name == "299.png"
    assert "1 to 30 of 300 pictures." in said(page)
    page.selectbox(key="album_choice").set_value("7. 6.png").run()
    assert tab.picture.name == "6.png"
    assert tab.picture.source is not None
    page.session_state["album_page"] = 10
    page.run()
    assert "271 to 300 of 300 pictures." in said(page)
    page.selectbox(key="album_choice").set_value("300. 299.png").run()
    assert tab.picture.name == "299.png"
    assert not page.exception
