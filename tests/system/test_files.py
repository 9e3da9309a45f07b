"""Files that are there whole or not at all."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from playground.system.files import write_atomically

FULL_DISK = """
import resource, sys
from pathlib import Path
from playground.system.files import write_atomically
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_atomically(Path(sys.argv[1]), bytes(2000))
except OSError as error:
    sys.exit(f"refused: {error.strerror}")
"""


def test_it_makes_the_folder_and_replaces_the_content(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "file"
    write_atomically(file, b"one")
    write_atomically(file, b"two")
    assert file.read_bytes() == b"two"
    assert list(file.parent.iterdir()) == [file]


def test_a_full_disk_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file"
    write_atomically(file, b"old")
    root = Path(__file__).parents[2]
    ended = subprocess.run([sys.executable, "-c", FULL_DISK, file], capture_output=True, text=True, cwd=root)
    assert ended.stderr == "refused: File too large\n"
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_target_that_cannot_be_replaced_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "file" / "inside").mkdir(parents=True)
    with pytest.raises(OSError, match="file"):
        write_atomically(tmp_path / "file", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_reader_sees_the_old_or_the_new_never_a_part(tmp_path: Path) -> None:
    file = tmp_path / "file"
    contents = [bytes([number]) * 100_000 for number in range(40)]
    write_atomically(file, contents[0])
    writers = [threading.Thread(target=write_atomically, args=(file, content)) for content in contents]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        assert file.read_bytes() in contents
    assert list(tmp_path.iterdir()) == [file]
