"""What a network is made of: layers from the 28x28 image to the ten class scores."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, WrapValidator, model_validator

from playground.experiment.base import Dropout, Frozen
from playground.text.sentences import shown

Activation = Literal["none", "relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid"]
Pool = Literal["none", "max", "average"]
Readout = Literal["flatten", "average", "maximum"]
Kernel = Annotated[int, Field(ge=1, le=28)]
Units = Annotated[int, Field(ge=1, le=65_536)]
MOST_PADDING = 14


def _padding(value: Any, handler: ValidatorFunctionWrapHandler) -> Any:
    """One sentence for a union of a number and a word, where pydantic would give one for each."""
    try:
        return handler(value)
    except ValidationError:
        raise ValueError(f'{shown(value)} is no padding. Use 0 to {MOST_PADDING} pixels, or "same"') from None


Padding = Annotated[Annotated[int, Field(ge=0, le=MOST_PADDING)] | Literal["same"], WrapValidator(_padding)]


class ConvLayer(Frozen):
    """A convolution with what follows it: [batch norm] -> activation -> [pooling] -> [dropout].

    With `pool_first` the pooling comes right after the convolution, so that batch norm and activation work on
    the smaller map. `padding` is a number of pixels on each side, or "same" (the map keeps its size).
    """

    kind: Literal["conv"] = "conv"
    channels: Annotated[int, Field(ge=1, le=4096)] = 16
    kernel: Kernel = 3
    stride: Annotated[int, Field(ge=1, le=8)] = 1
    padding: Padding = "same"
    bias: bool = True
    batch_norm: bool = False
    activation: Activation = "relu"
    pool: Pool = "none"
    pool_size: Annotated[int, Field(ge=2, le=14)] = 2
    pool_first: bool = False
    dropout: Dropout = 0.0


class ResidualBlock(Frozen):
    """x + f(x), where f is one or more convolutions that keep size and channels, each with its activation.

    He et al. 2015, "Deep Residual Learning for Image Recognition"; the activation is inside the branch, as in
    the short networks of Page's "How to train your ResNet" (2018).
    """

    kind: Literal["residual"] = "residual"
    convolutions: Annotated[int, Field(ge=1, le=4)] = 2
    kernel: Kernel = 3
    batch_norm: bool = True
    activation: Activation = "relu"
    dropout: Dropout = 0.0

    @model_validator(mode="after")
    def _odd_kernel(self) -> Self:
        if self.kernel % 2 == 0:
            raise ValueError(
                f"a residual block needs an odd kernel, so that x and f(x) have the same size; "
                f"{self.kernel} is even. Use {self.kernel - 1 or 1} or {self.kernel + 1}"
            )
        return self


Layer = Annotated[ConvLayer | ResidualBlock, Field(discriminator="kind")]


class DenseLayer(Frozen):
    """A fully connected layer: linear -> [batch norm] -> activation -> [dropout]."""

    units: Units = 64
    batch_norm: bool = False
    activation: Activation = "relu"
    dropout: Dropout = 0.0


class Architecture(Frozen):
    """Layers from the 28x28 image to the ten class scores (the output layer is always there)."""

    input_batch_norm: bool = False
    layers: Annotated[tuple[Layer, ...], Field(max_length=24)] = ()
    readout: Readout = "flatten"
    hidden: Annotated[tuple[DenseLayer, ...], Field(max_length=8)] = ()
    output_bias: bool = True

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
        return self.input_batch_norm or any(part.batch_norm for part in (*self.layers, *self.hidden))
