"""Travel times learned from few crossings; directions written from journeys."""

from __future__ import annotations

import numpy as np
import pytest

import npc_world as nw
from npc_world.learning.road_times import RoadTimes, RoadTimesConfig

DAY_S = 240.0


def times(roads: int = 6) -> RoadTimes:
    return RoadTimes(np.full(roads, 10.0), np.array([0] * (roads - 1) + [1]), DAY_S, RoadTimesConfig(traffic_sd=0.0))


def test_a_road_is_learned_and_its_class_with_it() -> None:
    learned = times()
    for k in range(40):
        learned.observe(k % 4, 7.0 * k, 20.0)
    belief = learned.belief(280.0)
    assert np.exp(belief.log_s[:4].mean()) == pytest.approx(20.0, rel=0.05)
    assert 14.0 < np.exp(belief.log_s[4].mean()) < 20.0, "an unseen road of the class is believed slow, too"
    assert np.exp(belief.log_s[5].mean()) == pytest.approx(10.0, rel=0.01), "another class says nothing"
    assert belief.own_var[4].mean() > 3.0 * belief.own_var[0].mean()


def test_rush_hour_is_told_from_noon() -> None:
    learned = times()
    for day in range(6):
        for road in range(4):
            learned.observe(road, DAY_S * (day + 0.3), 25.0)
            learned.observe(road, DAY_S * (day + 0.8), 10.0)
    at = np.exp(learned.belief(6 * DAY_S).log_s[0])
    assert at[2] > 1.8 * at[6]


def test_half_a_road_teaches_less_than_a_whole_one_and_the_same_time() -> None:
    whole, half = times(), times()
    for k in range(5):
        whole.observe(0, 10.0 * k, 14.0)
        half.observe(0, 10.0 * k, 7.0, share=0.5)
    a, b = whole.belief(50.0), half.belief(50.0)
    assert a.log_s[0].mean() > b.log_s[0].mean() > np.log(10.0)
    assert a.own_var[0].min() < b.own_var[0].min()


def test_a_jam_of_today_is_believed_at_once_and_not_tomorrow() -> None:
    learned = times()
    for k in range(20):
        learned.observe(0, 10.0 * k, 10.0)
    before = float(np.exp(learned.belief(200.0).log_s[0, 6]))
    learned.observe(0, 201.0, 60.0)
    assert np.exp(learned.belief(201.0).log_s[0, 6]) > 40.0
    assert float(np.exp(learned.belief(200.0 + DAY_S).log_s[0, 6])) < 1.4 * before


def test_nonsense_is_ignored() -> None:
    learned = times()
    for seconds in (float("nan"), -1.0, 0.0, float("inf")):
        learned.observe(0, 1.0, seconds)
    assert learned.seen.sum() == 0.0
    with pytest.raises(nw.BadInputError, match="day_s=0"):
        RoadTimes(np.ones(1), np.zeros(1, dtype=int), 0.0)


def test_the_writer_gives_the_usual_directions() -> None:
    writer = nw.TravelWriter()
    for _ in range(3):
        writer.learn("baker", ["mill street", "bridge", "market"])
        writer.learn("doctor", ["mill street", "harbour road"])
    exits = {"bridge": 0.0, "harbour road": 1.5}
    assert writer.next_road("baker", ["mill street"], exits) == "bridge"
    assert writer.next_road("doctor", ["mill street"], exits) == "harbour road"


def test_where_no_word_fits_the_writer_goes_straight_on() -> None:
    writer = nw.TravelWriter()
    writer.learn("baker", ["mill street", "bridge"])
    assert writer.next_road("baker", ["mill street"], {"lane": 1.2, "quay": -0.3}) == "quay"
    assert writer.next_road("baker", ["mill street"], {}) is None
