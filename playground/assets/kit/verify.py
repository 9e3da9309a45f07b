"""Does model.onnx say here what PyTorch said where it was trained? Needs numpy and onnxruntime.

pip install -r requirements.txt
python verify.py
"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime

FOLDER = Path(__file__).parent
MOST = 1e-4  # of a probability


def main() -> None:
    golden = np.load(FOLDER / "golden.npz", allow_pickle=False)
    session = onnxruntime.InferenceSession(FOLDER / "model.onnx", providers=["CPUExecutionProvider"])
    largest = 0.0
    for count in (1, len(golden["pixels"])):  # one image and many: the batch is dynamic
        pixels, expected = golden["pixels"][:count], golden["probabilities"][:count]
        (found,) = session.run(None, {"pixels": pixels})
        assert found.shape == expected.shape, f"shape {found.shape}, expected {expected.shape}"
        largest = max(largest, float(np.abs(found - expected).max()))
    print(
        f"largest difference of a probability: {largest:.2e} (at most {MOST:.0e}), {len(golden['pixels'])} images"
    )
    sys.exit(0 if largest <= MOST else 1)


if __name__ == "__main__":
    main()
