"""t-SNE in a process of its own: it says how far it is, can be ended at any moment, and has a priority of its own.

    python -m playground.analysis.tsne_worker < INPUT

INPUT is an .npz file with `scores`, `start`, `perplexity` and `iterations`. scikit-learn's own lines about its
progress go to standard output, and one JSON object as the last. If nobody reads them any more, it ends.
"""

from __future__ import annotations

import base64
import io
import json
import os
import sys
from dataclasses import asdict

import numpy as np

from playground.interpret.embedding import neighbourhoods


def main() -> None:
    """Read, lay out, write."""
    if hasattr(os, "nice"):
        os.nice(19)
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    given = np.load(io.BytesIO(sys.stdin.buffer.read()))
    found = neighbourhoods(
        given["scores"],
        given["start"],
        float(given["perplexity"]),
        iterations=int(given["iterations"]),
        verbose=2,
    )
    print(json.dumps({**asdict(found), "points": base64.b64encode(found.points.tobytes()).decode()}))


if __name__ == "__main__":
    main()
