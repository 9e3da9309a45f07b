"""What is said of the machine."""

import torch

from playground.system.machine import has_units, matrix_product_gflops, processor


def test_the_processor_has_a_name_and_its_bfloat16_units():
    name, _, units = processor().partition(" (")
    assert name
    assert ("no bfloat16 units" in units) != has_units(torch.bfloat16)
    assert has_units(torch.float32)


def test_a_matrix_product_has_a_rate_in_every_precision():
    for precision in (torch.float32, torch.bfloat16):
        assert 0 < matrix_product_gflops(precision, side=64, tries=2) < 1e6
