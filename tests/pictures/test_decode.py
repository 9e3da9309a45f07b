import struct

import numpy as np
import pytest
from hostile import chunk, encoded, png
from PIL import Image

from playground.errors import PictureError
from playground.pictures.decode import KEPT_SIDE, MAX_BYTES, decode, read

RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 180, 40), (30, 40, 210), (240, 220, 40)


def quarters(width: int = 40, height: int = 30) -> Image.Image:
    """Red above left, green above right, blue below left, yellow below right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    image.paste(YELLOW, (width // 2, height // 2, width, height))
    return image


def corners(picture: np.ndarray) -> np.ndarray:
    """The colours in the middle of the four quarters, in reading order: [4, 3]."""
    rows, columns = picture.shape[0] // 4, picture.shape[1] // 4
    return picture[[rows, rows, -rows, -rows], [columns, -columns, columns, -columns], :3].astype(int)


def assert_quarters(picture: np.ndarray, tolerance: int = 24) -> None:
    assert picture.dtype == np.uint8
    assert picture.shape[2] == 4
    assert np.abs(corners(picture) - [RED, GREEN, BLUE, YELLOW]).max() <= tolerance


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 95}),
        ("JPEG", {"quality": 95, "progressive": True}),
        ("WEBP", {"lossless": True}),
        ("WEBP", {"quality": 95}),
        ("GIF", {}),
        ("BMP", {}),
    ],
)
def test_every_accepted_format_is_read(kind, options):
    picture = decode(encoded(quarters(), kind, **options), "quarters")
    assert picture.shape == (30, 40, 4)
    assert_quarters(picture)
    assert (picture[:, :, 3] == 255).all()


def test_the_name_of_a_file_is_not_believed():
    assert_quarters(decode(encoded(quarters(), "BMP"), "quarters.png"))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP"])
def test_palettes_become_colours(kind):
    assert_quarters(decode(encoded(quarters().quantize(8), kind), "palette"))


def test_transparent_palette_entries_stay_transparent():
    image = quarters().quantize(4)
    picture = decode(encoded(image, "PNG", transparency=image.getpixel((0, 0))), "palette.png")
    assert picture[0, 0, 3] == 0
    assert picture[0, -1, 3] == 255


def test_alpha_is_straight():
    image = Image.new("RGBA", (10, 10), (200, 100, 50, 64))
    assert decode(encoded(image, "PNG"), "glass.png")[5, 5].tolist() == [200, 100, 50, 64]
    assert decode(encoded(image, "WEBP", lossless=True), "glass.webp")[5, 5].tolist() == [200, 100, 50, 64]


def test_grey_with_alpha_and_one_bit():
    assert decode(encoded(Image.new("LA", (5, 5), (90, 30)), "PNG"), "la.png")[0, 0].tolist() == [90, 90, 90, 30]
    assert decode(encoded(Image.new("1", (5, 5), 1), "PNG"), "bit.png")[0, 0].tolist() == [255] * 4


def test_cmyk_jpeg_becomes_rgb():
    assert_quarters(decode(encoded(quarters().convert("CMYK"), "JPEG", quality=95), "print.jpg"))


def test_sixteen_bit_grey_keeps_its_tones():
    ramp = np.tile(np.linspace(0, 65_535, 256).astype(np.uint16), (8, 1))
    picture = decode(encoded(Image.fromarray(ramp), "PNG"), "scan.png")
    assert np.array_equal(picture[0, :, 0], np.arange(256))


def test_sixteen_bit_colour_keeps_its_tones():
    samples = np.tile(np.linspace(0, 65_535, 64).astype(">u2")[None, :, None], (4, 1, 3))
    lines = b"".join(b"\0" + line.tobytes() for line in samples)
    picture = decode(png(64, 4, 16, 2, lines), "scan.png")
    assert np.abs(picture[0, :, 1].astype(float) - np.linspace(0, 255, 64)).max() <= 1


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_counts(kind):
    frames = [Image.new("RGB", (40, 30), GREEN), Image.new("RGB", (40, 30), BLUE)]
    options = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(quarters(), kind, save_all=True, append_images=frames, duration=50, **options)
    assert_quarters(decode(data, "moving"))


def test_several_jpegs_in_one_file_as_phones_write_them():
    data = encoded(quarters(), "MPO", save_all=True, append_images=[Image.new("RGB", (40, 30))], quality=95)
    assert_quarters(decode(data, "phone.jpg"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("size", [(40, 30), (4096, 3072)])
def test_every_exif_orientation_is_turned_upright(kind, size):
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }  # fmt: skip
    for orientation in range(1, 9) if size == (40, 30) else (6,):
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = quarters(*size)
        image = image.transpose(undo[orientation]) if orientation in undo else image
        picture = decode(encoded(image, kind, exif=exif), "phone")
        assert picture.shape[1] > picture.shape[0], orientation
        assert_quarters(picture)


def test_broken_exif_does_not_lose_the_picture():
    data = encoded(quarters(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff broken", quality=95)
    assert_quarters(decode(data, "odd.jpg"))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP"])
@pytest.mark.parametrize(("width", "height"), [(1025, 700), (3001, 2003), (1500, 4000)])
def test_large_pictures_are_reduced(kind, width, height):
    picture = decode(encoded(quarters(width, height), kind), "large")
    assert KEPT_SIDE / 2 <= max(picture.shape) <= KEPT_SIDE
    assert picture.shape[1] / picture.shape[0] == pytest.approx(width / height, rel=0.01)
    assert_quarters(picture)


def test_reducing_does_not_mix_in_the_colour_of_transparent_pixels():
    image = Image.new("RGBA", (2048, 2048), (255, 0, 0, 0))
    image.paste((0, 0, 255, 255), (0, 0, 1023, 2048))
    picture = decode(encoded(image, "PNG"), "cut.png")
    half = picture[(picture[:, :, 3] > 0) & (picture[:, :, 3] < 255)]
    assert len(half)
    assert (half[:, 0] == 0).all()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it is that large; decoding it would fail, so the limit must be checked first."""
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", b"")
    )


