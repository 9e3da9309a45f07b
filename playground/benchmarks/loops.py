"""The same training as other people write it: the tutorials' loop, and two libraries as their guides show them.

Run by its path, in a process of its own: nothing of ours is imported, and what we set for our own process
(how memory is allocated, for instance) neither helps nor hinders.

    python loops.py LOOP FOLDER IMAGES

trains on the first IMAGES training images of Fashion-MNIST, in FOLDER as torchvision keeps it, for two epochs,
and prints the seconds of the second, in which nothing is warmed up. All use the same network
(`three-conv-batch-norm`), batch, optimizer and images; all leave everything else as their library has it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Subset
from torchvision.datasets import FashionMNIST
from torchvision.transforms import ToTensor

BATCH = 256
RATE = 0.01
EPOCHS = 2

Dataset = Subset[tuple[Tensor, int]]


def network() -> nn.Sequential:
    """[n, 1, 28, 28] -> [n, 10]."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3), nn.BatchNorm2d(32), nn.ReLU(),
        nn.Conv2d(32, 64, 3), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 5 * 5, 10),
    )  # fmt: skip


def images(folder: str, count: int) -> Dataset:
    """The first `count` training images, read and converted one by one, as the tutorials do."""
    return Subset(FashionMNIST(folder, train=True, transform=ToTensor()), range(count))


def tutorial(dataset: Dataset) -> float:
    """Train with the plain loop; seconds of the last epoch."""
    model = network()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    loader = DataLoader(dataset, batch_size=BATCH, shuffle=True)
    started = 0.0
    for _ in range(EPOCHS):
        started = time.perf_counter()
        model.train()
        for inputs, labels in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), labels)
            loss.backward()
            optimizer.step()
    return time.perf_counter() - started


def lightning(dataset: Dataset) -> float:
    """Train with PyTorch Lightning; seconds of the last epoch, by hooks at its start and end."""
    import pytorch_lightning

    class Classifier(pytorch_lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = network()

        def training_step(self, batch: tuple[Tensor, Tensor], _: int) -> Tensor:
            inputs, labels = batch
            return nn.functional.cross_entropy(self.model(inputs), labels)

        def configure_optimizers(self) -> torch.optim.Optimizer:
            return torch.optim.Adam(self.parameters(), lr=RATE)

    class Watch(pytorch_lightning.Callback):  # type: ignore[misc]
        started = seconds = 0.0

        def on_train_epoch_start(self, *_: Any) -> None:
            self.started = time.perf_counter()

        def on_train_epoch_end(self, *_: Any) -> None:
            self.seconds = time.perf_counter() - self.started

    watch = Watch()
    trainer = pytorch_lightning.Trainer(
        max_epochs=EPOCHS,
        accelerator="cpu",
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        callbacks=[watch],
    )
    trainer.fit(Classifier(), DataLoader(dataset, batch_size=BATCH, shuffle=True))
    return watch.seconds


def skorch(dataset: Dataset) -> float:
    """Train with skorch; seconds of the last epoch, as its history has them."""
    from skorch import NeuralNetClassifier

    classifier = NeuralNetClassifier(
        network,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=RATE,
        batch_size=BATCH,
        max_epochs=EPOCHS,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
    )
    classifier.fit(dataset, y=None)
    return float(classifier.history[-1, "dur"])


LOOPS: Mapping[str, Callable[[Dataset], float]] = {"tutorial": tutorial, "lightning": lightning, "skorch": skorch}

if __name__ == "__main__":
    loop, folder, count = sys.argv[1:]
    print(LOOPS[loop](images(folder, int(count))))
