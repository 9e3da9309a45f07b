"""A garment's shadow on the paper: it would be part of the outline, and move and shrink the garment.

A shadow is paper with less light, of the paper's hue. A real one is soft where it ends, and the garment's own
edge cuts it off: so what can be reached from bare paper without a step in brightness is paper. The shadow of an
icon has hard edges. It is known by its hue where the paper has a colour, and runs out of the picture or lies on
the ground.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from playground.core.background import LEAST_CONTRAST, Against, Mask
from playground.core.classes import SIDE

_SOFT = 0.6  # of the garment's contrast, along what becomes one of the 28 pixels: a shadow changes by less
_SHARP = 1.6  # the same of the garment's edge: one that is softer cannot be told from a shadow's
_CUT_OFF = 0.5  # of where a shadow meets ink, how much is such an edge
_DARKEST, _PAINTED_DARKEST = (
    0.25,
    0.5,
)  # of the light on the paper: so much is left in the darkest shadow, a soft or hard one
_LIGHTEST = 1.02  # of the light on the paper: what has more is in no shadow
_HUE, _PAINTED_HUE = (
    0.06,
    0.1,
)  # of the paper's brightness: by so much its colour may be another than darker paper's
_COLOURED = 0.2  # saturation of paper from which on something of its hue, but darker, is no accident
_FLAT = 0.16  # of the height of all that there is: a shadow on the ground is no higher
_WORTH = 0.02  # of the ink: a smaller shadow moves nothing
_MOST = 0.6  # of the ink: what would take more is no shadow, but a garment of the paper's hue


def without_shadow(found: Against) -> Against | None:
    """The picture without shadows; None where there is none, or the garment's edges are as soft as one."""
    density, said = found.density, []
    for kind, part_of in (("hard", _hard), ("soft", _soft)):
        part = part_of(found._replace(density=density))
        ink = density > LEAST_CONTRAST / 4
        share = (part & ink).sum() / max(1, ink.sum())
        if _WORTH <= share <= _MOST:
            density = np.where(part, np.float32(0), density)
            said.append(f"A {kind} shadow of the paper's hue, {share:.0%} of what stood out, was taken away.")
    return found._replace(density=density, explanation=" ".join(said)) if said else None


def _dimmed(found: Against, hue: float, darkest: float) -> Mask:
    """Which pixels could be paper in a shadow, [H, W]."""
    picture, paper = found.picture, found.paper
    length = np.maximum(np.einsum("...c,...c", paper, paper), 1.0)
    light = np.einsum("...c,...c", picture, paper) / length
    off = picture - light[:, :, None] * paper
    other = np.einsum("...c,...c", off, off) > hue**2 * length
    return np.asarray((light > darkest) & (light < _LIGHTEST) & ~other & ~found.solid)


def _hard(found: Against) -> Mask:
    """Shadows on coloured paper that run out of the picture, or lie flat below all that there is."""
    coloured = np.ptp(found.paper, axis=2) > _COLOURED * found.paper.max(axis=2)
    ink = found.density > LEAST_CONTRAST / 4
    pieces, _ = ndimage.label(_dimmed(found, _PAINTED_HUE, _PAINTED_DARKEST) & coloured & ink)
    shadow = np.isin(pieces, _on_rim(pieces))
    rows = np.flatnonzero((ink & ~shadow).any(axis=1))
    if rows.size == 0:
        return shadow
    low = _FLAT * (rows[-1] - rows[0])
    flat = [
        number
        for number, (where, _) in enumerate(ndimage.find_objects(pieces), 1)
        if where.stop > rows[-1] - low and where.stop - where.start <= low
    ]
    return np.asarray(shadow | np.isin(pieces, flat))


def _soft(found: Against) -> Mask:
    """Shadows without a step in brightness from the paper; none where the garment has no sharper edge."""
    density = found.density
    bare = density <= LEAST_CONTRAST / 4
    if bare.all():
        return ~bare
    contrast = np.quantile(density[~bare], 0.9)
    bodies = ndimage.find_objects(ndimage.label(density > 0.5 * contrast)[0])
    cell = max(side.stop - side.start for body in bodies for side in body) / SIDE
    slope = ndimage.gaussian_gradient_magnitude(density, max(0.7, 0.07 * cell)) * cell / contrast
    pieces, _ = ndimage.label(bare | (_dimmed(found, _HUE, _DARKEST) & (slope < _SOFT)))
    paper = np.isin(pieces, _on_rim(np.where(bare, pieces, 0)))
    shadows, count = ndimage.label(paper & ~bare)
    beside = np.where(paper | (density <= LEAST_CONTRAST), 0, ndimage.maximum_filter(shadows, size=3))
    steepest = ndimage.maximum_filter(slope, size=2 * max(1, round(0.2 * cell)) + 1)
    met, sharp = (
        np.bincount(beside[where], minlength=count + 1)
        for where in (beside > 0, (beside > 0) & (steepest >= _SHARP))
    )
    return np.asarray((shadows > 0) & (sharp > _CUT_OFF * met)[shadows])


def _on_rim(pieces: NDArray[np.int32]) -> NDArray[np.int32]:
    """The numbers of the pieces, from 1, that touch the edge of the picture."""
    rim = np.unique(np.concatenate([pieces[0], pieces[-1], pieces[:, 0], pieces[:, -1]]))
    return rim[rim > 0]