@pytest.mark.parametrize(
    ("width", "height"), [(20_000, 20_000), (1, 60_000), (60_000, 1), (9_000, 9_000), (10_000, 10_000)]
)
def test_too_many_pixels_are_refused_before_decoding(width, height):
    with pytest.raises(PictureError, match=r"bomb\.png has .*64 megapixels and 16,384 pixels a side"):
        decode(png_header(width, height), "bomb.png")


def test_too_many_bytes_are_refused():
    with pytest.raises(PictureError, match=r"big\.png has 20\.0 MB; at most 20 MB"):
        decode(b"\0" * (MAX_BYTES + 1), "big.png")


def test_a_photo_of_a_phone_passes():
    picture = decode(encoded(quarters(8192, 6144), "JPEG"), "phone.jpg")
    assert picture.shape == (768, 1024, 4)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
def test_the_longest_strip_passes(kind):
    longest = 16_383 if kind == "WEBP" else 16_384  # WEBP's own limit
    strip = decode(encoded(quarters(2, longest), kind), "strip")
    assert KEPT_SIDE / 2 <= strip.shape[0] <= KEPT_SIDE
    assert strip.shape[1:] == (1, 4)


FOREIGN = {
    "svg": b'\xef\xbb\xbf<svg xmlns="http://www.w3.org/2000/svg"/>',
    "xml": b'<?xml version="1.0"?><svg/>',
    "html": b"  <!DOCTYPE html><html></html>",
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "pdf": b"%PDF-1.7\n",
    "tiff": encoded(quarters(), "TIFF"),
    "ico": encoded(quarters(), "ICO"),
    "ppm": encoded(quarters(), "PPM"),
    "tga": encoded(quarters(), "TGA"),
    "random": np.random.default_rng(0).bytes(4096),
    "zeros": b"\0" * 1000,
    "one byte": b"\x89",
}


@pytest.mark.parametrize("data", FOREIGN.values(), ids=FOREIGN.keys())
def test_other_files_end_in_one_sentence(data):
    assert_refused(data)


def test_an_empty_file_is_called_empty():
    assert "shirt.png is empty" in assert_refused(b"")


def test_a_tiff_named_png_is_called_a_tiff():
    assert "TIFF" in assert_refused(FOREIGN["tiff"])


@pytest.mark.parametrize(
    ("brands", "kind"),
    [(b"heic\0\0\0\0mif1heic", "HEIC"), (b"mif1\0\0\0\0mif1heic", "HEIC"), (b"avif\0\0\0\0avifmif1miaf", "AVIF")],
)
def test_pictures_of_phones_get_a_remedy(brands, kind):
    data = struct.pack(">I", 8 + len(brands)) + b"ftyp" + brands + b"\0" * 100
    sentence = assert_refused(data)
    assert kind in sentence
    assert "save or share it as JPEG" in sentence


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9])
def test_truncated_files_end_in_one_sentence(kind, share):
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 80, 3), dtype=np.uint8))
    data = encoded(noise, kind)
    assert_refused(data[: int(len(data) * share)])


