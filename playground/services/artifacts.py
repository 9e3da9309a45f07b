"""What a run leaves on disk: one folder with its record, curve, weights and class scores.

    runs/<run>/run.json                 the record, written last: what is not in it does not count
    runs/<run>/curve.json               loss and accuracy per batch, thinned
    runs/<run>/epoch-0001.safetensors   weights and validation scores after an epoch
    runs/<run>/test.safetensors         scores of the test images
    runs/<run>/lock                     held by the process that trains it

safetensors and JSON only: nothing in here can run code when it is read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock
from pydantic import ValidationError

from playground.core.complaints import sentences
from playground.core.run import Run, RunState
from playground.errors import RunError, RunNotFoundError
from playground.services.files import write_atomically

if TYPE_CHECKING:  # torch is imported where tensors are read: the app's controls are there before it
    from torch import Tensor

_WEIGHT = "weight:"
_LOGITS = "validation_logits"
_TEST_LOGITS = "test_logits"


class RunFolder:
    """The folder of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # Not thread-local: a run is started by one thread and ended by another.
        self.lock = FileLock(path / "lock", timeout=0, thread_local=False)

    # ---------------------------------------------------------------------------------- record

    def write(self, run: Run) -> None:
        """Replace the record."""
        write_atomically(self.path / "run.json", run.model_dump_json(indent=1).encode())

    def read(self) -> Run:
        """The record; one that claims to be live but whose process is gone is *interrupted*.

        Raises:
            RunNotFoundError: There is no record here.
            RunError: The record cannot be read.
        """
        run = self._record()
        if run.state.is_live and not self.is_locked():
            run = self._record()  # again: it may have ended between the look at its record and at its lock
            if run.state.is_live:
                message = f"The process that trained it ended after {len(run.epochs)} epochs."
                return run.model_copy(update={"state": RunState.INTERRUPTED, "message": message})
        return run

    def _record(self) -> Run:
        name = self.path.name
        try:
            run = Run.model_validate_json((self.path / "run.json").read_bytes())
        except FileNotFoundError:
            raise RunNotFoundError(f'There is no run "{name}".') from None
        except ValidationError as error:
            found = " ".join(sentences(error, "the file"))
            raise RunError(f"The record of run {name} is damaged: {found}") from error
        except OSError as error:
            raise RunError(f"The record of run {name} cannot be read: {error.strerror}.") from error
        if run.run != name:
            raise RunError(f"The folder of run {name} holds the record of run {run.run}.")
        return run

    def is_locked(self) -> bool:
        """Whether some process, this one included, is training this run."""
        probe = FileLock(self.path / "lock", timeout=0, thread_local=False)
        try:
            probe.acquire()
        except OSError:  # a Timeout: it is held. Or nobody may look: then the record stands as it is
            return True
        probe.release()
        return False

    # --------------------------------------------------------------------------------- tensors

    def keep_epoch(self, epoch: int, weights: Mapping[str, Tensor], validation_logits: Tensor | None) -> None:
        """Keep weights and validation scores (float32 [n, 10]) of an epoch."""
        tensors = {_WEIGHT + name: value for name, value in weights.items()}
        if validation_logits is not None:
            tensors[_LOGITS] = validation_logits
        self._save(f"epoch-{epoch:04}", tensors)

    def weights(self, epoch: int) -> dict[str, Tensor]:
        """The weights after an epoch, by the names of the network's parameters and buffers."""
        tensors = self._load(f"epoch-{epoch:04}", lambda name: name.startswith(_WEIGHT))
        return {name.removeprefix(_WEIGHT): value for name, value in tensors.items()}

    def validation_logits(self, epoch: int) -> Tensor | None:
        """Class scores of the validation images after an epoch, float32 [n, 10]; None without a split."""
        return self._load(f"epoch-{epoch:04}", lambda name: name == _LOGITS).get(_LOGITS)

    def keep_test_logits(self, logits: Tensor) -> None:
        """Keep the scores of the test images, float32 [n, 10]."""
        self._save("test", {_TEST_LOGITS: logits})

    def test_logits(self) -> Tensor:
        """Class scores of the test images with the weights of the last epoch, float32 [n, 10]."""
        tensors = self._load("test", lambda name: name == _TEST_LOGITS)
        if _TEST_LOGITS not in tensors:
            raise RunError(f"test.safetensors of run {self.path.name} is damaged: it holds no test scores.")
        return tensors[_TEST_LOGITS]

    def _save(self, name: str, tensors: Mapping[str, Tensor]) -> None:
        from safetensors.torch import save

        content = save({key: value.contiguous() for key, value in tensors.items()})
        write_atomically(self.path / f"{name}.safetensors", content)

    def _load(self, name: str, wanted: Callable[[str], bool]) -> dict[str, Tensor]:
        """The tensors with a wanted name; the others, weights of tens of megabytes for one, are not read."""
        from safetensors import SafetensorError, safe_open

        file = self.path / f"{name}.safetensors"
        try:
            with safe_open(file, framework="pt") as opened:
                # cloned: a tensor of safe_open is a view of the file, which may be replaced
                return {key: opened.get_tensor(key).clone() for key in opened.keys() if wanted(key)}  # noqa: SIM118
        except FileNotFoundError:
            raise RunError(f"Run {self.path.name} has no {file.name}: it was not kept.") from None
        except (SafetensorError, OSError) as error:
            raise RunError(f"{file.name} of run {self.path.name} is damaged: {error}.") from error

    # ----------------------------------------------------------------------------------- curve

    def keep_curve(self, curve: Mapping[str, list[float]]) -> None:
        """Keep the thinned per-batch curve: equally long lists of numbers."""
        write_atomically(self.path / "curve.json", json.dumps(curve).encode())

    def curve(self) -> dict[str, list[float]]:
        """The thinned per-batch curve; empty if none was kept, or if it is damaged."""
        try:
            content = json.loads((self.path / "curve.json").read_bytes())
            curve = {str(name): [float(v) for v in values] for name, values in content.items()}
        except (OSError, ValueError, TypeError, AttributeError, RecursionError):
            return {}
        return curve if len({len(values) for values in curve.values()}) == 1 else {}


