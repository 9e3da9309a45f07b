"""The app without a browser."""

from collections.abc import Iterator
from pathlib import Path

from patience import until
from streamlit.testing.v1 import AppTest

from playground.app.shared.cache import lab

ROOT = Path(__file__).resolve().parents[2]


def opened() -> Iterator[AppTest]:
    """The app after its first run, with torch imported; afterwards nothing of it is left."""
    lab.clear()
    test = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    until(lambda: lab().is_warm)
    yield test.run()
    for snapshot in lab().library.live():
        lab().trainer.stop(snapshot.run.run)
    until(lambda: not lab().library.live())
    lab.clear()
