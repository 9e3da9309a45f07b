"""`pip install .`: a package of its own, with all that it needs and no more, that works in any folder."""

import json
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import pytest
from mirror import CLOSED
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PICTURE = ROOT / "tests" / "icons" / "tabler--shirt.png"
IN_SCRIPTS = "Scripts" if sys.platform == "win32" else "bin"


def pip(*call: str | Path) -> None:
    """Run pip, which builds with the setuptools of this environment and asks no index."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *map(str, call)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built from a copy: setuptools leaves its own folders beside what it builds."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    shutil.copytree(ROOT / "playground", source / "playground")
    for file in ("pyproject.toml", "README.md", "LICENSE", *ROOT.glob("requirements*.txt")):
        shutil.copy(ROOT / file, source)
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", built, source)
    (made,) = built.glob("*.whl")
    return made


def test_all_that_lies_in_its_folder_is_in_it_and_nothing_else(wheel: Path) -> None:
    tree = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "playground").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    with zipfile.ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert packed == tree
    assert {"playground/assets/kit/verify.py", "playground/runs/migrations/script.py.mako"} < packed


def needed(wheel: Path, extra: str = "") -> list[str]:
    """The names of the packages that a wheel asks for here, with one of its extras or without any."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        about = metadata.PathDistribution(zipfile.Path(archive, name.rpartition("/")[0] + "/"))
        return names(about, extra)


def names(package: metadata.Distribution, extra: str = "") -> list[str]:
    wanted = map(Requirement, package.requires or ())
    return [each.name for each in wanted if each.marker is None or each.marker.evaluate({"extra": extra})]


def in_file(name: str) -> list[str]:
    return re.findall(r"^([\w-]+)>=", (ROOT / name).read_text(), re.MULTILINE)


def test_it_needs_what_the_requirements_say(wheel: Path) -> None:
    assert needed(wheel) == in_file("requirements-cli.txt")
    assert needed(wheel, "app") == [*in_file("requirements-cli.txt"), *in_file("requirements-app.txt")]


def beneath(packages: list[str]) -> set[str]:
    """Packages, and all that they need in turn."""
    found: set[str] = set()
    while packages:
        name = packages.pop().lower().replace("_", "-")
        if name not in found:
            found.add(name)
            packages += names(metadata.distribution(name))
    return found


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the package, and of this one's packages only those that it asks for."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False)
    pip("--python", folder, "install", "--quiet", "--no-deps", "--no-index", wheel)
    (site,) = folder.glob("[Ll]ib/**/site-packages")
    for name in beneath(needed(wheel)):
        package = metadata.distribution(name)
        for first in {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}:
            if not (site / first).exists():
                (site / first).symlink_to(Path(str(package.locate_file(first))))
    return folder


@dataclass(frozen=True)
class Person:
    """Somebody who works in a folder with a picture, and whose own folder is empty."""

    installed: Path
    own: Path
    folder: Path

    def calls(self, program: str, *call: str, **environment: str) -> subprocess.CompletedProcess[str]:
        ours = {
            name: value for name, value in os.environ.items() if not name.startswith(("PLAYGROUND_", "PYTHON"))
        }
        theirs = {"HOME": str(self.own), "USERPROFILE": str(self.own), "http_proxy": CLOSED, "https_proxy": CLOSED}
        return subprocess.run(
            [str(self.installed / IN_SCRIPTS / program), *call],
            cwd=self.folder,
            env={**ours, **theirs, **environment},
            capture_output=True,
            text=True,
        )

    def hears(self, program: str, *call: str) -> str:
        done = self.calls(program, *call)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def person(installed: Path, tmp_path: Path) -> Person:
    (tmp_path / "own").mkdir()
    (tmp_path / "folder").mkdir()
    shutil.copy(PICTURE, tmp_path / "folder" / "shirt.png")
    return Person(installed, tmp_path / "own", tmp_path / "folder")


def test_it_is_the_installed_one_and_streamlit_is_not_there(person: Person) -> None:
    where = "import importlib.util, playground; print(playground.__file__, importlib.util.find_spec('streamlit'))"
    package, streamlit = person.hears("python", "-c", where).rsplit(maxsplit=1)
    assert Path(package).is_relative_to(person.installed)
    assert streamlit == "None"


# Convolutions are compiled first, which takes most of a minute
@pytest.mark.parametrize("preset", ["mlp-baseline", pytest.param("quick", marks=pytest.mark.slow)])
def test_it_trains_and_predicts_from_any_folder(person: Person, preset: str) -> None:
    """Its home is in the person's own folder, neither among the packages nor where it was called."""
    small = ("--set", "data.fraction=0.02", "--set", "training.epochs=1")
    trained = json.loads(person.hears("playground", "train", preset, *small, "--json"))
    assert trained["state"] == "done"
    assert trained["wall_seconds"] > trained["train_seconds"]
    assert (person.own / ".playground" / "runs" / trained["run"] / "run.json").is_file()
    assert person.hears("playground", "predict", trained["run"], "shirt.png").startswith("shirt.png: ")
    assert [file.name for file in person.folder.iterdir()] == ["shirt.png"]


def test_its_help_and_hints_say_what_to_type(person: Person) -> None:
    assert person.hears("playground", "--help").startswith("Usage: playground [OPTIONS]")
    assert person.hears("playground", "runs").endswith("Train one: playground train quick\n")


def test_an_account_without_a_folder_is_asked_for_one(person: Person) -> None:
    done = person.calls("playground", "runs", HOME="~", USERPROFILE="~")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("PLAYGROUND_HOME: it is not set, and this account has no folder of its own.")
    assert [file.name for file in person.folder.iterdir()] == ["shirt.png"]
