"""Files that people hand in although no network can be asked about them: what they are, and what helps.

Known by how they begin; what a file is called is not believed.
"""

_JPEG_OF_PHONE = (
    "save or share it as JPEG, as an iPhone does by mail; for pictures to come choose Settings, Camera, Formats, "
    "Most Compatible"
)
_SAVE = "save it as PNG or JPEG in the program that made it, or in a viewer"
_FRAME = "take a screenshot of the moment that shows the garment"
_SCREENSHOT = "take a screenshot of the picture in it"

# Marks in the header that pictures and films of phones share; AVIF before HEIC, as it may carry both.
_BRANDS = (
    ({b"avif", b"avis"}, "an AVIF picture", "save or share it as JPEG"),
    ({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}, "a HEIC picture", _JPEG_OF_PHONE),
    ({b"crx "}, "a camera's raw picture", "save it as JPEG in the camera's program"),
)
# How files begin, in lower case.
_BEGINNINGS = {
    b"<svg": ("an SVG drawing", _SAVE),
    b"<?xml": ("an SVG drawing or another XML file", _SAVE),
    b"<!doctype html": ("a web page (HTML)", "save the picture in it, and not the page"),
    b"<html": ("a web page (HTML)", "save the picture in it, and not the page"),
    b"%!ps": ("an EPS or PostScript file", _SAVE),
    b"\xc5\xd0\xd3\xc6": ("an EPS file", _SAVE),
    b"%pdf": ("a PDF", _SCREENSHOT),
    b"ii*\0": ("a TIFF picture", _SAVE),
    b"mm\0*": ("a TIFF picture", _SAVE),
    b"ii+\0": ("a TIFF picture", _SAVE),
    b"mm\0+": ("a TIFF picture", _SAVE),
    b"8bps": ("a Photoshop picture", _SAVE),
    b"gimp xcf": ("a GIMP picture", _SAVE),
    b"pk\x03\x04": ("a ZIP archive or an office document", "hand in the picture in it"),
    b"\x1f\x8b": ("a gzip archive", "hand in the picture in it"),
    b"7z\xbc\xaf": ("a 7z archive", "hand in the picture in it"),
    b"rar!": ("a RAR archive", "hand in the picture in it"),
    b"\xff\x0a": ("a JPEG XL picture", _SAVE),
    b"\0\0\0\x0cjxl ": ("a JPEG XL picture", _SAVE),
    b"\0\0\0\x0cjp  ": ("a JPEG 2000 picture", _SAVE),
    b"\xff\x4f\xff\x51": ("a JPEG 2000 picture", _SAVE),
    b"\0\0\x01\0": ("an icon (ICO)", _SAVE),
    b"\0\0\x02\0": ("a mouse cursor (CUR)", _SAVE),
    b"icns": ("an icon (ICNS)", _SAVE),
    b"\x1a\x45\xdf\xa3": ("a film (WebM or Matroska)", _FRAME),
    b"\x93numpy": ("an array of NumPy", "save it as PNG, with values from 0 to 255"),
    b"data:image": ("the text of a picture's data address", "open it in a browser and save the picture"),
    b"version https://git-lfs": ("a Git LFS pointer, and not the picture itself", "fetch it with git lfs pull"),
    b"{": ("a text (JSON)", "hand in a picture"),
    b"[": ("a text (JSON)", "hand in a picture"),
}


def foreign(data: bytes) -> tuple[str, str] | None:
    """What kind of file this is that is no accepted picture, and what helps; None where it is not known."""
    if data[4:8] == b"ftyp":
        marks = {data[start : start + 4] for start in range(8, min(len(data), 64), 4)}
        for brands, kind, remedy in _BRANDS:
            if marks & brands:
                return kind, remedy
        return "a film (MP4 or QuickTime)", _FRAME
    if data[:4] == b"RIFF" and data[8:12] == b"AVI ":
        return "a film (AVI)", _FRAME
    start = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for mark, (kind, remedy) in _BEGINNINGS.items():
        if start.startswith(mark) or data.startswith(mark) or data[: len(mark)].lower() == mark:
            return kind, remedy
    return None
