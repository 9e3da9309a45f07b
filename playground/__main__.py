"""`python -m playground`, and `playground` where it is installed: the same lab without a browser."""

import time

STARTED = time.perf_counter()  # before the imports: they are part of what a person waits for

from playground.cli import main  # noqa: E402


def installed() -> None:
    """Run the command `playground` that pip makes."""
    main(started=STARTED, called="playground")


if __name__ == "__main__":
    main(started=STARTED)
