"""The source of functions, with all that it needs and nothing else."""

import ast
from typing import Any

import pytest

from playground.data.synthetic.sheet import box
from playground.experiment.augmentation import rotated
from playground.experiment.muon import Muon
from playground.experiment.schedules import cosine, one_cycle
from playground.export.source import Source


def names(source: Source) -> list[str]:
    return [node.name for node in ast.parse(source.text).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]


def test_what_two_functions_need_comes_once_and_before_them() -> None:
    source = Source()
    assert [source.take(each) for each in (cosine, one_cycle, cosine)] == ["cosine", "one_cycle", "cosine"]
    assert names(source) == ["flank", "cosine", "one_cycle"]
    assert source.imports() == "import math"
    namespace: dict[str, Any] = {}
    exec(source.imports() + source.text, namespace)
    assert namespace["one_cycle"](2.5, 5, rise=0.3, start=0.1, final=0.2) == one_cycle(2.5, 5, 0.3, 0.1, 0.2)


def test_an_import_in_a_function_becomes_one_of_the_script() -> None:
    source = Source()
    source.take(rotated)
    assert names(source) == ["warped", "rotated"]
    assert source.imports() == "import torch\nfrom torch import Tensor"
    assert "import" not in source.text


def test_constants_come_along_and_remarks_for_a_type_checker_do_not() -> None:
    source = Source()
    source.take(Muon)
    assert names(source) == ["orthogonalised", "Muon"]
    assert "\n_ROUNDS = 5\n" in source.text
    assert "type: ignore" not in source.text


def test_two_things_of_one_name_are_refused() -> None:
    def other() -> None:
        pass

    source = Source()
    source.take(box)
    other.__name__ = "box"
    with pytest.raises(ValueError, match=r"box is in .*sheet and in "):
        source.take(other)
