"""Square blocks of land."""

import numpy as np

from nppdrivers.blocks import block_numbers


def test_a_block_holds_its_lower_edges():
    """Places share a number within a square that includes its lower edges and excludes its upper ones."""
    places = [[0, 0], [9.9, 9.9], [10, 0], [0, 10], [19.9, 9.9], [-0.1, 0]]
    numbers = block_numbers(places, 10)
    assert numbers[0] == numbers[1] and numbers[2] == numbers[4]
    assert len(np.unique(numbers)) == 4


def test_numbers_follow_the_order_of_blocks():
    """Numbers sort by the first coordinate of the block, then by the second, also below the origin."""
    places = np.array([[x, y] for x in (-15, -5, 5) for y in (-15, -5, 5)])
    assert np.all(np.diff(block_numbers(places, 10)) > 0)


def test_the_origin_moves_the_blocks():
    """Two places on both sides of an edge share a block once the origin moves."""
    places = np.array([[9.0, 0.0], [11.0, 0.0]])
    assert np.ptp(block_numbers(places, 10)) > 0
    assert np.ptp(block_numbers(places, 10, origin=(5, 0))) == 0
