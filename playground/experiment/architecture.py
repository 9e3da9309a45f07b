"""What a network is made of: layers from the 28x28 image to the ten class scores."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from playground.experiment.base import Frozen, Setting
from playground.experiment.layers import LAYERS, DenseLayer, Layer

Readout = Literal["flatten", "average", "maximum"]


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
    def stages(self) -> dict[str, Layer]:
        """The layers by their names in the network: `conv1`, `residual2`."""
        return {f"{layer.kind}{number}": layer for number, layer in enumerate(self.layers, 1)}

    @property
    def uses_batch_norm(self) -> bool:
        """Whether any layer takes its statistics from the batch."""
        return self.input_batch_norm or any(
            [*(layer.uses_batch_norm for layer in self.layers), *(dense.batch_norm for dense in self.hidden)]
        )
