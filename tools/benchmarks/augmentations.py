"""What each augmentation costs on the images as they are, and brings on pictures from elsewhere.

    python -m tools.benchmarks.augmentations [SEEDS]

Trains the layers of `quick` with each of `robust`'s augmentations alone and with all of them, and prints a table
in Markdown. Judged by validation images and the open half of the icons: the test images may choose nothing.
"""

import statistics
import sys
from dataclasses import dataclass

import numpy as np
import torch

import playground  # noqa: F401  before torch: it says how long OpenMP's threads spin
from playground.data.classes import CLASS_NAMES
from playground.experiment.experiment import Experiment
from playground.experiment.presets import PRESETS
from playground.lab.lab import Lab
from playground.lab.settings import load_settings
from playground.pictures.prepare import prepare
from playground.system.executors import InlineExecutor
from playground.training.record import Run
from tools.benchmarks.disturbed import CASES, page_of
from tools.benchmarks.icons import icons, prepared

COUNT = 1_000  # validation images that are put on paper
EPOCHS = 6  # augmented images take longer to learn than those of `quick` itself


@dataclass(frozen=True, eq=False)
class Pictures:
    """Prepared pictures, uint8 [n, 28, 28], and their classes [n]."""

    pixels: torch.Tensor
    labels: torch.Tensor

    def accuracy(self, lab: Lab, run: Run) -> float:
        """The share that a run reads right."""
        found = lab.scores.probabilities(run, self.pixels).argmax(1)
        return float((found == self.labels).double().mean())


def on_paper(lab: Lab, run: Run) -> Pictures:
    """Validation images with all disturbances of `disturbed.py` together."""
    images = lab.scores.images(run, "validation")
    chosen = np.random.default_rng(0).permutation(len(images))[:COUNT]
    rng = np.random.default_rng(1)
    case = CASES["all together"]
    pictures = [prepare(page_of(images.pixels[int(each)].numpy(), rng, case)).pixels for each in chosen]
    return Pictures(torch.from_numpy(np.stack(pictures)), images.labels[torch.from_numpy(chosen)])


def of_icons() -> Pictures:
    """The open half of the icons."""
    shown = icons("open")
    labels = [CLASS_NAMES.index(icon.label) for icon in shown]
    return Pictures(prepared(shown), torch.tensor(labels))


def choices() -> dict[str, dict[str, object]]:
    """Augmentations by what they are called in the table."""
    all_of_them = PRESETS["robust"].experiment.training.augmentation.model_dump(exclude_defaults=True)
    alone = {f"{name} {setting}": {name: setting} for name, setting in all_of_them.items()}
    return {"none": {}, **alone, "all of them": all_of_them}


def experiment(augmentation: dict[str, object], seed: int) -> Experiment:
    """The layers of `quick` with some augmentation."""
    settings = {f"training.augmentation.{name}": setting for name, setting in augmentation.items()}
    return PRESETS["quick"].experiment.changed({**settings, "training.seed": seed, "training.epochs": EPOCHS})


def main(seeds: int) -> None:
    lab = Lab(load_settings(), InlineExecutor())
    lab.datasets.fetch()
    paper, drawings = None, of_icons()
    print(f"| augmentation, n = {seeds} | validation | all disturbances | icons | s an epoch |")
    print("| --- | ---: | ---: | ---: | ---: |", flush=True)
    for name, augmentation in choices().items():
        runs = [lab.library.run(lab.trainer.start(experiment(augmentation, seed))) for seed in range(seeds)]
        paper = paper or on_paper(lab, runs[0])
        plain = statistics.mean(run.validation_accuracy or 0 for run in runs)
        disturbed, of_drawings = (
            statistics.mean(pictures.accuracy(lab, run) for run in runs) for pictures in (paper, drawings)
        )
        seconds = statistics.mean(run.train_seconds / EPOCHS for run in runs)
        print(f"| {name} | {plain:.2%} | {disturbed:.2%} | {of_drawings:.1%} | {seconds:.1f} |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
