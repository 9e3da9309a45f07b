"""Fashion-MNIST for the whole process: fetched in the background, kept, and shared by everybody.

Datasets --start_fetching--> thread: cache -> local -> debian -> download -> debian-download
                                     of a folder that was named: cache of it -> local, and nothing else
         --status----------> DataStatus, a frozen value, at any time
         --current---------> FashionData: the full set once it is here, the sample until then
"""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from playground.data.sources.cache import CACHE_NAME, read_cache, write_cache
from playground.data.sources.originals import DEBIAN_FOLDER, AbsentError, Report
from playground.data.sources.sources import SOURCES, Places, load, stamp
from playground.errors import DataError
from playground.system.job_thread import JobThread
from playground.system.jobs import BackgroundJob
from playground.system.pace import Pace
from playground.text.sentences import printable

if TYPE_CHECKING:  # importing torch takes seconds, and the screen shows its controls before that
    from playground.data.images import FashionData

SetName = Literal["full", "sample"]


@dataclass(frozen=True)
class DataStatus:
    """How things stand with the images, at one instant.

    `name` is the set that `Datasets.current` gives, `source` where that came from. `progress` is 0 to 1 while
    bytes arrive, else None; `seconds_left` is by their pace. `problems` has a sentence for each source that was
    damaged or out of reach, and, where no source had the full set, also for those that were not there. `refused`
    says that a folder was named whose images cannot be used: nothing is trained until they can.
    """

    state: Literal["unknown", "fetching", "ready", "failed"] = "unknown"
    name: SetName | None = None
    source: str | None = None
    verified: bool = False
    message: str = "Nobody has looked for the images yet."
    progress: float | None = None
    seconds_left: float | None = None
    problems: tuple[str, ...] = ()
    refused: bool = False


