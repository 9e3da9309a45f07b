"""Real scores for real images, without training."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True, eq=False)
class Scored:
    """float32 [1000, 10]: what the example's network says of the sample's test images; and their labels."""

    logits: Tensor
    labels: Tensor
