"""Fetching the published files over the network of this machine."""

import gzip
import hashlib
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from mirror import CLOSED, Mirror, needs_debian, put_tiny, quiet, tiny

from playground.data.sources.datasets import Datasets
from playground.data.sources.downloads import debian_download, download
from playground.data.sources.originals import DEBIAN_FOLDER, ORIGINALS, RAW, read_full
from playground.errors import DataError

full_data = pytest.mark.full_data


@pytest.fixture
def real_mirror(mirror: Mirror) -> Mirror:
    mirror.files = {original.gz: (DEBIAN_FOLDER / original.gz).read_bytes() for original in ORIGINALS}
    return mirror


class TestDownload:
    def test_a_silent_server_is_left_after_the_timeout(self, tmp_path: Path, mirror: Mirror) -> None:
        mirror.hangs = {ORIGINALS[0].gz}
        begun = time.perf_counter()
        with pytest.raises(DataError, match=r"did not answer within 0\.3 seconds"):
            download(tmp_path, [mirror.address], 0.3, quiet)
        assert time.perf_counter() - begun < 5

    def test_a_missing_file_is_named_with_its_address(self, tmp_path: Path, mirror: Mirror) -> None:
        with pytest.raises(DataError, match=f"{mirror.address}{ORIGINALS[0].gz} cannot be downloaded: .*404"):
            download(tmp_path, [mirror.address], 5, quiet)

    @pytest.mark.parametrize(
        "body",
        [b"<html>log in first</html>", gzip.compress(tiny(labels=False)), b""],
        ids=["a page", "other images", "nothing"],
    )
    def test_a_damaged_file_is_named_and_not_kept(self, tmp_path: Path, mirror: Mirror, body: bytes) -> None:
        mirror.files[ORIGINALS[0].gz] = body
        with pytest.raises(DataError, match=ORIGINALS[0].gz):
            download(tmp_path, [mirror.address], 5, quiet)
        assert list(tmp_path.iterdir()) == []

    @full_data
    @needs_debian
    def test_it_brings_the_real_set_with_progress(
        self, home: Path, tmp_path: Path, no_apt: None, real_mirror: Mirror
    ) -> None:
        said: list[tuple[str, float | None]] = []
        datasets = Datasets(home, debian_folder=tmp_path / "none", mirrors=(CLOSED, real_mirror.address))
        data = datasets.fetch(progress=lambda *words: said.append(words))
        assert (data.name, data.source, data.verified) == ("full", "download", True)
        shares = [share or 0.0 for message, share in said if message.startswith("Downloading")]
        assert shares == sorted(shares)
        assert shares[0] == 0
        assert 0.9 < shares[-1] <= 1
        assert len(real_mirror.asked) == 4
        folder = home / "data" / RAW
        assert sorted(file.name for file in folder.iterdir()) == sorted(original.gz for original in ORIGINALS)

    @full_data
    @needs_debian
    def test_it_goes_on_where_it_was_cut_off(self, tmp_path: Path, real_mirror: Mirror) -> None:
        removed = real_mirror.files.pop(ORIGINALS[3].gz)
        with pytest.raises(DataError, match=ORIGINALS[3].gz):
            download(tmp_path, [real_mirror.address], 5, quiet)
        real_mirror.files[ORIGINALS[3].gz] = removed
        real_mirror.asked.clear()
        download(tmp_path, [real_mirror.address], 5, quiet)
        assert real_mirror.asked == [ORIGINALS[3].gz]
        assert read_full(tmp_path, "download", quiet).verified


class TestApt:
    """The real apt-get, on a package archive of one package on this machine."""

    @pytest.fixture
    def archive(self, tmp_path: Path, mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> Mirror:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            pytest.skip("apt-get and dpkg-deb belong to Debian and Ubuntu")
        (tmp_path / "sources.list").write_text(f"deb [trusted=yes] {mirror.address} ./\n")
        (tmp_path / "apt.conf").write_text(
            f'Dir::Etc::sourcelist "{tmp_path}/sources.list";\n'
            f'Dir::Etc::sourceparts "{tmp_path}/none";\n'
            'Acquire::http::Proxy::127.0.0.1 "DIRECT";\nAPT::Sandbox::User "root";\n'
        )
        monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
        mirror.files["./Packages"] = b""
        return mirror

    def serve(self, archive: Mirror, tmp_path: Path, files: Path) -> None:
        control = (
            "Package: dataset-fashion-mnist\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: -\n"
        )
        tree = tmp_path / "tree"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "DEBIAN" / "control").write_text(control)
        shutil.copytree(files, tree / DEBIAN_FOLDER.relative_to("/"))
        package = tmp_path / "package.deb"
        subprocess.run(["dpkg-deb", "-Znone", "-b", tree, package], check=True, capture_output=True)
        data = package.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        index = f"{control}Filename: ./package.deb\nSize: {len(data)}\nSHA256: {digest}\n\n"
        archive.files |= {"./Packages": index.encode(), "./package.deb": data}

    @full_data
    @needs_debian
    def test_it_brings_the_real_set_without_traces(self, home: Path, tmp_path: Path, archive: Mirror) -> None:
        self.serve(archive, tmp_path, DEBIAN_FOLDER)
        datasets = Datasets(home, debian_folder=tmp_path / "none", mirrors=(CLOSED,))
        data = datasets.fetch()
        assert (data.source, data.verified) == ("debian-download", True)
        assert [problem.split(":")[0] for problem in datasets.status().problems] == ["download"]
        assert sorted(file.name for file in (home / "data" / RAW).iterdir()) == sorted(
            original.gz for original in ORIGINALS
        )

    def test_a_damaged_package_leaves_nothing(self, home: Path, tmp_path: Path, archive: Mirror) -> None:
        put_tiny(tmp_path / "tiny")
        self.serve(archive, tmp_path, tmp_path / "tiny")
        with pytest.raises(DataError, match=r"train-images-idx3-ubyte\.gz is not as it was published"):
            debian_download(home, quiet)
        assert list(home.iterdir()) == []

    def test_a_package_that_is_not_there_is_told_in_apts_words(self, home: Path, archive: Mirror) -> None:
        with pytest.raises(DataError, match=r"apt-get failed: E: .*dataset-fashion-mnist"):
            debian_download(home, quiet)
        assert list(home.iterdir()) == []
