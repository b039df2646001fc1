"""Which plans are dominated, and hypervolumes worked out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.model.fronts import dominated, hypervolume, share_dominated

STAIRS = np.array([[1.0, 3.0], [2.0, 2.0], [3.0, 1.0]])


def test_a_plan_is_dominated_by_one_no_worse_anywhere_and_better_somewhere():
    costs = np.array([[1.0, 3.0], [2.0, 2.0], [2.0, 3.0], [1.0, 3.0], [3.0, 3.0]])
    assert dominated(costs).tolist() == [False, False, True, False, True]


def test_the_area_of_stairs_by_hand():
    # Below (4, 4): columns of width 1 that are 1, 2 and 3 high.
    assert hypervolume(STAIRS, np.array([4.0, 4.0])) == 1.0 + 2.0 + 3.0
    # A dominated plan and one beyond the reference add nothing.
    more = np.vstack([STAIRS, [[3.0, 3.0], [0.0, 4.0], [5.0, 0.0]]])
    assert hypervolume(more, np.array([4.0, 4.0])) == 6.0
    assert hypervolume(np.array([[5.0, 5.0]]), np.array([4.0, 4.0])) == 0.0


def test_the_volume_of_two_boxes_by_hand():
    # 2 x 2 x 2 and 3 x 1 x 1 below (3, 3, 3) share 2 x 1 x 1: 8 + 3 - 2.
    boxes = np.array([[1.0, 1.0, 1.0], [0.0, 2.0, 2.0]])
    assert hypervolume(boxes, np.array([3.0, 3.0, 3.0])) == 9.0


def test_a_share_is_of_the_box_between_best_and_reference():
    best, reference = np.array([1.0, 1.0]), np.array([4.0, 4.0])
    assert share_dominated(STAIRS, best, reference) == pytest.approx(6.0 / 9.0)
    assert share_dominated(np.array([[1.0, 1.0]]), best, reference) == 1.0
    # What is better than the best known counts no more than that.
    assert share_dominated(np.array([[0.0, 0.0]]), best, reference) == 1.0


@given(st.lists(st.tuples(*[st.integers(0, 5)] * 3), min_size=1, max_size=8))
def test_the_volume_is_the_number_of_unit_cubes_dominated(points):
    costs = np.array(points, dtype=float)
    cubes = np.stack(np.meshgrid(*[np.arange(5.0)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    covered = (costs[None] <= cubes[:, None]).all(axis=-1).any(axis=1)
    assert hypervolume(costs, np.full(3, 5.0)) == covered.sum()
    left = costs[~dominated(costs)]
    assert hypervolume(left, np.full(3, 5.0)) == covered.sum()
