"""Fashion-MNIST as tensors: reading its files, one order for every source, splits and scaling.

An index of an image, anywhere in the app, in a link or in an export, is its index in the canonical order of
`canonical`: the same image from every source, whatever order that source keeps its rows in.

Data: Xiao, Rasul, Vollgraf: Fashion-MNIST, 2017, https://arxiv.org/abs/1708.07747.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from playground.data.classes import CLASSES, SIDE
from playground.errors import DataError, ExperimentError
from playground.experiment.experiment import HELD_OUT

# Mean and standard deviation of all 60,000 x 784 training pixels, as fractions of 255.
MEAN = 0.2860405969887955
STD = 0.3530242445149225

# What `fingerprint` says of the real images, so that they are recognised however they came.
KNOWN_FINGERPRINTS: Mapping[str, str] = {"full": "9dc3997ccf82d3de", "sample": "5adfcf5ea4040bd9"}

_MAGIC = {0x00000801: "labels", 0x00000803: "images"}


@dataclass(frozen=True, eq=False)
class Images:
    """Images with their classes: pixels uint8 [n, 28, 28], 0 is background; labels int64 [n], 0 to 9."""

    pixels: Tensor
    labels: Tensor

    def __post_init__(self) -> None:
        pixels, labels = self.pixels, self.labels
        if pixels.dtype != torch.uint8 or pixels.ndim != 3 or pixels.shape[1:] != (SIDE, SIDE):
            raise DataError(f"Images are uint8 [n, 28, 28], not {pixels.dtype} {list(pixels.shape)}.")
        if labels.dtype != torch.int64 or labels.shape != pixels.shape[:1]:
            wanted, got = [len(pixels)], f"{labels.dtype} {list(labels.shape)}"
            raise DataError(f"The labels of {len(pixels)} images are int64 {wanted}, not {got}.")

    def __len__(self) -> int:
        return len(self.labels)

    def to(self, device: torch.device) -> "Images":
        """The same images on another device; these very ones if they are there already."""
        return self if self.pixels.device == device else Images(self.pixels.to(device), self.labels.to(device))

    def take(self, indices: Tensor) -> "Images":
        """Return a copy of some of the images: `indices` are int64 positions, or one bool for each image."""
        if indices.dtype == torch.bool:
            indices = torch.nonzero(indices).flatten()
        # several times faster than indexing with brackets, which goes pixel by pixel
        return Images(self.pixels.index_select(0, indices), self.labels.index_select(0, indices))


@dataclass(frozen=True, eq=False)
class FashionData:
    """The training and test images of one source, both in canonical order.

    `source` is its name in the registry of sources; `verified` says that every pixel and label is as it was
    published; `fingerprint` is the same for the same images, whatever their source.
    """

    name: Literal["full", "sample"]
    source: str
    train: Images
    test: Images
    verified: bool
    fingerprint: str

    @classmethod
    def of(cls, name: Literal["full", "sample"], source: str, train: Images, test: Images) -> "FashionData":
        """Make data of images that are in canonical order already, and recognise them."""
        found = fingerprint(train, test)
        return cls(name, source, train, test, found == KNOWN_FINGERPRINTS[name], found)


@dataclass(frozen=True, eq=False)
class Split:
    """Images to train on, and images to validate with, which may be none."""

    train: Images
    validation: Images | None


def parse_idx(data: bytes, name: str) -> npt.NDArray[np.uint8]:
    """Read an idx file of images [n, 28, 28] or labels [n]; `name` is what a message calls it.

    Format: http://yann.lecun.com/exdb/mnist. Raises DataError for anything else, or more, or less.
    """
    magic = int.from_bytes(data[:4], "big")
    if len(data) < 4 or magic not in _MAGIC:
        start = data[:4].hex(" ") or "nothing"
        raise DataError(f"{name} is no idx file of images or labels: it begins with {start}.")
    dimensions = magic & 0xFF
    header = 4 + 4 * dimensions
    shape = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(4, header, 4))
    if dimensions == 3 and len(data) >= header and shape[1:] != (SIDE, SIDE):
        raise DataError(f"{name} holds images of {shape[1]} x {shape[2]} pixels, not of 28 x 28.")
    expected = header + int(np.prod(shape, dtype=np.uint64))
    if len(data) != expected:
        raise DataError(f"{name} has {len(data):,} bytes where its header announces {expected:,}.")
    return np.frombuffer(data, np.uint8, offset=header).reshape(shape)


def canonical(images: Images) -> Images:
    """Sort images by a hash of their 784 bytes, equal images by label: one order for every source.

    A hash knows nothing of what it orders, so the first images of a class are as good as drawn at random.
    """
    raw = images.pixels.numpy().tobytes()
    step = SIDE * SIDE
    digests = [hashlib.blake2b(raw[at : at + step], digest_size=8).digest() for at in range(0, len(raw), step)]
    keys = np.frombuffer(b"".join(digests), ">u8")
    return images.take(torch.from_numpy(np.lexsort((images.labels.numpy(), keys))))


def fingerprint(train: Images, test: Images) -> str:
    """Return 16 hexadecimal digits of the SHA-256 over pixels and labels, in canonical order."""
    digest = hashlib.sha256()
    for images in (train, test):
        digest.update(len(images).to_bytes(8, "big"))
        digest.update(images.pixels.contiguous().numpy().data)
        digest.update(images.labels.to(torch.uint8).numpy().data)
    return digest.hexdigest()[:16]


Validation = Literal["held-out", "none", "test"]


def split(
    data: FashionData, validation: Validation, fraction: float, fold: int = 1, folds: int = HELD_OUT
) -> Split:
    """Choose the images to train on and to validate with; it depends on the data alone, never on a seed.

    `held-out` sets one of the folds aside for validation, by default the first of twelve; `none` trains on all,
    `test` trains on all and validates with the test images. `fraction`, above 0 and at most 1, keeps that share of
    what is left of each class, at least one image; a smaller share is part of every larger one. Order stays
    canonical. Raises ExperimentError for any other fraction.
    """
    train = data.train.take(trained_on(data, validation, fraction, fold, folds))
    return Split(train, validation_images(data, validation, fold, folds))


def trained_on(
    data: FashionData, validation: Validation, fraction: float, fold: int = 1, folds: int = HELD_OUT
) -> Tensor:
    """Which of the training images `split` chooses to train on: one bool for each."""
    if not 0 < fraction <= 1:
        raise ExperimentError(f"The share of training images is {fraction:g}; it must be above 0 and at most 1.")
    labels = data.train.labels
    counts = torch.bincount(labels, minlength=CLASSES)
    first, held = (
        _held_out(counts, fold, folds) if validation == "held-out" else (counts, torch.zeros_like(counts))
    )
    kept = ((counts - held) * fraction).round().to(torch.int64).clamp(min=1)
    rank = _rank_in_class(labels, counts)
    first, held, kept = first[labels], held[labels], kept[labels]
    behind = rank >= first + held
    return (behind | (rank < first)) & (rank - behind * held < kept)


def validation_images(
    data: FashionData, validation: Validation, fold: int = 1, folds: int = HELD_OUT
) -> Images | None:
    """Choose the validation images alone, for any `fraction` of `split`: those to train on are not copied."""
    if validation != "held-out":
        return data.test if validation == "test" else None
    return data.train.take(held_out(data, fold, folds))


def held_out(data: FashionData, fold: int = 1, folds: int = HELD_OUT) -> Tensor:
    """Which of the training images are in a fold: one bool for each. Each image is in one alone."""
    labels = data.train.labels
    counts = torch.bincount(labels, minlength=CLASSES)
    first, held = _held_out(counts, fold, folds)
    rank = _rank_in_class(labels, counts)
    return (rank >= first[labels]) & (rank < (first + held)[labels])


def _held_out(counts: Tensor, fold: int, folds: int) -> tuple[Tensor, Tensor]:
    """The rank in its class of the first image of a fold, and how many there are: int64 [10] each.

    The first fold has at least one image of every class, and never all.
    """
    first, end = counts * (fold - 1) // folds, counts * fold // folds
    if fold == 1:
        end = end.clamp(min=1).minimum(counts - 1).clamp(min=0)
    return first, end - first


def _rank_in_class(labels: Tensor, counts: Tensor) -> Tensor:
    """Return for each image how many of its class come before it, int64 [n]."""
    # numpy sorts bytes by radix, a hundred times faster than torch sorts int64
    by_class = torch.from_numpy(np.argsort(labels.to(torch.uint8).numpy(), kind="stable"))
    starts = counts.cumsum(0) - counts
    rank = torch.empty_like(labels)
    rank[by_class] = torch.arange(len(labels)) - starts[labels[by_class]]
    return rank


_SCALINGS: Mapping[str, Callable[[Tensor], Tensor]] = {
    "unit": lambda grey: grey / 255,
    "raw": lambda grey: grey,
    "standard": lambda grey: (grey / 255 - MEAN) / STD,
}


def scale(pixels: Tensor, scaling: Literal["unit", "raw", "standard"]) -> Tensor:
    """Turn pixels uint8 [n, 28, 28] into a network's input float32 [n, 1, 28, 28], on the same device.

    `unit` gives 0 to 1, `raw` 0 to 255, `standard` mean 0 and deviation 1 over the training images.
    """
    return _SCALINGS[scaling](pixels.unsqueeze(1).to(torch.float32))


def class_counts(images: Images) -> tuple[int, ...]:
    """Count the images of each of the ten classes."""
    return tuple(torch.bincount(images.labels, minlength=CLASSES).tolist())


def mean_images(images: Images) -> Tensor:
    """Return the mean image of each class, uint8 [10, 28, 28]; black where a class has no images."""
    means = torch.zeros(CLASSES, SIDE, SIDE, dtype=torch.uint8)
    labels, pixels = images.labels.numpy(), images.pixels.numpy()
    for label in range(CLASSES):  # one by one: all images as wider numbers would take hundreds of megabytes
        own = pixels[labels == label]
        if len(own):
            means[label] = torch.from_numpy((own.sum(0, dtype=np.uint32) / len(own)).round().astype(np.uint8))
    return means
