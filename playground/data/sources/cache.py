"""The full set in canonical order, kept in one safetensors file: a start has nothing to unpack or to sort."""

from pathlib import Path
from typing import TYPE_CHECKING

from playground.errors import DataError
from playground.system.files import write_atomically
from playground.text.sentences import printable

if TYPE_CHECKING:
    from playground.data.images import FashionData

CACHE_NAME = "fashion-mnist.safetensors"
_FINGERPRINT = "fingerprint"
_STAMP = "stamp"


def write_cache(path: Path, data: "FashionData", stamp: str | None = None) -> None:
    """Keep the full set, the name of its source, and a stamp that tells which state of its files it is.

    Raises OSError where the disk does not take it.
    """
    import safetensors.torch  # imports torch, which the screen must not wait for

    tensors = {
        "train_pixels": data.train.pixels,
        "train_labels": data.train.labels,
        "test_pixels": data.test.pixels,
        "test_labels": data.test.labels,
    }
    # what is not the published images has to say what it was, since nobody else knows
    told = {"source": data.source} if data.verified else {"source": data.source, _FINGERPRINT: data.fingerprint}
    stamped = {} if stamp is None else {_STAMP: stamp}
    write_atomically(path, safetensors.torch.save(tensors, {**told, **stamped}))


def read_cache(path: Path, stamp: str | None = None) -> "FashionData":
    """Read the full set back, every byte checked by its fingerprint; with a stamp, that of this stamp alone.

    Raises FileNotFoundError where there is none, DataError where it is damaged.
    """
    import safetensors

    from playground.data.images import KNOWN_FINGERPRINTS, FashionData, Images

    try:
        with safetensors.safe_open(path, framework="pt") as file:
            told = file.metadata() or {}
            if stamp is not None and told.get(_STAMP) != stamp:
                raise FileNotFoundError(path)
            source, fingerprint = told["source"], told.get(_FINGERPRINT, KNOWN_FINGERPRINTS["full"])
            # cloned: a tensor of safe_open is a view of the file, which another process may replace
            pairs = [
                Images(file.get_tensor(f"{part}_pixels").clone(), file.get_tensor(f"{part}_labels").clone())
                for part in ("train", "test")
            ]
    except FileNotFoundError:
        raise
    except (safetensors.SafetensorError, OSError, KeyError) as error:
        raise DataError(f"The kept images in {printable(path)} cannot be read ({error}).") from None
    data = FashionData.of("full", source, *pairs)
    if data.fingerprint != fingerprint:
        raise DataError(
            f"The kept images in {printable(path)} are damaged: their fingerprint is {data.fingerprint}."
        )
    return data
