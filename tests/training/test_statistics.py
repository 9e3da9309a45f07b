"""Sums over batches, held against PyTorch over all images at once."""

import pytest
import torch
from torch.nn import functional

from playground.training.statistics import Sums, Tally


def test_the_means_are_those_over_all_images_however_they_are_cut() -> None:
    generator = torch.Generator().manual_seed(0)
    logits, labels = torch.randn(50, 10, generator=generator), torch.arange(50) % 10
    tally, sums, seen = Tally(), Sums(), []
    for cut in ((0, 7), (7, 30), (30, 50)):
        of, to = logits[slice(*cut)], labels[slice(*cut)]
        tally.add(functional.cross_entropy(of, to), (of.argmax(1) == to).sum(), len(to))
        if len(tally) == 2 or cut[1] == 50:
            losses, more = tally.take()
            sums, seen = sums + more, [*seen, *losses]
            assert not tally
    loss, accuracy = sums.means()
    assert loss == pytest.approx(functional.cross_entropy(logits, labels).item())
    assert accuracy == (logits.argmax(1) == labels).double().mean().item()
    assert seen[0] == pytest.approx(functional.cross_entropy(logits[:7], labels[:7]).item())
    assert (len(seen), sums.images) == (3, 50)
