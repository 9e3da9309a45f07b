"""`python -m playground`: the same lab without a browser."""

import time

STARTED = time.perf_counter()  # before the imports: they are part of what a person waits for

from playground.cli import main  # noqa: E402

if __name__ == "__main__":
    main(started=STARTED)
