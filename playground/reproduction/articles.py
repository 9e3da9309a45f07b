"""What the articles say of their systems beyond the one accuracy that stands in the preset."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True)
class Article:
    """What an article says of one system. Accuracies are fractions of the test images.

    Attributes:
        parameters: As the article counts them; where it does not, what its layers come to.
        words: Its accuracy in words, where it gives no figure.
        after: Accuracies on the way, by epoch.
        weak: Classes that stay under 90 %.
        classes: Accuracies of single classes.
        gives_settings: Whether it says how it was trained; else optimizer, rate, epochs and batch are ours.
    """

    parameters: int
    words: str = ""
    after: Mapping[int, float] = field(default_factory=dict, hash=False)
    weak: tuple[str, ...] = ()
    classes: Mapping[str, float] = field(default_factory=dict, hash=False)
    gives_settings: bool = True


ARTICLES: Mapping[str, Article] = MappingProxyType(
    {
        "two-conv-three-fc": Article(35_238),
        "two-conv-same": Article(28_938, words="almost 90 %"),
        "input-batch-norm": Article(53_858),
        "three-conv-batch-norm": Article(
            39_786,
            after={50: 0.9078},
            weak=("T-shirt/top", "Pullover", "Shirt"),
            classes={"Shirt": 0.75},
        ),
        "mlp-baseline": Article(235_146, gives_settings=False),
        "lenet-tanh": Article(44_426, gives_settings=False),
        "lenet-relu": Article(44_426, gives_settings=False),
        "lenet-batch-norm": Article(44_426, gives_settings=False),  # it says that batch norm adds none
        "lenet-wide": Article(85_918, gives_settings=False),
        "lenet-wide-k3": Article(112_286, gives_settings=False),
        "lenet-wide-k3-k3": Article(154_270, gives_settings=False),
        "lenet-32-64": Article(306_622, gives_settings=False),
    }
)
"""By the names of their presets."""
