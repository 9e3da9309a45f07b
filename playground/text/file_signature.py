"""What a file is by its bytes, for the sentence about one that is something else than its name says."""

from __future__ import annotations

from playground.text.sentences import shown

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"version https://git-lfs", "a pointer of Git LFS, not the file itself: run `git lfs pull` where it is from"),
    (b"PK\x03\x04", "a zip archive: unpack it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive: unpack it"),
    (b"Rar!", "a RAR archive: unpack it"),
    (b"\x1f\x8b", "a gzip file: unpack it"),
    (b"\xfd7zXZ\0", "a file that xz packed: unpack it"),
    (b"BZh", "a file that bzip2 packed: unpack it"),
    (b"\x28\xb5\x2f\xfd", "a file that Zstandard packed: unpack it"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "an array of NumPy"),
    (b"\x89HDF", "an HDF5 file"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_LONGEST_TEXT = 1 << 16  # bytes


def nature(content: bytes) -> str | None:
    """What a file's content is, in words that follow "is"; None where nothing is known by it."""
    if not content:
        return "empty"
    for beginning, words in _BEGINNINGS:
        if content.startswith(beginning):
            return words
    if content[257:262] == b"ustar":
        return "a tar archive: unpack it"
    start = content[:200].lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.lower().startswith((b"<!doctype", b"<html", b"<head", b"<body", b"<?xml")):
        return f"a web page, such as a server's refusal: {shown(start[:32].decode('ascii', 'replace'))}"
    return _short_text(content)


def _short_text(content: bytes) -> str | None:
    try:
        text = content.decode().strip() if len(content) <= _LONGEST_TEXT else ""
    except UnicodeDecodeError:
        return None
    return f"a text: {shown(text)}" if text and text.isprintable() else None