class Datasets:
    """The images of one home, for any number of threads. Only `status` is sure to return at once.

    Two processes may share a home: the cache is replaced as a whole, never written in place.
    """

    def __init__(
        self,
        home: Path,
        folder: Path | None = None,
        debian_folder: Path = DEBIAN_FOLDER,
        *,
        mirrors: tuple[str, ...] | None = None,
        timeout: float = 10.0,
    ) -> None:
        self._places = Places(home, folder, debian_folder, mirrors, timeout)
        self._cache = self._places.data / CACHE_NAME
        self._status = DataStatus()
        self._full: FashionData | None = None
        self._sample: FashionData | None = None
        self._memory = threading.Lock()  # held while _full or _sample is looked up or loaded
        self._fetch = threading.Lock()  # held by the one fetch that is under way
        self._thread = JobThread[None]("fetch-images")
        self._pace = Pace(time.monotonic)

    def status(self) -> DataStatus:
        """Return how things stand, without ever waiting."""
        return self._status

    def start_fetching(self, again: bool = False) -> None:
        """Begin to fetch the full set in the background; nothing happens if that was begun before.

        `again` begins once more where the last attempt is over and brought nothing.
        """
        with self._memory:
            may_begin = self._thread.job is None or (again and not self._thread.is_running)
            if self._full is None and may_begin:
                self._begin()
                self._thread.start(self._run)

    def wait(self, timeout: float | None = None) -> DataStatus:
        """Wait, at most `timeout` seconds, for the background fetch to end; return how things stand."""
        if self._thread.job is not None:
            self._thread.job.wait(timeout)
        return self._status

    def current(self) -> "FashionData":
        """Return the full set if any process has fetched it, else the sample; both are loaded once."""
        full = self._full_set()
        return self._load_sample() if full is None else full

    def to_train_on(self) -> "FashionData":
        """Return what a new run trains on: the current images; but of a folder that was named, those alone.

        Then it waits until they are read; DataError where they cannot be used.
        """
        return self.current() if self._places.folder is None else self._full_set() or self.fetch()

    def named(self, name: SetName) -> "FashionData":
        """Return one of the two sets; raise DataError with the remedy where the full set is not here yet."""
        if name == "sample":
            return self._load_sample()
        full = self._full_set()
        if full is not None:
            return full
        if self._status.state == "fetching":
            raise DataError("The full Fashion-MNIST is still being fetched: wait for it, or use the sample.")
        raise DataError(
            "The full Fashion-MNIST is not on this machine: run `python -m playground data`, or put its four"
            f" files, or the pair of CSV files, into {printable(self._places.downloads)}."
        )

    def fetch(
        self, source: str | None = None, progress: Callable[[str, float | None], None] | None = None
    ) -> "FashionData":
        """Fetch and return the images of one source, or of the first that works, the sample being the last.

        Without a source the cache comes first. Waits for a fetch that is under way. `progress` is told what
        is being done and how far it is. Raises DataError where the one source does not work or is unknown, or the
        folder that was named cannot be used.
        """

        def report(message: str, share: float | None) -> None:
            self._say(message, share)
            if progress is not None:
                progress(message, share)

        with self._fetch:
            self._begin()
            return self._fetch_any(report) if source is None else self._fetch_from(source, report)

    def _begin(self) -> None:
        if self._status.state == "failed":
            self._status = replace(self._status, problems=())
        self._say("Looking for the images")

    def _run(self, _: BackgroundJob[None]) -> None:
        try:
            with self._fetch, suppress(DataError):  # the status says it
                self._fetch_any(self._say)
        finally:
            # an error nobody foresaw goes to the log with its traceback; the screen must not wait for ever
            if self._status.state == "fetching":
                self._fail("Fetching the images ended with an error that is in the server's log.", ())

    def _fetch_any(self, report: Report) -> "FashionData":
        full = self._full_set()
        if full is not None:
            self._status = _ready(full, self._status.problems)
            return full
        if self._places.folder is not None:
            return self._fetch_named(report)
        errors: list[tuple[str, DataError]] = []
        for name in (name for name in SOURCES if name != "sample"):
            try:
                data = load(name, self._places, report)
            except DataError as error:
                errors.append((name, error))
            else:
                damaged = [pair for pair in errors if not isinstance(pair[1], AbsentError)]
                return self._keep(data, (*self._status.problems, *_sentences(damaged)))
        self._fail(
            "All of Fashion-MNIST could not be fetched; the sample of 7,000 images is used instead.",
            (*self._status.problems, *_sentences(errors)),
        )
        return self._load_sample()

    def _fetch_named(self, report: Report) -> "FashionData":
        """What the folder has that was named; where that cannot be used, nothing takes its place."""
        try:
            return self._keep(load("local", self._places, report), self._status.problems)
        except DataError as error:
            message = f"{error} Nothing else is used in its place."
            self._status = DataStatus("failed", "sample", "sample", True, message, refused=True)
            raise DataError(message) from None

    def _fetch_from(self, name: str, report: Report) -> "FashionData":
        try:
            data = load(name, self._places, report)
        except DataError as error:
            self._fail(f"The source {name} did not work.", _sentences([(name, error)]))
            raise
        if data.name == "full":
            return self._keep(data, ())
        with self._memory:
            self._sample = data
            self._status = _ready(data, ())
        return data

    def _keep(self, data: "FashionData", problems: tuple[str, ...]) -> "FashionData":
        """Remember the full set, and keep it on disk for the next start."""
        try:
            write_cache(self._cache, data, stamp(self._places) if data.source == "local" else None)
        except OSError as error:
            problems = (*problems, f"The images cannot be kept in {printable(self._cache)}: {error.strerror}.")
        with self._memory:
            self._full = data
            self._status = _ready(data, problems)
        return data

    def _full_set(self) -> "FashionData | None":
        """Return the full set from memory or from the cache; discard a damaged cache and say so."""
        with self._memory:
            if self._full is None:
                try:
                    self._full = read_cache(self._cache, stamp(self._places))
                    self._status = _ready(self._full, self._status.problems)
                except FileNotFoundError:
                    return None
                except DataError as error:
                    with suppress(OSError):  # a home that cannot be written to keeps it; it is never used
                        self._cache.unlink()
                    sentence = f"{error} They are discarded and fetched again."
                    others = (told for told in self._status.problems if told != sentence)
                    self._status = replace(self._status, problems=(*others, sentence))
            return self._full

    def _load_sample(self) -> "FashionData":
        with self._memory:
            if self._sample is None:
                self._sample = load("sample", self._places, lambda *_: None)
            return self._sample

    def _say(self, message: str, share: float | None = None) -> None:
        name: SetName = "sample" if self._full is None else "full"
        source = "sample" if self._full is None else self._full.source
        verified = self._full is None or self._full.verified
        if share is None or share < (self._status.progress or 0.0):  # another source, or another kind of work
            self._pace = Pace(time.monotonic)
        left = None if share is None else self._pace.left(share)
        problems = self._status.problems
        self._status = DataStatus("fetching", name, source, verified, message, share, left, problems)

    def _fail(self, message: str, problems: tuple[str, ...]) -> None:
        if self._full is None:
            self._status = DataStatus("failed", "sample", "sample", True, message, problems=problems)
        else:
            self._status = _ready(self._full, problems)


def _sentences(errors: list[tuple[str, DataError]]) -> tuple[str, ...]:
    return tuple(f"{name}: {error}" for name, error in errors)


def _ready(data: "FashionData", problems: tuple[str, ...]) -> DataStatus:
    images = f"{len(data.train) + len(data.test):,} images"
    title = SOURCES[data.source].title
    message = f"All {images} of Fashion-MNIST are here, from {title}."
    if data.name == "sample":
        message = f"{images} are here: {title}."
    elif not data.verified:
        message = (
            f"{images} are here, from {title}: Kaggle's pair, which is not the published division into training"
            " and test images. Compare results only with those of the same pair."
        )
    return DataStatus("ready", data.name, data.source, data.verified, message, problems=problems)
