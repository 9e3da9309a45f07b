import numpy as np
import pytest

from playground.metrics.uncertainty import standard_error


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_it_is_the_spread_of_shares_measured_again_and_again(share: float) -> None:
    measured = np.random.default_rng(0).binomial(400, share, size=20_000) / 400
    assert standard_error(share, 400) == pytest.approx(measured.std(), rel=0.02)


def test_a_share_of_none_or_all_has_none() -> None:
    assert standard_error(0.0, 10) == standard_error(1.0, 10) == 0.0
