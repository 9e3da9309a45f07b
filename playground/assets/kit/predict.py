"""What does the network see in a picture? It is prepared exactly as the app that trained the network does.

pip install -r requirements.txt
python predict.py picture.jpg drawing.png
"""

import sys
from pathlib import Path

import numpy as np
import onnxruntime
from prepare.classes import CLASS_NAMES
from prepare.decode import read
from prepare.errors import PictureError
from prepare.prepare import prepare

FOLDER = Path(__file__).parent


def main() -> None:
    if len(sys.argv) < 2:
        sys.exit("Name one or more pictures: python predict.py picture.jpg")
    session = onnxruntime.InferenceSession(FOLDER / "model.onnx", providers=["CPUExecutionProvider"])
    failed = False
    for name in sys.argv[1:]:
        try:
            picture = read(Path(name).read_bytes(), name)
            prepared = prepare(picture.pixels, notes=picture.notes)
        except (PictureError, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr)
            failed = True
            continue
        (found,) = session.run(None, {"pixels": np.asarray(prepared.pixels, np.uint8)[None]})
        best = int(found[0].argmax())
        print(" ".join([f"{name}: {CLASS_NAMES[best]} {found[0][best]:.1%}", *prepared.notes]))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
