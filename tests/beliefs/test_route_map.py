"""A map learned from routes: free is where others have been."""

from __future__ import annotations

import numpy as np

from npc_world.beliefs.route_map import RAYS, RouteMap

STREET = np.stack([np.linspace(0.0, 100.0, 201), np.full(201, 5.0)], axis=1)
SIDE = np.stack([np.full(61, 60.0), np.linspace(5.0, 35.0, 61)], axis=1)


def test_rays_reach_as_far_as_others_have_been() -> None:
    map_ = RouteMap.fit([STREET, SIDE], [0, 1], speed=20.0)
    assert map_.cell == 2.0
    ahead = map_.rays(np.array([[60.0, 5.0]]), np.ones(1), np.zeros(1))[0]
    assert abs(ahead[0] - 40.0) <= 2.0  # the street ends at 100
    assert abs(ahead[RAYS // 4] - 30.0) <= 2.0  # y down: the side street lies to the right
    assert ahead[3 * RAYS // 4] == 0.0  # nobody ever went there
    turned = map_.rays(np.array([[60.0, 5.0]]), np.zeros(1), np.ones(1))[0]
    assert turned[0] == ahead[RAYS // 4] and turned[3 * RAYS // 4] == ahead[0]


def test_who_is_taught_does_not_find_its_own_way_on_the_map() -> None:
    map_ = RouteMap.fit([STREET, SIDE], [0, 1], speed=20.0)
    others = map_.without(map_.entered([SIDE]))
    assert others.rays(np.array([[60.0, 5.0]]), np.ones(1), np.zeros(1))[0, RAYS // 4] == 0.0
    assert map_.visits.max() == 2 and others.visits.max() == 1


def test_it_says_where_it_knows_nothing() -> None:
    map_ = RouteMap.fit([STREET], [0], speed=20.0)
    np.testing.assert_array_equal(map_.knows(np.array([[50.0, 5.0], [50.0, 7.0], [50.0, 30.0], [1e9, -1e9]])), [True, True, False, False])


def test_fast_bodies_leave_no_holes_and_wide_worlds_stay_small() -> None:
    fast = RouteMap.fit([STREET[::20]], [0], speed=20.0)
    assert fast.rays(np.array([[1.0, 5.0]]), np.ones(1), np.zeros(1))[0, 0] == 48.0  # as far as it looks
    wide = RouteMap.fit([1e6 * STREET], [0], speed=1e-3)
    assert max(wide.visits.shape) <= 501
    still = RouteMap.fit([np.zeros((5, 2))], [0], speed=0.0)
    assert still.knows(np.zeros((1, 2)))[0]
