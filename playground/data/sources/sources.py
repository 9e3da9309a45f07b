"""Where Fashion-MNIST comes from: one registry of sources, in the order they are tried.

local -> debian -> download -> debian-download -> sample
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.data.sources.downloads import debian_download, download, torchvision_mirrors
from playground.data.sources.folder import files_below, files_in
from playground.data.sources.kaggle import PAIR, read_pair
from playground.data.sources.originals import DEBIAN_FOLDER, ORIGINALS, RAW, AbsentError, Report, read_full
from playground.data.sources.sample import load_sample
from playground.errors import DataError
from playground.text.sentences import printable

if TYPE_CHECKING:
    from playground.data.images import FashionData


_ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".7z", ".rar", ".csv.gz", ".xz", ".bz2")


@dataclass(frozen=True)
class Places:
    """Where the sources look: the playground's home, a folder somebody named, Debian's folder, the network.

    Where a folder was named, `local` means that folder alone: nothing makes up for what is wrong with it.
    `mirrors` None means torchvision's. `timeout` is in seconds.
    """

    home: Path
    folder: Path | None = None
    debian: Path = DEBIAN_FOLDER
    mirrors: tuple[str, ...] | None = None
    timeout: float = 10.0

    @property
    def data(self) -> Path:
        """The folder of the home that keeps the data."""
        return self.home / "data"

    @property
    def downloads(self) -> Path:
        """The folder that downloaded files are kept in; `local` finds them there."""
        return self.data / RAW


@dataclass(frozen=True)
class Source:
    """One source: what the screen calls it, and how its data is read.

    Reading raises DataError, for images that are not Fashion-MNIST too.
    """

    title: str
    load: Callable[[Places, Report], "FashionData"]


def _load_local(places: Places, report: Report) -> "FashionData":
    """The files of the folder that was named, and of no other; else those of the home."""
    files = _local_files(places)
    missing: AbsentError | None = None
    for read in (read_full, read_pair):
        try:
            return read(places.folder or places.data, "local", report, files=files)
        except AbsentError as error:
            missing = missing or error
    if missing is not None and any(each.is_named(file.name) for each in ORIGINALS for file in files):
        raise missing  # some of the four are there
    pair = " and ".join(half.name for half in PAIR)
    neither = f"Neither the four files of Fashion-MNIST nor {pair} are in"
    if places.folder is not None:
        raise AbsentError(f"{neither} {printable(places.folder)} or the folders in it. {_instead(files)}")
    raise AbsentError(f"{neither} {printable(places.data)} or {printable(places.home)}, nor in {RAW} there.")


def _local_files(places: Places) -> tuple[Path, ...]:
    if places.folder is not None:
        return files_below(places.folder)
    # the home itself has the folders of all runs, too, which nobody looks through
    return (*files_below(places.data), *files_in(places.home / RAW), *files_in(places.home))


def _instead(files: tuple[Path, ...]) -> str:
    """What a folder has in place of the images, with what can be done about it."""
    if not files:
        return "There is no file at all. Name the folder that has them."
    names = [printable(file.name) for file in files]
    packed = [name for name in names if name.lower().endswith(_ARCHIVES)]
    if packed:
        return f"There is {packed[0]}: unpack it there."
    more = f" and {len(names) - 3:,} more" if names[3:] else ""
    return f"There is {', '.join(names[:3])}{more}. Name the folder that has them."


def stamp(places: Places) -> str | None:
    """Tells the state of the files in the folder that was named from any other; None where none was named."""
    if places.folder is None:
        return None
    wanted = (*ORIGINALS, *PAIR)
    files = [file for file in files_below(places.folder) if any(each.is_named(file.name) for each in wanted)]
    states = [(str(file), *_state(file)) for file in files]
    return hashlib.sha256(repr((str(places.folder), states)).encode("utf-8", "surrogatepass")).hexdigest()


def _state(file: Path) -> tuple[int, int]:
    try:
        found = file.stat()
    except OSError:  # a link that leads nowhere
        return 0, 0
    return found.st_size, found.st_mtime_ns


def _load_debian(places: Places, report: Report) -> "FashionData":
    return read_full(places.debian, "debian", report)


def _load_download(places: Places, report: Report) -> "FashionData":
    mirrors = torchvision_mirrors() if places.mirrors is None else places.mirrors
    download(places.downloads, mirrors, places.timeout, report)
    return read_full(places.downloads, "download", report)


def _load_debian_download(places: Places, report: Report) -> "FashionData":
    debian_download(places.downloads, report)
    return read_full(places.downloads, "debian-download", report)


def _load_sample(_places: Places, report: Report) -> "FashionData":
    report("Reading the sample", None)
    return load_sample()


SOURCES: Mapping[str, Source] = {
    "local": Source("files on this machine", _load_local),
    "debian": Source("Debian's package dataset-fashion-mnist", _load_debian),
    "download": Source("the download from torchvision's mirror", _load_download),
    "debian-download": Source("Debian's package, downloaded", _load_debian_download),
    "sample": Source("the sample that comes with the playground", _load_sample),
}


def load(name: str, places: Places, report: Report) -> "FashionData":
    """Read and verify the images of one source.

    Raises DataError where it does not work, or, naming them all, where there is no source of this name.
    """
    if name not in SOURCES:
        raise DataError(f"There is no source {name!r} of images; there are {', '.join(SOURCES)}.")
    try:
        return SOURCES[name].load(places, report)
    except OSError as error:  # a full disk, or a home that cannot be written to
        raise DataError(f"{printable(error.filename or places.data)}: {error.strerror or error}.") from None
