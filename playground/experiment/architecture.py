"""What a network is made of: layers from the 28x28 image to the ten class scores."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from playground.experiment.base import Frozen, Setting
from playground.experiment.registry import Registry, Variant
from playground.text.sentences import shown

Activation = Literal["none", "relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"]
Pool = Literal["none", "max", "average"]
Readout = Literal["flatten", "average", "maximum"]
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


class Layer(Variant):
    """What all kinds of layers have."""

    button: ClassVar[str]
    """What the button says that adds one."""
    help: ClassVar[str]
    """What that button explains."""

    kind: str

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


class ResidualBlock(Layer):
    """x + f(x), where f is one or more convolutions that keep size and channels, each with its activation.

    He et al. 2015, "Deep Residual Learning for Image Recognition"; the activation is inside the branch, as in
    the short networks of Page's "How to train your ResNet" (2018).
    """

    title: ClassVar = "residual block"
    button: ClassVar = "Residual"
    help: ClassVar = "A block that adds what its convolutions find to its input (He et al. 2015)."

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


class Architecture(Frozen):
    """Layers from the 28x28 image to the ten class scores (the output layer is always there)."""

    input_batch_norm: Annotated[
        bool, Setting("Batch norm on the input", "Normalise the pixels of each batch first.")
    ] = False
    layers: Annotated[tuple[Annotated[Layer, LAYERS], ...], Field(max_length=24)] = ()
    readout: Annotated[
        Readout,
        Setting(
            "Readout",
            "How maps become a list of numbers: flatten keeps every pixel, average and maximum keep one number a "
            "map.",
        ),
    ] = "flatten"
    hidden: Annotated[tuple[DenseLayer, ...], Field(max_length=8)] = ()
    output_bias: Annotated[bool, Setting("Bias of the output", "One trained number for each class.")] = True

    @model_validator(mode="after")
    def _something_to_read_out(self) -> Self:
        if self.readout != "flatten" and not self.layers:
            raise ValueError(
                f'readout "{self.readout}" of the bare image leaves one number for ten classes. '
                'Add a convolution, or set readout to "flatten"'
            )
        return self

    @property
    def uses_batch_norm(self) -> bool:
        """Whether any layer takes its statistics from the batch."""
        return self.input_batch_norm or any(
            [*(layer.uses_batch_norm for layer in self.layers), *(dense.batch_norm for dense in self.hidden)]
        )
