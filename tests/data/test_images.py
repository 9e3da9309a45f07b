"""Reading, order, splits and scaling of Fashion-MNIST."""

import struct
import tracemalloc

import numpy as np
import pytest
import torch

from playground.data import images as fashion
from playground.data.classes import CLASSES
from playground.data.images import FashionData, Images
from playground.errors import DataError, ExperimentError


def random_images(each: int, seed: int = 0) -> Images:
    generator = torch.Generator().manual_seed(seed)
    count = each * CLASSES
    pixels = torch.randint(0, 256, (count, 28, 28), dtype=torch.uint8, generator=generator)
    return Images(pixels, torch.arange(count) % CLASSES)


def shuffled(images: Images, seed: int) -> Images:
    return images.take(torch.randperm(len(images), generator=torch.Generator().manual_seed(seed)))


def rows(images: Images) -> set[bytes]:
    return {pixels.tobytes() + bytes([label]) for pixels, label in zip(*to_numpy(images), strict=True)}


def to_numpy(images: Images) -> tuple[np.ndarray, np.ndarray]:
    return images.pixels.numpy(), images.labels.numpy()


@pytest.fixture(scope="module")
def data() -> FashionData:
    train, test = fashion.canonical(random_images(60)), fashion.canonical(random_images(10, seed=1))
    return FashionData.of("full", "local", train, test)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


class TestIdx:
    def test_reads_images_and_labels(self) -> None:
        pixels = np.arange(2 * 784, dtype=np.uint64).astype(np.uint8).reshape(2, 28, 28)
        assert np.array_equal(fashion.parse_idx(idx(pixels), "a"), pixels)
        labels = np.array([3, 9, 0], np.uint8)
        assert np.array_equal(fashion.parse_idx(idx(labels), "a"), labels)

    @pytest.mark.parametrize("damaged", [b"", b"\0\0", b"<htm", b"\0\0\x08\x02" + bytes(16)])
    def test_wrong_magic_is_named(self, damaged: bytes) -> None:
        with pytest.raises(DataError, match=r"the-file is no idx file"):
            fashion.parse_idx(damaged, "the-file")

    @pytest.mark.parametrize("change", [-1, -700, 1])
    def test_wrong_length_is_named(self, change: int) -> None:
        whole = idx(np.zeros((2, 28, 28), np.uint8)) + b"\0"
        with pytest.raises(DataError, match=r"the-file has [\d,]+ bytes .* announces 1,584"):
            fashion.parse_idx(whole[: len(whole) - 1 + change], "the-file")

    def test_a_header_alone_is_too_short(self) -> None:
        with pytest.raises(DataError, match="the-file has 10 bytes"):
            fashion.parse_idx(idx(np.zeros((2, 28, 28), np.uint8))[:10], "the-file")

    def test_an_absurd_header_costs_nothing(self) -> None:
        header = struct.pack(">HBB3I", 0, 8, 3, 2**32 - 1, 28, 28)
        with pytest.raises(DataError, match="announces 3,367,254,359,296"):
            fashion.parse_idx(header, "the-file")

    def test_images_of_another_size_are_refused(self) -> None:
        with pytest.raises(DataError, match="32 x 30 pixels"):
            fashion.parse_idx(idx(np.zeros((1, 32, 30), np.uint8)), "the-file")


class TestImages:
    @pytest.mark.parametrize(
        ("pixels", "labels"),
        [
            (torch.zeros(2, 28, 28), torch.zeros(2, dtype=torch.int64)),
            (torch.zeros(2, 784, dtype=torch.uint8), torch.zeros(2, dtype=torch.int64)),
            (torch.zeros(2, 28, 28, dtype=torch.uint8), torch.zeros(3, dtype=torch.int64)),
            (torch.zeros(2, 28, 28, dtype=torch.uint8), torch.zeros(2, dtype=torch.uint8)),
        ],
    )
    def test_wrong_tensors_are_refused(self, pixels: torch.Tensor, labels: torch.Tensor) -> None:
        with pytest.raises(DataError, match=r"int64|uint8"):
            Images(pixels, labels)

    def test_take_accepts_positions_and_masks(self) -> None:
        images = random_images(1)
        by_position = images.take(torch.tensor([7, 2]))
        assert by_position.labels.tolist() == [7, 2]
        assert torch.equal(by_position.pixels[0], images.pixels[7])
        assert images.take(images.labels > 7).labels.tolist() == [8, 9]
        assert len(images) == 10


