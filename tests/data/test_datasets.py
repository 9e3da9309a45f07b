"""The images of one home: the sample at first, the fetch in the background, the cache."""

import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from mirror import CLOSED, Mirror, needs_debian, put_tiny

from playground.data.sources.cache import CACHE_NAME
from playground.data.sources.datasets import Datasets
from playground.data.sources.originals import ORIGINALS, RAW
from playground.data.sources.sources import SOURCES
from playground.errors import DataError

full_data = pytest.mark.full_data


@pytest.fixture
def offline(home: Path, tmp_path: Path, no_apt: None) -> Datasets:
    return Datasets(home, debian_folder=tmp_path / "none", mirrors=(CLOSED,))


def test_importing_it_does_not_import_torch() -> None:
    code = "import sys, playground.data.sources.datasets; sys.exit('torch' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


class TestWithoutTheFullSet:
    def test_nothing_is_known_at_first(self, offline: Datasets) -> None:
        status = offline.status()
        assert (status.state, status.name, status.problems) == ("unknown", None, ())
        assert offline.wait(0).state == "unknown"

    def test_the_sample_is_used_and_every_source_explains_itself(self, offline: Datasets, home: Path) -> None:
        offline.start_fetching()
        status = offline.wait(60)
        assert (status.state, status.name, status.source, status.progress) == (
            "failed",
            "sample",
            "sample",
            None,
        )
        assert "sample of 7,000 images" in status.message
        assert [problem.split(":")[0] for problem in status.problems] == [
            name for name in SOURCES if name != "sample"
        ]
        assert str(home) in status.problems[0]
        assert CLOSED in status.problems[2]
        assert "apt-get" in status.problems[3]
        assert offline.current().name == "sample"
        assert not (home / "data" / CACHE_NAME).exists()

    def test_starting_twice_fetches_once_and_again_fetches_again(
        self, home: Path, tmp_path: Path, no_apt: None, mirror: Mirror
    ) -> None:
        datasets = Datasets(home, debian_folder=tmp_path / "none", mirrors=(mirror.address,))
        for _ in range(3):
            datasets.start_fetching()
        datasets.wait(60)
        datasets.start_fetching()
        assert len(mirror.asked) == 1
        datasets.start_fetching(again=True)
        problems = datasets.wait(60).problems
        assert len(mirror.asked) == 2
        assert len(problems) == 4

    def test_the_full_set_is_refused_with_the_remedy(self, offline: Datasets) -> None:
        with pytest.raises(DataError, match="python -m playground data"):
            offline.named("full")
        assert offline.named("sample") is offline.current()

    def test_fetching_ends_with_the_sample(self, offline: Datasets) -> None:
        said: list[str] = []
        data = offline.fetch(progress=lambda message, _: said.append(message))
        assert (data.name, offline.status().state) == ("sample", "failed")
        assert f"Connecting to {CLOSED}{ORIGINALS[0].gz}" in said

    def test_one_source_is_taken_at_its_word(self, offline: Datasets) -> None:
        with pytest.raises(DataError, match=CLOSED):
            offline.fetch("download")
        assert offline.status().state == "failed"
        assert offline.fetch("sample").verified
        assert offline.status().message == "7,000 images are here: the sample that comes with the playground."

    def test_an_unknown_source_is_answered_with_all_names(self, offline: Datasets) -> None:
        with pytest.raises(DataError, match=r"'kaggle'.*local, debian, download, debian-download, sample"):
            offline.fetch("kaggle")

    def test_a_named_folder_is_refused_and_nothing_takes_its_place(self, home: Path, tmp_path: Path) -> None:
        put_tiny(tmp_path / "mine")
        datasets = Datasets(home, tmp_path / "mine")  # Debian's package may be here
        datasets.start_fetching()
        status = datasets.wait(60)
        assert (status.state, status.refused, status.problems) == ("failed", True, ())
        assert f"{tmp_path / 'mine' / ORIGINALS[0].gz} is not as it was published" in status.message
        assert status.message.endswith("Nothing else is used in its place.")
        with pytest.raises(DataError, match="Nothing else is used in its place"):
            datasets.to_train_on()
        assert datasets.current().name == "sample"  # to look at
        assert not (home / "data" / CACHE_NAME).exists()

    def test_threads_get_one_and_the_same_sample(self, offline: Datasets) -> None:
        together = threading.Barrier(8)
        found: list[object] = []

        def look() -> None:
            together.wait()
            found.append(offline.current())

        threads = [threading.Thread(target=look) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len({id(data) for data in found}) == 1

    def test_the_screen_never_waits_for_a_fetch(
        self, home: Path, tmp_path: Path, no_apt: None, mirror: Mirror
    ) -> None:
        mirror.hangs = {original.gz for original in ORIGINALS}
        datasets = Datasets(home, debian_folder=tmp_path / "none", mirrors=(mirror.address,), timeout=20)
        datasets.start_fetching()
        while not mirror.asked:
            time.sleep(0.01)
        begun = time.perf_counter()
        status = datasets.status()
        assert time.perf_counter() - begun < 0.05
        assert (status.state, status.name, status.progress) == ("fetching", "sample", 0.0)
        assert "train-images" in status.message
        assert datasets.current().name == "sample"
        with pytest.raises(DataError, match="still being fetched"):
            datasets.named("full")
        mirror.hanging.set()
        assert datasets.wait(60).state == "failed"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose cache was filled from Debian's package."""
    home = tmp_path_factory.mktemp("kept")
    datasets = Datasets(home)
    datasets.start_fetching()
    status = datasets.wait(60)
    assert (status.state, status.name, status.source, status.problems) == ("ready", "full", "debian", ())
    assert status.message.startswith("All 70,000 images")
    assert datasets.named("full") is datasets.current() is datasets.fetch()
    yield home
    shutil.rmtree(home)


@full_data
@needs_debian
class TestFullSet:
    @pytest.fixture
    def copied(self, kept: Path, home: Path) -> Path:
        shutil.copytree(kept, home)
        return home

    def test_the_cache_is_used_and_takes_less_than_a_second(self, kept: Path, tmp_path: Path) -> None:
        datasets = Datasets(kept, debian_folder=tmp_path / "none", mirrors=(CLOSED,))
        begun = time.perf_counter()
        data = datasets.current()
        assert time.perf_counter() - begun < 1
        assert (data.name, data.source, data.verified) == ("full", "debian", True)
        assert (len(data.train), len(data.test)) == (60_000, 10_000)
        assert datasets.status().state == "ready"

    def test_the_cache_is_the_only_file_it_leaves(self, kept: Path) -> None:
        assert [file.name for file in (kept / "data").iterdir()] == [CACHE_NAME]

    @pytest.mark.parametrize("damage", ["flipped", "truncated", "empty", "no source"])
    def test_a_damaged_cache_is_named_and_fetched_again(self, copied: Path, damage: str) -> None:
        path = copied / "data" / CACHE_NAME
        whole = path.read_bytes()
        middle = len(whole) // 2
        path.write_bytes(
            {
                "flipped": whole[:middle] + bytes([whole[middle] ^ 4]) + whole[middle + 1 :],
                "truncated": whole[:middle],
                "empty": b"",
                "no source": whole.replace(b'"source"', b'"sourse"', 1),
            }[damage]
        )
        datasets = Datasets(copied)
        datasets.start_fetching()
        status = datasets.wait(60)
        assert (status.state, status.name, status.source) == ("ready", "full", "debian")
        assert len(status.problems) == 1
        assert CACHE_NAME in status.problems[0]
        assert path.read_bytes() == whole

    def test_a_damaged_local_file_is_named_and_the_next_source_used(self, home: Path) -> None:
        put_tiny(home / RAW)
        datasets = Datasets(home)
        assert datasets.fetch().source == "debian"
        (problem,) = datasets.status().problems
        assert problem.startswith("local: ")
        assert str(home / RAW / ORIGINALS[0].gz) in problem

    def test_a_home_that_takes_no_files_is_told(self, home: Path) -> None:
        home.mkdir()
        (home / "data").write_text("in the way")
        datasets = Datasets(home)
        assert datasets.fetch().name == "full"
        status = datasets.status()
        assert status.state == "ready"
        assert any("cannot be kept" in problem for problem in status.problems)
        assert datasets.current().name == "full"

    def test_what_another_process_fetched_is_found(self, home: Path, tmp_path: Path) -> None:
        app = Datasets(home, debian_folder=tmp_path / "none", mirrors=(CLOSED,))
        assert app.current().name == "sample"
        Datasets(home).fetch("debian")
        assert app.current().name == "full"
        assert app.status().state == "ready"

    def test_threads_get_one_and_the_same_set(self, kept: Path) -> None:
        datasets = Datasets(kept)
        found: list[object] = []
        threads = [threading.Thread(target=lambda: found.append(datasets.current())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(found) == 8
        assert len({id(data) for data in found}) == 1