def test_no_mutation_escapes():
    rng = np.random.default_rng(7)
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (30, 40, 4), dtype=np.uint8))
    seeds = [encoded(noise, "PNG"), encoded(noise, "WEBP")]
    seeds += [encoded(noise.convert("RGB"), kind) for kind in ("JPEG", "GIF", "BMP")]
    for _ in range(400):
        data = bytearray(seeds[rng.integers(len(seeds))])
        for place in rng.integers(0, min(len(data), int(rng.choice([60, 10_000]))), 6):
            data[place] = rng.integers(256)
        try:
            picture = decode(bytes(data), "mutant")
        except PictureError as error:
            assert_sentence(str(error), "mutant")
        else:
            assert picture.dtype == np.uint8
            assert max(picture.shape) <= KEPT_SIDE


def test_only_the_printable_last_part_of_the_name_is_shown():
    with pytest.raises(PictureError) as caught:
        decode(b"", "C:\\shirts\\..\\a\x1b[31m\nb.png")
    assert str(caught.value).startswith("a[31mb.png is empty")
    with pytest.raises(PictureError) as caught:
        decode(b"", "x" * 5000)
    assert len(str(caught.value)) < 200


def assert_refused(data: bytes) -> str:
    with pytest.raises(PictureError) as caught:
        decode(data, "/tmp/somewhere/shirt.png")
    assert_sentence(str(caught.value), "shirt.png")
    return str(caught.value)


def assert_sentence(sentence: str, name: str) -> None:
    assert sentence.startswith(name + " ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert "PNG, JPEG, WEBP, GIF and BMP" in sentence or "at most 20 MB" in sentence


@pytest.mark.parametrize("highest", [255, 1023, 4080, 4095, 16_000])
def test_fewer_bits_in_sixteen_are_stretched_and_that_is_said(highest):
    ramp = np.tile(np.round(np.linspace(0, highest, 256)).astype(np.uint16), (8, 1))
    picture = read(encoded(Image.fromarray(ramp), "PNG"), "scan.png")
    assert np.abs(picture.pixels[0, :, 0].astype(int) - np.arange(256)).max() <= 1
    assert f"no higher than {highest:,} of 65,535" in picture.notes[0]


def test_sixteen_bits_with_nothing_but_their_lowest_are_called_nearly_black():
    samples = np.tile(np.arange(256, dtype=">u2")[None, :, None], (4, 1, 3))
    colour = png(256, 4, 16, 2, b"".join(b"\0" + line.tobytes() for line in samples))
    grey = encoded(Image.fromarray(np.full((8, 8), 3, np.uint16)), "PNG")
    for data in (colour, grey):
        with pytest.raises(
            PictureError, match=r"scan\.png is nearly black: none of its 16-bit values reaches 257"
        ):
            decode(data, "scan.png")


KNOWN = {
    b"\0\0\0\x18ftypisom\0\0\0\0isommp42": ("a film (MP4 or QuickTime)", "screenshot"),
    b"\x1a\x45\xdf\xa3" + bytes(40): ("a film (WebM or Matroska)", "screenshot"),
    b"\xff\x0a" + bytes(40): ("a JPEG XL picture", "save it as PNG or JPEG"),
    b"\0\0\0\x0cJXL \r\n\x87\n": ("a JPEG XL picture", "save it as PNG or JPEG"),
    b"\0\0\0\x0cjP  \r\n\x87\n": ("a JPEG 2000 picture", "save it as PNG or JPEG"),
    b"\0\0\x01\0\x07\0": ("an icon (ICO)", "save it as PNG or JPEG"),
    b"data:image/png;base64,iVBORw": ("the text of a picture's data address", "open it in a browser"),
    b"version https://git-lfs.github.com/spec/v1": ("a Git LFS pointer", "git lfs pull"),
    b'{"error": "not found"}': ("a text (JSON)", "hand in a picture"),
}


@pytest.mark.parametrize(("data", "said"), KNOWN.items(), ids=[kind for kind, _ in KNOWN.values()])
def test_known_files_are_named_with_a_remedy(data, said):
    sentence = assert_refused(data)
    assert all(part in sentence for part in said)
