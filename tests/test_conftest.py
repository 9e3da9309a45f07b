"""The rule that nothing important is skipped in CI."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TESTS = """
import pytest
@pytest.mark.browser
@pytest.mark.skip(reason="no Chromium here")
def test_browser(): pass
@pytest.mark.full_data
def test_data(): pytest.skip("no images here")
@pytest.mark.skip(reason="a trifle")
def test_trifle(): pass
@pytest.mark.browser
@pytest.mark.xfail
def test_known_fault(): assert False
"""


def outcome(folder: Path, ci: str) -> tuple[int, str]:
    shutil.copy(HERE / "conftest.py", folder)
    (folder / "test_skipped.py").write_text(TESTS)
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)],
        cwd=folder,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(HERE.parent)},
        capture_output=True,
        text=True,
    )
    return ended.returncode, ended.stdout


def test_a_skipped_test_that_matters_fails_in_ci(tmp_path: Path) -> None:
    status, said = outcome(tmp_path, "true")
    assert status == 1
    assert "1 failed, 1 skipped, 1 xfailed" in said
    assert "1 error" in said  # skipped before it began
    assert "In CI a skipped browser test is a failure" in said
    assert "In CI a skipped full_data test is a failure" in said


def test_elsewhere_it_is_only_skipped(tmp_path: Path) -> None:
    status, said = outcome(tmp_path, "")
    assert status == 0
    assert "3 skipped, 1 xfailed" in said
