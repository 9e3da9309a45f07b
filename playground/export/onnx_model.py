"""A trained network as an ONNX model: images in, probabilities out, with everything in between in it."""

from __future__ import annotations

import io
import logging
import warnings
from contextlib import redirect_stdout
from typing import Any

import torch
from torch import Tensor, nn

from playground.data.classes import SIDE
from playground.data.images import scale
from playground.experiment.experiment import DataChoice
from playground.network.inference import averaged


class AnswerModule(nn.Module):
    """uint8 [n, 28, 28] -> probabilities float32 [n, 10]: scaling, network, averaging and softmax."""

    def __init__(self, network: nn.Module, data: DataChoice) -> None:
        super().__init__()
        self.network, self.data = network.eval(), data

    def forward(self, pixels: Tensor) -> Tensor:
        """What the app says of these images."""

        def asked(images: Tensor) -> Tensor:
            return self.network(scale(images, self.data.scaling))  # type: ignore[no-any-return]

        return averaged(asked, pixels, self.data).softmax(1)


def to_onnx(model: AnswerModule) -> bytes:
    """The model in ONNX's format; its batch, "images", may have any length."""
    example = torch.zeros(2, SIDE, SIDE, dtype=torch.uint8)
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    # With gradients on, a network goes through PyTorch's own modules, which can be traced, not the compiled loops.
    with torch.enable_grad(), warnings.catch_warnings(), redirect_stdout(io.StringIO()):  # it tells its progress
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            model,
            (example,),
            dynamo=True,
            input_names=["pixels"],
            output_names=["probabilities"],
            dynamic_shapes={"pixels": {0: torch.export.Dim("images")}},
            verbose=False,
        )
    assert program is not None
    model_proto = program.model_proto
    _forget_where(model_proto.graph)
    content: bytes = model_proto.SerializeToString()
    return content


def _forget_where(graph: Any) -> None:
    """Take out the lines of code that made each node: they name the folders of this machine."""
    for part in (graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        del part.metadata_props[:]
        part.doc_string = ""
