"""Makes an example, a run that comes with the playground, again.

    python -m playground train quick --seed 0
    python -m tools.make_example quick [RUN]

makes the one of `quick` from that run, by default the newest of this home that will do.
"""

import sys

from playground.errors import PlaygroundError, RunError
from playground.lab.settings import load_settings
from playground.runs.examples import EXAMPLES, make_example, newest_that_will_do
from playground.runs.writer import RunFolders
from playground.training.record import Run


def main(preset: str = "", run: str = "") -> Run:
    """Make the example of a preset again, from a run of this home."""
    chosen = {each.preset: each for each in EXAMPLES.values()}.get(preset)
    if chosen is None:
        there = ", ".join(each.preset for each in EXAMPLES.values())
        raise RunError(f'There is no example of "{preset}". There is one of: {there}.')
    home = RunFolders(load_settings().home)
    return make_example(home.folder(run) if run else newest_that_will_do(home, chosen), chosen)


if __name__ == "__main__":
    try:
        made = main(*sys.argv[1:])
    except PlaygroundError as error:
        sys.exit(str(error))
    print(f"{made.name}: {made.parameters:,} parameters, {made.test_accuracy:.2%} of the test images")
