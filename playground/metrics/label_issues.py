"""Labels that may be wrong, by confident learning.

Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels", J. Artif. Intell.
Res. 70, as cleanlab has it: from probabilities that are out of sample it estimates how many images of each class
carry another class's label, and names as many, those whose label is least likely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class LabelIssue:
    """An image whose label is doubted. Probabilities are fractions.

    Attributes:
        index: Of the image among those that were asked about.
        label: The class that it is given as, and how likely the network finds that.
        likelier: The class that the network finds likeliest.
        quality: cleanlab's label quality, from 0 (certainly wrong) to 1: the normalised margin,
            half of 1 + p(label) - p(likeliest other).
    """

    index: int
    label: int
    label_probability: float
    likelier: int
    likelier_probability: float
    quality: float


def find_label_issues(probabilities: NDArray[np.float64], labels: NDArray[np.int64]) -> tuple[LabelIssue, ...]:
    """The images whose labels confident learning doubts, the worst first.

    Args:
        probabilities: [n, 10], rows sum to 1, of images that the network did not learn from.
        labels: [n], 0 to 9.
    """
    # it takes seconds to import, and nobody needs it before this page is opened
    from cleanlab.filter import find_label_issues
    from cleanlab.rank import get_label_quality_scores

    if not len(labels):
        return ()
    quality = get_label_quality_scores(labels, probabilities, method="normalized_margin")
    found = find_label_issues(  # one process: others would run the app's script again
        labels, probabilities, return_indices_ranked_by="normalized_margin", n_jobs=1
    )
    likelier = probabilities.argmax(1)
    return tuple(
        LabelIssue(
            int(i), int(labels[i]), float(probabilities[i, labels[i]]),
            int(likelier[i]), float(probabilities[i, likelier[i]]), float(quality[i]),
        )
        for i in found
    )  # fmt: skip
