"""Where browsers give the camera: https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy"""

import pytest

from playground.app.components.camera import gives_camera


@pytest.mark.parametrize(
    ("url", "given"),
    [
        ("https://class.example/predict", True),
        ("http://localhost:8501/predict", True),
        ("http://lab.localhost:8501/predict", True),
        ("http://127.0.0.1:8501/predict", True),
        ("http://127.8.0.1:8501/predict", True),
        ("http://[::1]:8501/predict", True),
        ("http://192.168.1.5:8501/predict", False),
        ("http://[fe80::1]:8501/predict", False),
        ("http://class.example/predict", False),
        ("http://localhost.example/predict", False),
        ("", True),  # no browser said where it is
    ],
)
def test_the_camera_is_there_where_browsers_give_it(url, given):
    assert gives_camera(url) is given