class TestOrder:
    def test_every_order_of_rows_ends_in_one(self) -> None:
        images = random_images(20)
        first, second = fashion.canonical(shuffled(images, 1)), fashion.canonical(shuffled(images, 2))
        assert torch.equal(first.pixels, second.pixels)
        assert torch.equal(first.labels, second.labels)
        assert rows(first) == rows(images)

    def test_equal_pixels_are_ordered_by_label(self) -> None:
        pixels = torch.zeros(5, 28, 28, dtype=torch.uint8)
        images = fashion.canonical(Images(pixels, torch.tensor([4, 1, 3, 1, 0])))
        assert images.labels.tolist() == [0, 1, 1, 3, 4]

    def test_no_images_stay_none(self) -> None:
        none = Images(torch.zeros(0, 28, 28, dtype=torch.uint8), torch.zeros(0, dtype=torch.int64))
        assert len(fashion.canonical(none)) == 0

    def test_fingerprint_is_of_the_images_and_not_of_their_rows(self) -> None:
        train, test = random_images(20), random_images(5, seed=1)
        prints = {
            fashion.fingerprint(fashion.canonical(shuffled(train, seed)), fashion.canonical(shuffled(test, seed)))
            for seed in range(3)
        }
        assert len(prints) == 1

    def test_fingerprint_sees_one_pixel_one_label_and_the_border(self) -> None:
        train, test = random_images(2), random_images(2, seed=1)
        pixels, labels = train.pixels.clone(), train.labels.clone()
        pixels[3, 4, 5] ^= 1
        labels[0] += 1
        both = Images(torch.cat([train.pixels, test.pixels]), torch.cat([train.labels, test.labels]))
        found = {
            fashion.fingerprint(train, test),
            fashion.fingerprint(test, train),
            fashion.fingerprint(Images(pixels, train.labels), test),
            fashion.fingerprint(Images(train.pixels, labels), test),
            fashion.fingerprint(both, both.take(torch.arange(0))),
        }
        assert len(found) == 5

    def test_only_the_real_images_are_verified(self, data: FashionData) -> None:
        assert not data.verified


