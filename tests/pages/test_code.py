"""The Code page."""

from collections.abc import Callable

from reading import said
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab
from playground.app.shared.navigation import CODE, PageEntry
from playground.experiment.presets import PRESETS, name_for
from playground.export.train_script import script

Open = Callable[[AppTest, PageEntry], AppTest]


def test_the_script_of_the_experiment_in_the_sidebar(app: AppTest, open_page: Open) -> None:
    open_page(app, CODE)
    assert app.code[0].value == script(PRESETS["quick"].experiment, "quick").strip()


def test_the_script_of_a_run(trained_app: AppTest, open_page: Open) -> None:
    (run,) = lab().library.runs()
    open_page(trained_app, CODE)
    trained_app.selectbox(key="code_of").set_value(run.run).run()
    assert trained_app.code[0].value == script(run.experiment, name_for(run.experiment)).strip()


def test_an_experiment_that_cannot_be_is_told(app: AppTest, open_page: Open) -> None:
    app.session_state["session"].draft["training"]["epochs"] = -1
    open_page(app, CODE)
    assert not app.exception
    assert "training.epochs" in app.error[0].value
    assert "def main" not in said(app)
