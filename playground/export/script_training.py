"""Optimizer, schedule and augmentation of a generated script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import indent
from typing import Any

from playground.experiment.base import Frozen
from playground.experiment.training import (
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


_WIDENED = '''

def widened(shades):
    """Every pixel the lightest of the nine around it; of the negative, the darkest."""
    return F.max_pool2d(shades[:, None], 3, 1, 1)[:, 0]
'''
_WARPED = '''

def warped(images, matrices):
    """Images under linear maps about their middles, row by row [n, 4]; black comes in."""
    maps = F.pad(matrices.view(-1, 2, 2), (0, 1)).to(images.device)
    grid = F.affine_grid(maps, (len(images), 1, 28, 28), align_corners=False)
    return F.grid_sample(images.float()[:, None], grid, align_corners=False)[:, 0].round().to(torch.uint8)
'''
_DRAWN = """
replaced = (torch.rand(len(images), 1, 1) < {setting}).to(images.device)
which = torch.randint(EACH, (len(images),)).to(images.device)
images = torch.where(replaced, garments()[labels, which], images)
"""
_SKETCH = """
drawn, closed, outlined, cloth, line = torch.rand(5, len(images), 1, 1, device=images.device)
shades, whole = images.float(), (images > 24).float()
silhouette = torch.where(closed < 0.5, -widened(-widened(whole)), whole)
border = silhouette + widened(-silhouette)
seams = (widened(shades) + widened(-shades) > 70) * (1 - border)
lines = torch.maximum(seams, border * (outlined < 0.5))
sketched = 255 * silhouette * torch.lerp(0.35 + 0.65 * cloth, line, lines)
images = torch.where(drawn < {setting}, sketched.to(torch.uint8), images)
"""
_INVERT = """
swapped = torch.rand(len(images), 1, 1, device=images.device) < {setting}
inside = (255 - images.float()).clamp(min=24) * (images > 24)
full = inside * (255 / inside.amax((1, 2), keepdim=True).clamp(min=1))
images = torch.where(swapped, full.round().to(torch.uint8), images)
"""
_TONE = """
power = (1 + {setting}) ** (2 * torch.rand(len(images), 1, 1, device=images.device) - 1)
images = (255 * (images.float() / 255) ** power).round().to(torch.uint8)
"""
_THICKEN = """
drawn, shades = 2 * torch.rand(len(images), 1, 1, device=images.device) - 1, images.float()
other = torch.where(drawn > 0, widened(shades), -widened(-shades))
images = torch.lerp(shades, other, {setting} * drawn.abs()).round().to(torch.uint8)
"""
_ROTATE = """
angle = torch.deg2rad({setting} * (2 * torch.rand(len(images)) - 1))
images = warped(images, torch.stack([angle.cos(), -angle.sin(), angle.sin(), angle.cos()], 1))
"""
_ZOOM = """
height, width = (1 + {setting}) ** (2 * torch.rand(2, len(images)) - 1)
images = warped(images, torch.stack([1 / height, 0 * height, 0 * width, 1 / width], 1))
"""
_MIRROR = """
flipped = torch.rand(len(images), 1, 1, device=images.device) < 0.5
images = torch.where(flipped, images.flip(2), images)
"""
_SHIFT = """
most = {setting}
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
images = torch.where(inside & (chance < {setting}), noise, images)
"""


_CHANGES = {
    "drawn": _DRAWN,
    "sketch": _SKETCH,
    "invert": _INVERT,
    "tone": _TONE,
    "thicken": _THICKEN,
    "rotate": _ROTATE,
    "zoom": _ZOOM,
    "mirror": _MIRROR,
    "shift": _SHIFT,
    "erase": _ERASE,
}
_NEEDED = {"widened(": _WIDENED, "warped(": _WARPED}


def augmentation(choice: Augmentation) -> str:
    """A function that changes a batch of images at random; nothing where nothing is to change."""
    settings = {name: getattr(choice, name) for name in _CHANGES}
    steps = [_CHANGES[name].format(setting=setting).strip() for name, setting in settings.items() if setting]
    if not steps:
        return ""
    words = '"""Random changes to uint8 [n, 28, 28], each image its own."""'
    body = indent("\n".join([words, *steps, "return images"]), " " * 4)
    helpers = "".join(text for call, text in _NEEDED.items() if call in body)
    given = "images, labels" if choice.drawn else "images"
    return f"{helpers}\n\ndef augment({given}):\n{body}\n"
