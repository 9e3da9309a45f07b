"""Where Fashion-MNIST comes from: one registry of sources, in the order they are tried.

local -> debian -> download -> debian-download -> sample
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from playground.errors import DataError
from playground.services.downloads import debian_download, download, torchvision_mirrors
from playground.services.kaggle import PAIR, read_pair
from playground.services.originals import DEBIAN_FOLDER, RAW, AbsentError, Report, read_full
from playground.services.sample import load_sample

if TYPE_CHECKING:
    from playground.core.fashion import FashionData


@dataclass(frozen=True)
class Places:
    """Where the sources look: the playground's home, a folder somebody named, Debian's folder, the network.

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
    roots = [root for root in (places.folder, places.data, places.home) if root is not None]
    damage: DataError | None = None
    folders = [folder for root in roots for folder in (root / RAW, root)]
    for folder, read in ((folder, read) for folder in folders for read in (read_full, read_pair)):
        try:
            return read(folder, "local", report)
        except AbsentError:
            continue
        except DataError as error:
            damage = damage or error
    looked_in = " or ".join(str(root) for root in roots)
    pair = " and ".join(half.name for half in PAIR)
    raise damage or AbsentError(
        f"Neither the four files of Fashion-MNIST nor {pair} are in {looked_in}, nor in {RAW} there."
    )


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
        raise DataError(f"{error.filename or places.data}: {error.strerror or error}.") from None
