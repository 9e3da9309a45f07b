"""Optimizer, schedule and augmentation of a generated script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any

from playground.core.frozen import Frozen
from playground.core.training import (
    SGD,
    Adam,
    AdamW,
    Augmentation,
    Constant,
    Cosine,
    MomentumSGD,
    Muon,
    Nesterov,
    OneCycle,
    RMSprop,
    Steps,
    Training,
)

_MUON = '''
class Muon(torch.optim.Optimizer):
    """Momentum whose step has all its directions equally long (Jordan et al. 2024), for matrices and kernels."""

    def __init__(self, weights, lr, momentum, weight_decay):
        super().__init__(list(weights), {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                direction = state.setdefault("direction", torch.zeros_like(weight))
                direction.mul_(group["momentum"]).add_(weight.grad)
                step = weight.grad.add(direction, alpha=group["momentum"]).flatten(1)
                wide = step.T if step.shape[0] > step.shape[1] else step
                wide = wide / (wide.norm() + 1e-7)
                for _ in range(5):  # Newton-Schulz: singular values become about 1
                    square = wide @ wide.T
                    wide = 3.4445 * wide + (-4.7750 * square + 2.0315 * square @ square) @ wide
                step = wide.T if step.shape[0] > step.shape[1] else wide
                weight.mul_(1 - group["lr"] * group["weight_decay"])
                weight.add_(step.reshape(weight.shape), alpha=-group["lr"] * 0.2 * max(step.shape) ** 0.5)
'''
_MUON_PARTS = """
matrices = [weight for weight in model.parameters() if weight.dim() > 1]
rest = [weight for weight in model.parameters() if weight.dim() <= 1]
return [
    Muon(matrices[:-1], lr={o.learning_rate}, momentum={o.momentum}, weight_decay={o.weight_decay}),
    torch.optim.AdamW(matrices[-1:] + rest, lr={o.learning_rate}, weight_decay={o.weight_decay}),
]
"""


def _sgd(o: Any) -> str:
    extra = f", momentum={o.momentum}" if hasattr(o, "momentum") else ""
    extra += ", nesterov=True" if isinstance(o, Nesterov) else ""
    return (
        f"return [torch.optim.SGD(model.parameters(), lr={o.learning_rate}, weight_decay={o.weight_decay}{extra})]"
    )


def _adam(o: Any) -> str:
    settings = f"lr={o.learning_rate}, betas=({o.beta1}, {o.beta2}), weight_decay={o.weight_decay}"
    return f"return [torch.optim.{type(o).__name__}(model.parameters(), {settings})]"


def _rmsprop(o: Any) -> str:
    settings = f"lr={o.learning_rate}, alpha={o.smoothing}, momentum={o.momentum}, weight_decay={o.weight_decay}"
    return f"return [torch.optim.RMSprop(model.parameters(), {settings})]"


_OPTIMIZERS: Mapping[type[Frozen], Callable[[Any], str]] = {
    SGD: _sgd,
    MomentumSGD: _sgd,
    Nesterov: _sgd,
    Adam: _adam,
    AdamW: _adam,
    RMSprop: _rmsprop,
    Muon: lambda o: _MUON_PARTS.format(o=o).strip(),
}


def optimizers(training: Training) -> str:
    """A function that makes its optimizers: more than one where they share the weights."""
    optimizer = training.optimizer
    body = indent(_OPTIMIZERS[type(optimizer)](optimizer), " " * 4)
    return f"{_MUON if isinstance(optimizer, Muon) else ''}\n\ndef optimizers(model):\n{body}\n"


_FLANK = '''

def flank(start, end, position):
    """From start to end along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * position)) / 2
'''
_SCHEDULES: Mapping[type[Frozen], Callable[[Any], str]] = {
    Constant: lambda _: "return 1.0",
    Steps: lambda s: f"return {s.factor} ** sum(epoch >= milestone for milestone in {list(s.milestones)})",
    Cosine: lambda s: f"return flank(1.0, {s.final}, epoch / EPOCHS)",
    OneCycle: lambda s: (
        f"done = epoch / EPOCHS\n"
        f"if done < {s.rise}:\n"
        f"    return flank({s.start}, 1.0, done / {s.rise})\n"
        f"return flank(1.0, {s.final}, (done - {s.rise}) / (1 - {s.rise}))"
    ),
}


def schedule(training: Training) -> str:
    """A function of the learning rate over the epochs."""
    chosen = training.schedule
    flank = _FLANK if isinstance(chosen, Cosine | OneCycle) else ""
    words = '"""The share of the full learning rate after so many epochs, with fractions."""'
    body = indent(f"{words}\n{_SCHEDULES[type(chosen)](chosen)}", " " * 4)
    return f"{flank}\n\ndef share_of_rate(epoch):\n{body}\n"


_MIRROR = """
flipped = torch.rand(len(images), 1, 1, device=images.device) < 0.5
images = torch.where(flipped, images.flip(2), images)
"""
_SHIFT = """
most = {most}
padded = F.pad(images, (most,) * 4)
offsets = torch.randint(0, 2 * most + 1, (2, len(images), 1, 1), device=images.device)
place = torch.arange(28, device=images.device)
rows, columns = place[None, :, None] + offsets[0], place[None, None, :] + offsets[1]
images = padded[torch.arange(len(images), device=images.device)[:, None, None], rows, columns]
"""
_ERASE = """
chance, size, form, top, left = torch.rand(5, len(images), 1, 1, device=images.device)
area, aspect = 28**2 * (0.02 + size * (1 / 3 - 0.02)), 0.3 * (3.3 / 0.3) ** form
height, width = (area * aspect).sqrt().clamp(max=28), (area / aspect).sqrt().clamp(max=28)
row = torch.arange(28, device=images.device)[None, :, None] - top * (28 - height)
column = torch.arange(28, device=images.device)[None, None, :] - left * (28 - width)
inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
noise = torch.randint_like(images, 0, 256)
images = torch.where(inside & (chance < {probability}), noise, images)
"""


def augmentation(choice: Augmentation) -> str:
    """A function that changes a batch of images at random; nothing where nothing is to change."""
    steps = [_MIRROR] if choice.mirror else []
    steps += [_SHIFT.format(most=choice.shift)] if choice.shift else []
    steps += [_ERASE.format(probability=choice.erase)] if choice.erase else []
    if not steps:
        return ""
    words = '"""Random changes to uint8 [n, 28, 28], each image its own."""'
    body = indent("\n".join([words, *(step.strip() for step in steps), "return images"]), " " * 4)
    return f"\n\ndef augment(images):\n{body}\n"
