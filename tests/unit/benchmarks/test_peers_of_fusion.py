"""Own codings of other fusion methods: where what they assume is true they are exact, corners aside."""

import importlib.util
import sys

import house
import numpy as np
import pytest

SPEC = importlib.util.spec_from_file_location(
    "peers_of_fusion", house.REPOSITORY / "benchmarks" / "peers_of_fusion.py"
)
peers = sys.modules[SPEC.name] = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(peers)

SIZE = 4
SHAPE = 24, 32


def seen(fine):
    """Coarse image of a fine one."""
    return peers.from_blocks(peers.block_means(fine, SIZE), SHAPE, SIZE)


def error(found, wanted):
    """Error of all but a hundredth of the cells: a corner has few similar pixels around it."""
    return np.nanquantile(np.abs(found - wanted), 0.99)


@pytest.fixture(scope="module")
def land():
    """Two classes in mixtures that differ between coarse pixels, all cells of a class alike."""
    rng = np.random.default_rng(0)
    share = peers.from_blocks(rng.random((SHAPE[0] // SIZE, SHAPE[1] // SIZE)), SHAPE, SIZE)
    return rng.random(SHAPE) < share


@pytest.mark.parametrize("peer", [peers.base_and_change, peers.fit_fc, peers.fsdaf])
def test_a_change_that_is_the_same_everywhere_is_added(peer, land):
    """Each method adds a uniform change; a cell missing in the base image stays missing."""
    fine = np.where(land, 0.6, 0.2)
    fine[3, 5] = np.nan
    found = peer(fine, seen(fine), seen(fine) + 0.1, SIZE)
    assert np.isnan(found[3, 5])
    assert error(found, fine + 0.1) < 0.01


def test_fsdaf_separates_the_changes_of_two_classes(land):
    """One class grows, the other does not: unmixing finds both from the coarse images."""
    fine, grown = np.where(land, 0.6, 0.2), np.where(land, 0.8, 0.2)
    assert error(peers.fsdaf(fine, seen(fine), seen(grown), SIZE), grown) < 0.02


def test_fit_fc_follows_a_change_of_contrast(land):
    """A date on which all values are a linear function of those before is that function."""
    fine = np.where(land, 0.6, 0.2)
    grown = 0.5 * fine + 0.3
    assert error(peers.fit_fc(fine, seen(fine), seen(grown), SIZE), grown) < 0.005