_LONGEST_NAME = 100


class RunFolders:
    """The folders of all runs of a home."""

    def __init__(self, home: Path) -> None:
        self.path = home / "runs"
        self._final: dict[Path, _Parsed] = {}  # replaced as a whole: any thread may ask for records

    def folder(self, run: str) -> RunFolder:
        """The folder of a run, whether or not it exists yet.

        Raises:
            RunNotFoundError: The name could not be that of a run (a path, for instance).
        """
        possible = 0 < len(run) <= _LONGEST_NAME and all(each.isalnum() or each == "-" for each in run)
        if not possible:
            raise RunNotFoundError(f'There is no run "{run}".')
        return RunFolder(self.path / run)

    def __iter__(self) -> Iterator[RunFolder]:
        return (RunFolder(path) for path in self._paths())

    def _paths(self) -> Iterator[Path]:
        if self.path.is_dir():
            yield from (path for path in sorted(self.path.iterdir()) if (path / "run.json").is_file())

    def records(self) -> tuple[list[Run], list[str]]:
        """All records that can be read, and a sentence for each that cannot. What is final is parsed once."""
        runs, problems, final = list[Run](), list[str](), dict[Path, _Parsed]()
        for path in self._paths():
            try:
                parsed = self._parsed(path)
            except RunNotFoundError:  # deleted a moment ago
                continue
            except RunError as error:
                problems.append(str(error))
                continue
            runs.append(parsed.run)
            if parsed.run.state.is_final:
                final[path] = parsed
        self._final = final
        return runs, problems

    def _parsed(self, path: Path) -> _Parsed:
        stamp, known = _stamp(path / "run.json"), self._final.get(path)
        return known if known and known.stamp == stamp else _Parsed(stamp, RunFolder(path).read())


@dataclass(frozen=True)
class _Parsed:
    """A record with the time (nanoseconds) and size (bytes) of its file before it was read."""

    stamp: tuple[int, int] | None
    run: Run


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except OSError:
        return None  # reading it will tell why
    return found.st_mtime_ns, found.st_size
