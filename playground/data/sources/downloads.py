"""Two ways to fetch the published files over the network, each file checked before it is kept.

Both leave the gzipped files in a folder of torchvision's layout, where the next start finds them as local
files; a download that was cut off goes on with the files that are missing.
"""

import http.client
import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from playground.data.sources.originals import (
    DEBIAN_FOLDER,
    ORIGINALS,
    AbsentError,
    Original,
    Report,
    check,
    read_original,
)
from playground.errors import DataError
from playground.system.credentials import without_secrets
from playground.system.files import write_atomically

PACKAGE = "dataset-fashion-mnist"
_CHUNK = 1 << 18  # bytes
_UPDATE_LIMIT = 120.0  # seconds for apt's package lists, about 10 MB
_DOWNLOAD_LIMIT = 600.0  # seconds for the package, 31 MB


def torchvision_mirrors() -> tuple[str, ...]:
    """Return the addresses torchvision downloads Fashion-MNIST from."""
    from torchvision.datasets import FashionMNIST  # takes seconds to import: only when there is no other way

    return tuple(FashionMNIST.mirrors)


def download(folder: Path, mirrors: Sequence[str], timeout: float, report: Report) -> None:
    """Fetch those of the four files that are not whole in the folder from the first mirror that has them.

    `timeout` is in seconds, for a connection and for each silence in it. Raises DataError naming the address.
    """
    total = sum(original.packed for original in ORIGINALS)
    before = 0
    for original in ORIGINALS:
        if not _is_whole(folder, original):
            data = _first_whole(original, mirrors, timeout, report, before / total, total)
            write_atomically(folder / original.gz, data)
        before += original.packed


def _is_whole(folder: Path, original: Original) -> bool:
    try:
        read_original(folder, original)
    except DataError:
        return False
    return True


def _first_whole(
    original: Original, mirrors: Sequence[str], timeout: float, report: Report, done: float, total: int
) -> bytes:
    problem = DataError(f"No address is known to download {original.gz} from.")
    for mirror in mirrors:
        address = f"{mirror.rstrip('/')}/{original.gz}"
        try:
            data = _get(address, original, timeout, report, done, total)
            check(data, original, address)
        except DataError as error:
            problem = error
        else:
            return data
    raise problem


def _get(address: str, original: Original, timeout: float, report: Report, done: float, total: int) -> bytes:
    """Read an address to its end, or to a byte more than the file unpacked has."""
    data = bytearray()
    megabytes = original.packed / 1e6
    report(f"Connecting to {address}", done)
    try:
        with urllib.request.urlopen(address, timeout=timeout) as response:
            while len(data) <= original.size:
                report(
                    f"Downloading {original.gz}: {len(data) / 1e6:.1f} of {megabytes:.1f} MB",
                    min(done + len(data) / total, 1.0),
                )
                chunk = response.read(_CHUNK)
                if not chunk:
                    break
                data += chunk
    except urllib.error.HTTPError as error:
        error.close()  # it holds the connection
        raise DataError(f"{address} cannot be downloaded: {without_secrets(str(error))}.") from None
    except (OSError, http.client.HTTPException) as error:
        raise DataError(f"{address} {_reason(error, timeout)}.") from None
    return bytes(data)


def _reason(error: Exception, timeout: float) -> str:
    # urllib wraps what goes wrong while it connects, and nothing that goes wrong later
    if isinstance(error, urllib.error.URLError) and isinstance(error.reason, OSError):
        error = error.reason
    if isinstance(error, TimeoutError):
        return f"did not answer within {timeout:g} seconds"
    words = error.strerror if isinstance(error, OSError) else None
    return f"cannot be downloaded: {without_secrets(words or str(error))}"  # a proxy's address has passwords


def debian_download(folder: Path, report: Report) -> None:
    """Let apt fetch Debian's package, without root and without touching the system's own apt state.

    Puts the package's four files into the folder. Works wherever apt-get and dpkg-deb are, so on Debian and
    Ubuntu; raises AbsentError elsewhere, DataError with apt's own words where it fails.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise AbsentError("There is no apt-get here; it belongs to Debian and Ubuntu.")
    folder.mkdir(parents=True, exist_ok=True)
    # beside the folder, on the same disk, absolute for apt; gone afterwards with apt's lists and the package
    with tempfile.TemporaryDirectory(dir=folder.resolve(), prefix=".apt-") as name:
        scratch = Path(name)
        apt = ["apt-get", "-q", *_apt_options(scratch)]
        report("Asking apt for its package lists", None)
        # some other repository may fail without harm: whether the package is there shows in the next call
        _run([*apt, "update"], scratch, _UPDATE_LIMIT, check_status=False)
        _run([*apt, "download", PACKAGE], scratch, _DOWNLOAD_LIMIT, report=report)
        packages = list(scratch.glob("*.deb"))
        if not packages:
            raise DataError(f"apt-get left no package {PACKAGE}.")
        report(f"Unpacking {packages[0].name}", None)
        _run(["dpkg-deb", "-x", str(packages[0]), "unpacked"], scratch, _DOWNLOAD_LIMIT)
        unpacked = scratch / "unpacked" / DEBIAN_FOLDER.relative_to("/")
        for original in ORIGINALS:
            read_original(unpacked, original)
        for original in ORIGINALS:
            write_atomically(folder / original.gz, (unpacked / original.gz).read_bytes())


def _apt_options(scratch: Path) -> list[str]:
    for part in ("state/lists/partial", "cache/archives/partial"):
        (scratch / part).mkdir(parents=True)
    settings = {
        "Dir::State": scratch / "state",
        "Dir::Cache": scratch / "cache",
        "Acquire::Languages": "none",
        "Acquire::http::Timeout": 10,
        "Acquire::https::Timeout": 10,
        "Acquire::Retries": 0,
    }
    return [word for key, value in settings.items() for word in ("-o", f"{key}={value}")]


def _run(
    command: list[str],
    scratch: Path,
    limit: float,
    report: Report | None = None,
    check_status: bool = True,
) -> None:
    """Run a command in the scratch folder; `report` is told how much of the package has arrived there.

    Raises DataError with the command's last words where it fails or takes more than `limit` seconds.
    """
    log = scratch / "log"
    deadline = time.monotonic() + limit
    environment = {**os.environ, "LC_ALL": "C"}
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=scratch, env=environment, stdout=output, stderr=output)
        try:
            while process.poll() is None:
                if time.monotonic() > deadline:
                    raise DataError(f"{command[0]} took more than {limit:g} seconds.")
                if report is not None:
                    _report_arrived(scratch, report)
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
    if check_status and process.returncode != 0:
        words = log.read_text(errors="replace").strip().splitlines()
        told = without_secrets(words[-1]) if words else process.returncode
        raise DataError(f"{command[0]} failed: {told}")


def _report_arrived(scratch: Path, report: Report) -> None:
    total = sum(original.packed for original in ORIGINALS)
    arrived = sum(file.stat().st_size for file in scratch.glob("*.deb"))
    share = min(arrived / total, 1.0)
    report(f"Downloading {PACKAGE}: {arrived / 1e6:.1f} of {total / 1e6:.1f} MB", share)