class TestSplit:
    def test_held_out_is_the_first_twelfth_of_each_class(self, data: FashionData) -> None:
        split = fashion.split(data, "held-out", 1.0)
        assert split.validation is not None
        assert fashion.class_counts(split.train) == (55,) * 10
        assert fashion.class_counts(split.validation) == (5,) * 10
        assert not rows(split.train) & rows(split.validation)
        assert rows(split.train) | rows(split.validation) == rows(data.train)
        first = [torch.nonzero(data.train.labels == number).flatten()[:5] for number in range(10)]
        assert rows(split.validation) == rows(data.train.take(torch.cat(first)))

    def test_order_stays_canonical(self, data: FashionData) -> None:
        split = fashion.split(data, "held-out", 0.5)
        for part in (split.train, split.validation):
            assert part is not None
            assert torch.equal(part.pixels, fashion.canonical(part).pixels)

    def test_none_trains_on_all(self, data: FashionData) -> None:
        split = fashion.split(data, "none", 1.0)
        assert split.validation is None
        assert torch.equal(split.train.pixels, data.train.pixels)

    def test_test_validates_with_the_test_images(self, data: FashionData) -> None:
        split = fashion.split(data, "test", 1.0)
        assert split.validation is data.test
        assert len(split.train) == len(data.train)

    @pytest.mark.parametrize(("fraction", "each"), [(1.0, 55), (0.5, 28), (0.1, 6), (0.001, 1)])
    def test_fraction_keeps_a_share_of_each_class(self, data: FashionData, fraction: float, each: int) -> None:
        split = fashion.split(data, "held-out", fraction)
        assert fashion.class_counts(split.train) == (each,) * 10
        assert split.validation is not None
        assert len(split.validation) == 50

    def test_a_smaller_share_is_part_of_a_larger_one(self, data: FashionData) -> None:
        shares = [rows(fashion.split(data, "held-out", share).train) for share in (0.05, 0.3, 1.0)]
        assert shares[0] < shares[1] < shares[2]

    def test_it_is_the_same_from_every_order_of_rows(self, data: FashionData) -> None:
        again = FashionData.of("full", "other", fashion.canonical(shuffled(data.train, 3)), data.test)
        one, other = fashion.split(data, "held-out", 0.4), fashion.split(again, "held-out", 0.4)
        assert torch.equal(one.train.pixels, other.train.pixels)

    def test_a_tiny_set_keeps_an_image_of_each_class_on_both_sides(self) -> None:
        two = fashion.canonical(random_images(2))
        split = fashion.split(FashionData.of("full", "local", two, two), "held-out", 0.01)
        assert split.validation is not None
        assert fashion.class_counts(split.validation) == (1,) * 10
        assert fashion.class_counts(split.train) == (1,) * 10

    @pytest.mark.parametrize("folds", [2, 5, 7, 12])
    def test_every_image_is_held_out_by_exactly_one_fold(self, data: FashionData, folds: int) -> None:
        times = sum(fashion.held_out(data, fold, folds).int() for fold in range(1, folds + 1))
        assert torch.equal(times, torch.ones(len(data.train), dtype=torch.int32))
        for fold in range(1, folds + 1):
            split = fashion.split(data, "held-out", 1.0, fold, folds)
            assert split.validation is not None
            assert rows(split.train) | rows(split.validation) == rows(data.train)
            assert not rows(split.train) & rows(split.validation)
            assert abs(len(split.validation) - len(data.train) / folds) < 10

    def test_a_share_of_what_a_fold_leaves(self, data: FashionData) -> None:
        shares = [rows(fashion.split(data, "held-out", share, 3, 5).train) for share in (0.05, 0.3, 1.0)]
        assert shares[0] < shares[1] < shares[2]
        assert fashion.class_counts(fashion.split(data, "held-out", 0.5, 3, 5).train) == (24,) * 10

    def test_the_usual_split_is_the_first_of_twelve_folds(self, sample: FashionData) -> None:
        usual, first = fashion.split(sample, "held-out", 0.3), fashion.split(sample, "held-out", 0.3, 1, 12)
        assert torch.equal(usual.train.pixels, first.train.pixels)
        assert usual.validation is not None
        assert first.validation is not None
        assert torch.equal(usual.validation.pixels, first.validation.pixels)

    @pytest.mark.parametrize("fraction", [0.0, -0.5, 1.01, float("nan")])
    def test_a_share_out_of_range_is_refused(self, data: FashionData, fraction: float) -> None:
        with pytest.raises(ExperimentError, match="above 0 and at most 1"):
            fashion.split(data, "none", fraction)


class TestViews:
    def test_scales(self) -> None:
        pixels = torch.tensor([0, 51, 255], dtype=torch.uint8)[:, None, None].expand(3, 28, 28)
        expected = {
            "unit": [0.0, 0.2, 1.0],
            "raw": [0.0, 51.0, 255.0],
            "standard": [-fashion.MEAN / fashion.STD, (0.2 - fashion.MEAN) / fashion.STD, 2.022419],
        }
        for scaling, values in expected.items():
            scaled = fashion.scale(pixels, scaling)  # type: ignore[arg-type]
            assert scaled.shape == (3, 1, 28, 28)
            assert scaled.dtype == torch.float32
            assert torch.allclose(scaled[:, 0, 0, 0], torch.tensor(values))

    def test_mean_images(self) -> None:
        pixels = torch.zeros(3, 28, 28, dtype=torch.uint8)
        pixels[0], pixels[1], pixels[2] = 10, 21, 200
        means = fashion.mean_images(Images(pixels, torch.tensor([2, 2, 9])))
        assert means.shape == (10, 28, 28)
        assert means.dtype == torch.uint8
        assert means[:, 5, 5].tolist() == [0, 0, 16, 0, 0, 0, 0, 0, 0, 200]

    def test_mean_images_of_real_ones_take_little_memory(self, sample: FashionData) -> None:
        pixels, labels = sample.train.pixels, sample.train.labels
        tracemalloc.start()
        found = fashion.mean_images(sample.train)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < pixels.nbytes / 2
        for label in range(CLASSES):
            expected = pixels[labels == label].double().mean(0).round()
            assert torch.equal(found[label].double(), expected)

    def test_counts_cover_all_ten_classes(self) -> None:
        images = random_images(1).take(torch.tensor([0, 0, 3]))
        assert fashion.class_counts(images) == (2, 0, 0, 1, 0, 0, 0, 0, 0, 0)
