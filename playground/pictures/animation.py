"""The frame of an animation that is looked at: its first, or, where that is blank, another that is not."""

import numpy as np
from PIL import Image

_BLANK = 12.0  # levels of 255: a frame with less contrast shows nothing
_LOOKED_AT = 60  # frames at most
_MOST_PIXELS = 64_000_000  # of all frames that are looked at
_SIDE = 128  # pixels of the copies that are compared


def choose_frame(image: Image.Image) -> str:
    """Move an opened picture to the frame to look at: a sentence on it, "" where it is no animation.

    Raises what Pillow does for broken files.
    """
    frames = int(getattr(image, "n_frames", 1))
    if frames == 1 or image.format == "MPO":
        return ""
    if _contrast(image) >= _BLANK:
        return f"It is an animation of {frames} frames, and the first was taken."
    most = max(1, min(frames, _LOOKED_AT, _MOST_PIXELS // (image.width * image.height)))
    best, strongest = 0, 0.0
    for number in range(1, most):
        image.seek(number)
        if (contrast := _contrast(image)) > 1.5 * strongest:  # a later one has to be clearly better
            best, strongest = number, contrast
    if strongest < _BLANK:
        image.seek(0)
        return f"It is an animation, and of its {frames} frames the first {most} are blank."
    image.seek(best)
    return f"It is an animation whose first frame is blank, so frame {best + 1} of {frames} was taken."


def _contrast(image: Image.Image) -> float:
    """How far the lightest and the darkest parts of the frame are apart, on white paper."""
    small = image.convert("RGBA")
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.BOX)
    values = np.asarray(small, np.float32)
    cover = values[:, :, 3:] / 255
    laid = values[:, :, :3] * cover + 255 * (1 - cover)
    return float(np.ptp(laid, axis=(0, 1)).max())
