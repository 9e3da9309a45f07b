"""How long the Runs page takes with many runs: from a word in its filter to the page drawn anew.

    python -m tools.benchmarks.many_runs [RUNS] [TIMES]

Sorting is the browser's work alone. What the browser needs to draw is not in it.
"""

import os
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from tools.benchmarks import ROOT


def fill(home: Path, count: int) -> None:
    """Finished runs of all presets, with 4 to 30 epochs."""
    from records import record

    from playground.experiment.presets import PRESETS
    from playground.runs.writer import RunFolders
    from playground.training.events import EpochMetrics

    draw, folders = random.Random(0), RunFolders(home)
    presets = [preset.experiment for preset in PRESETS.values()]
    for number in range(count):
        epochs = tuple(
            EpochMetrics(e, 55_000, 0.5, 0.8, 0.5, 0.8, 0.01, 2.0) for e in range(1, draw.randint(5, 31))
        )
        experiment = draw.choice(presets).changed({"training.seed": number})
        parameters = draw.randint(10_000, 500_000)
        name = f"lenet {number}"
        run = record(
            number, name=name, experiment=experiment, epochs=epochs, parameters=parameters, train_seconds=3.0
        )
        folders.folder(run.run).write(run)


def main(count: int, times: int) -> None:
    from streamlit.testing.v1 import AppTest

    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_HOME"] = folder
        fill(Path(folder), count)
        from playground.app.shared.cache import lab
        from playground.app.shared.navigation import RUNS

        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120).run()
        while not lab().is_warm:
            time.sleep(0.1)
        app.switch_page(RUNS.script).run()
        seconds = []
        for turn in range(times):
            started = time.perf_counter()
            app.text_input(key="runs_words").set_value(("adam", "lenet 7", "", "sgd")[turn % 4]).run()
            seconds.append(time.perf_counter() - started)
            assert not app.exception
    median, late = statistics.median(seconds), statistics.quantiles(seconds, n=20)[-1]
    print(f"{count:,} runs: median {median * 1e3:.0f} ms, p95 {late * 1e3:.0f} ms, n = {times}")


if __name__ == "__main__":
    numbers = [int(each) for each in sys.argv[1:]]
    main(*numbers, *(1000, 60)[len(numbers) :])
