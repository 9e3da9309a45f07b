"""The kinds of layers: their settings, the modules they are made of, and what they are called on the screen.

The form, the command line, the network, its plan and the generated script read them in `LAYERS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from playground.errors import ArchitectureError
from playground.experiment.base import Frozen, Setting
from playground.experiment.registry import Registry, Variant
from playground.text.sentences import shown

if TYPE_CHECKING:
    from torch import nn

Activation = Literal["none", "relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"]
Pool = Literal["none", "max", "average"]
Kernel = Annotated[
    int,
    Field(ge=1, le=28),
    Setting(
        "Kernel",
        "Side of the window in pixels: each output value sees only this local receptive field, and the same "
        "weights are shared by all positions.",
    ),
]
BatchNorm = Annotated[
    bool,
    Setting(
        "Batch norm",
        "Brings each channel of a batch to mean 0 and spread 1, then scales and shifts it by two trained numbers. "
        "Makes training faster and less sensitive to the rate.",
    ),
]
Behind = Annotated[
    Activation,
    Setting(
        "Activation",
        "The bend behind each layer. Without one, all layers together would be a single linear map. "
        "ReLU cuts off negative values.",
    ),
]
Dropout = Annotated[
    float,
    Field(ge=0, lt=1, allow_inf_nan=False),
    Setting("Dropout", "Share of values set to zero at random while training, against learning by heart.", 0.05),
]
MOST_PADDING = 14


def _padding(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """One sentence for a union of a number and a word, where pydantic would give one for each."""
    try:
        return handler(value)
    except ValidationError:
        raise ValueError(f'{shown(value)} is no padding. Use 0 to {MOST_PADDING} pixels, or "same"') from None


Padding = Annotated[
    Annotated[int, Field(ge=0, le=MOST_PADDING)] | Literal["same"],
    WrapValidator(_padding),
    Setting("Padding", 'Rows of zeros around the map. "same" keeps its size; 0 shrinks it by kernel - 1.'),
]


@dataclass(frozen=True)
class Maps:
    """The feature maps that enter or leave a layer: `channels` of `side` x `side` pixels."""

    channels: int
    side: int

    def __str__(self) -> str:
        return f"{self.channels} x {self.side} x {self.side}"


def output_side(side: int, kernel: int, stride: int = 1, padding: int | str = 0) -> int:
    """The size rule O = (I + 2p - k) / s + 1, rounded down; below 1 the window does not fit.

    "same" keeps the size. Pooling is the same rule with p = 0 and s = k.
    """
    return side if isinstance(padding, str) else (side + 2 * padding - kernel) // stride + 1


def same_rule(side: int, kernel: int) -> str:
    """The size rule with "same" padding, worked out: an even kernel has a row less before the map than behind."""
    before, behind = (kernel - 1) // 2, kernel // 2
    added = f"2·{before}" if before == behind else f"({before} + {behind})"
    return f"{side} + {added} − {kernel} + 1 = {side}"


class Layer(Variant):
    """What all kinds of layers have."""

    button: ClassVar[str]
    """What the button says that adds one."""
    help: ClassVar[str]
    """What that button explains."""
    in_sight: ClassVar[tuple[str, ...]] = ()
    """The settings that are not folded away."""

    kind: str

    def build(self, maps: Maps) -> tuple[nn.Module, Maps]:
        """Its modules for the maps that enter it, and the maps that leave it; a sequence of them, or one.

        Raises:
            ArchitectureError: It does not fit.
        """
        raise NotImplementedError

    def row(self, maps: Maps) -> tuple[str, str, tuple[int, int]]:
        """Of a layer that is one module, the row of the layer table for the maps that enter it.

        Its words, its size rule worked out, and kernel and stride of what one value sees.
        """
        raise NotImplementedError

    @property
    def uses_batch_norm(self) -> bool:
        """Whether it takes statistics from the batch."""
        return bool(getattr(self, "batch_norm", False))


class ConvLayer(Layer):
    """A convolution with what follows it: [batch norm] -> activation -> [pooling] -> [dropout].

    With `pool_first` the pooling comes right after the convolution, so that batch norm and activation work on
    the smaller map. `padding` is a number of pixels on each side, or "same" (the map keeps its size).
    """

    title: ClassVar = "convolution"
    button: ClassVar = "Convolution"
    help: ClassVar = "Small windows slide over the maps: local receptive fields with shared weights."
    in_sight: ClassVar = ("channels", "kernel", "pool")
    leading: ClassVar = ("channels", "kernel", "pool", "pool_size", "pool_first")

    kind: Literal["conv"] = "conv"
    channels: Annotated[
        int,
        Field(ge=1, le=4096),
        Setting("Channels", "How many kernels there are; each one makes a feature map of its own.", 8),
    ] = 16
    kernel: Kernel = 3
    stride: Annotated[
        int,
        Field(ge=1, le=8),
        Setting("Stride", "Pixels from one position of the kernel to the next; 2 halves the map."),
    ] = 1
    padding: Padding = "same"
    bias: Annotated[
        bool, Setting("Bias", "One trained number added to each map. Batch norm makes it superfluous.")
    ] = True
    batch_norm: BatchNorm = False
    activation: Behind = "relu"
    pool: Annotated[
        Pool,
        Setting(
            "Pooling",
            "Replaces each little square of a feature map by its maximum or its mean: smaller maps, "
            "less work, and small shifts stop mattering.",
        ),
    ] = "none"
    pool_size: Annotated[
        int, Field(ge=2, le=14), Setting("Pool size", "Side of that square; the map shrinks by this factor.")
    ] = 2
    pool_first: Annotated[
        bool,
        Setting(
            "Pool first",
            "Pool right behind the convolution, so that batch norm and activation have less to do.",
        ),
    ] = False
    dropout: Dropout = 0.0

    def build(self, maps: Maps) -> tuple[nn.Module, Maps]:
        """A sequence of modules."""
        from torch import nn

        from playground.experiment import modules

        side = self._convolved(maps)
        if self.pool != "none":
            side = self._pooled(side)
        conv = nn.Conv2d(maps.channels, self.channels, self.kernel, self.stride, self.padding, bias=self.bias)
        pool: modules.Parts = [("pool", modules.pooling(self.pool, self.pool_size))]
        rest: modules.Parts = [
            ("norm", nn.BatchNorm2d(self.channels) if self.batch_norm else None),
            ("activation", modules.activation(self.activation)),
        ]
        behind = [*pool, *rest] if self.pool_first else [*rest, *pool]
        parts = [("conv", conv), *behind, ("dropout", modules.dropout(self.dropout))]
        return modules.sequence(parts), Maps(self.channels, side)

    def _convolved(self, maps: Maps) -> int:
        if self.padding == "same" and self.stride != 1:
            raise ArchitectureError(
                f'"same" padding needs stride 1, and the stride is {self.stride}. '
                f"Use padding {self.kernel // 2}, which gives {maps.side} -> "
                f"{output_side(maps.side, self.kernel, self.stride, self.kernel // 2)}, or stride 1."
            )
        side = output_side(maps.side, self.kernel, self.stride, self.padding)
        if side < 1:
            raise ArchitectureError(
                f"a {self.kernel}x{self.kernel} kernel does not fit into a {maps.side}x{maps.side} map "
                f'with padding {self.padding}. Use padding "same", a kernel of at most '
                f"{maps.side + 2 * int(self.padding)}, or less pooling before it."
            )
        return side

    def _pooled(self, side: int) -> int:
        if side < self.pool_size:
            raise ArchitectureError(
                f"pooling {self.pool_size}x{self.pool_size} shrinks a {side}x{side} map to nothing. "
                "Switch the pooling off here or in an earlier layer, or raise the padding."
            )
        return output_side(side, self.pool_size, self.pool_size)


class ResidualBlock(Layer):
    """x + f(x), where f is one or more convolutions that keep size and channels, each with its activation.

    He et al. 2015, "Deep Residual Learning for Image Recognition"; the activation is inside the branch, as in
    the short networks of Page's "How to train your ResNet" (2018).
    """

    title: ClassVar = "residual block"
    button: ClassVar = "Residual"
    help: ClassVar = "A block that adds what its convolutions find to its input (He et al. 2015)."
    in_sight: ClassVar = ("convolutions", "kernel")

    kind: Literal["residual"] = "residual"
    convolutions: Annotated[
        int,
        Field(ge=1, le=4),
        Setting(
            "Convolutions",
            "How many are skipped by the shortcut: the block adds what they find to its input.",
        ),
    ] = 2
    kernel: Kernel = 3
    batch_norm: BatchNorm = True
    activation: Behind = "relu"
    dropout: Dropout = 0.0

    @model_validator(mode="after")
    def _odd_kernel(self) -> Self:
        if self.kernel % 2 == 0:
            raise ValueError(
                f"a residual block needs an odd kernel, so that x and f(x) have the same size; "
                f"{self.kernel} is even. Use {self.kernel - 1 or 1} or {self.kernel + 1}"
            )
        return self

    def build(self, maps: Maps) -> tuple[nn.Module, Maps]:
        """A residual module; the maps that leave it are as those that enter it."""
        from torch import nn

        from playground.experiment import modules

        parts: list[tuple[str, nn.Module | None]] = []
        for number in range(1, self.convolutions + 1):
            conv = nn.Conv2d(maps.channels, maps.channels, self.kernel, padding="same", bias=not self.batch_norm)
            parts += [
                (f"conv{number}", conv),
                (f"norm{number}", nn.BatchNorm2d(maps.channels) if self.batch_norm else None),
                (f"activation{number}", modules.activation(self.activation)),
            ]
        branch = modules.sequence([*parts, ("dropout", modules.dropout(self.dropout))])
        return modules.Residual(branch), maps

    def row(self, maps: Maps) -> tuple[str, str, tuple[int, int]]:
        """It sees as far as its convolutions together."""
        plural = "s" * (self.convolutions > 1)
        words = f"residual block, {self.convolutions} convolution{plural} {self.kernel}x{self.kernel}"
        return words, same_rule(maps.side, self.kernel), (self.convolutions * (self.kernel - 1) + 1, 1)


LAYERS: Registry[Layer] = Registry("kind", ConvLayer, ResidualBlock)
"""All kinds of layers, in the order of the form."""


class DenseLayer(Frozen):
    """A fully connected layer: linear -> [batch norm] -> activation -> [dropout]."""

    leading: ClassVar = ("units", "activation")

    units: Annotated[
        int, Field(ge=1, le=65_536), Setting("Units", "Each sees all values of the layer before.", 8)
    ] = 64
    batch_norm: BatchNorm = False
    activation: Behind = "relu"
    dropout: Dropout = 0.0

    def build(self, inputs: int) -> nn.Module:
        """A sequence of modules for so many inputs."""
        from torch import nn

        from playground.experiment import modules

        return modules.sequence(
            [
                ("linear", nn.Linear(inputs, self.units)),
                ("norm", nn.BatchNorm1d(self.units) if self.batch_norm else None),
                ("activation", modules.activation(self.activation)),
                ("dropout", modules.dropout(self.dropout)),
            ]
        )
