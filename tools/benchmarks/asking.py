"""A run, and test images to ask it about: for the scripts that measure how pictures are read."""

from dataclasses import dataclass

import numpy as np
import torch

from playground.lab.lab import Lab
from playground.lab.settings import load_settings
from playground.system.executors import InlineExecutor
from playground.training.record import Run


@dataclass(frozen=True, eq=False)
class Asked:
    """Test images, uint8 [n, 28, 28], their classes [n], and who is asked."""

    lab: Lab
    run: Run
    pixels: np.ndarray
    labels: torch.Tensor

    def said(self, pixels: np.ndarray) -> torch.Tensor:
        """The class [n] that the run takes each of other pixels for, uint8 [n, 28, 28]."""
        return self.lab.scores.scores.probabilities(self.run, torch.from_numpy(pixels)).argmax(1)


def asked(run: str, count: int) -> Asked:
    """A run of this machine, or an example, and so many of its test images, the same at every call."""
    lab = Lab(load_settings(), InlineExecutor())
    lab.datasets.fetch()
    record = lab.library.run(run)
    test = lab.scores.images(record, "test")
    chosen = torch.from_numpy(np.random.default_rng(0).permutation(len(test))[:count])
    return Asked(lab, record, test.pixels[chosen].numpy(), test.labels[chosen])
