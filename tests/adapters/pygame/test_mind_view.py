"""The mind view shows what the records hold, where they hold it, and changes none of them."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

import numpy as np
import pygame
import pytest

from npc_world.adapters.pygame.mind_view import MindView
from npc_world.core.records import Plan


@pytest.fixture
def view() -> MindView:
    return MindView()


def drawn(view: MindView, npc: Any, **how: Any) -> np.ndarray:
    """(w, h) how much each pixel changed."""
    surface = pygame.Surface((480, 360), 0, 32)
    surface.fill((90, 110, 90))
    before = pygame.surfarray.array3d(surface).astype(int)
    view.draw(surface, npc, **how)
    return np.abs(pygame.surfarray.array3d(surface).astype(int) - before).sum(axis=2)


def nearest(colour: tuple[int, int, int], colours: Any) -> int:
    return int(np.argmin(np.abs(np.array(colours) - np.array(colour)).sum(axis=1)))


def test_ribbons_in_their_colours_where_the_futures_lead(view: MindView, thinking: Any) -> None:
    thinking.plan = None
    surface = pygame.Surface((480, 360), 0, 32)
    view.draw(surface, thinking)
    right, down = view.colour_of("goes for the ruby"), view.colour_of("turns back")
    assert nearest(surface.get_at((240, 200))[:3], [right, down, (0, 0, 0)]) == 0
    assert nearest(surface.get_at((200, 230))[:3], [right, down, (0, 0, 0)]) == 1


def test_camera_and_zoom_move_the_picture(view: MindView, thinking: Any) -> None:
    thinking.plan, thinking.vision.range_px = None, 1e-6
    plain = drawn(view, thinking)
    moved = drawn(MindView(), thinking, camera_offset=(40, 20))
    assert plain[240, 200] > 100 and moved[200, 180] > 100
    zoomed = drawn(MindView(), thinking, camera_offset=(100, 100), zoom=2.0)
    assert zoomed[280, 200] > 100  # (240, 200) in the world


def test_a_camera_that_moves_carries_the_kept_cloud_along(view: MindView, thinking: Any) -> None:
    drawn(view, thinking)
    assert np.abs(drawn(view, thinking, camera_offset=(9.0, 4.0)) - drawn(MindView(), thinking, camera_offset=(9.0, 4.0))).max() <= 60


def test_the_meeting_point_has_a_ring_and_its_time(view: MindView, thinking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    chip = view._lettering.chip
    monkeypatch.setattr(view._lettering, "chip", lambda text, *colours: said.append(text) or chip(text, *colours))
    thinking.forecast = None
    thinking.plan = Plan(np.array([[60.0, 300.0]]), 1.5, "intercept", meeting_px=np.array([300.0, 240.0]), meeting_time_s=1.25)
    changed = drawn(view, thinking)
    assert said == ["1.2 s"]
    assert all(changed[300 + dx, 240 + dy] > 100 for dx, dy in ((13, 0), (-13, 0), (0, 13), (0, -13)))


def test_the_path_is_dotted_from_where_the_body_is_drawn(view: MindView, thinking: Any) -> None:
    thinking.forecast, thinking.vision.range_px = None, 1e-6
    thinking.plan = Plan(np.array([[60.0, 300.0], [260.0, 300.0]]), 1.5, "chase")
    row = drawn(view, thinking, at=(160, 300))[:, 300]
    assert row[:150].max() == 0 and row[160:262].max() > 100
    assert np.count_nonzero(np.diff((row > 250).astype(int)) == 1) == 10


def test_labels_say_weight_and_name_and_keep_apart(thinking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    forecast = thinking.forecast
    same = np.repeat(forecast.positions_px[:1], 6, axis=0)
    thinking.forecast = replace(forecast, positions_px=same, covariances_px2=np.repeat(forecast.covariances_px2[:1], 6, axis=0),
                                weights=np.array([0.3, 0.2, 0.2, 0.15, 0.14, 0.01]), labels=tuple("abcdef"))
    view, places, said = MindView(), [], []
    import npc_world.adapters.pygame.mind_view as module

    free_place, chip = module.free_place, view._lettering.chip
    monkeypatch.setattr(module, "free_place", lambda *args, **how: places.append(free_place(*args, **how)[0]) or (places[-1], 0))
    monkeypatch.setattr(view._lettering, "chip", lambda text, *colours: said.append(text) or chip(text, *colours))
    panel = pygame.Rect(380, 150, 100, 100)
    drawn(view, thinking, keep_clear=[panel])
    assert said == ["1.2 s", "a  30 %", "b  20 %", "c  20 %", "d  15 %", "e  14 %"]
    for index, place in enumerate(places):
        assert place.collidelist(places[:index]) < 0 and not place.colliderect(panel)
        assert pygame.Rect(0, 0, 480, 360).contains(place)


def test_the_cone_ends_at_walls(view: MindView, thinking: Any) -> None:
    thinking.forecast = thinking.plan = None
    changed = drawn(view, thinking, at=(60, 200))  # looks up right; a wall stands at x = 120
    assert changed[100, 180] > 0
    assert changed[150, 140] == 0
    thinking.vision.occlusion = False
    assert drawn(view, thinking, at=(60, 200))[150, 140] > 0


def test_an_unseen_target_is_a_heat_map(view: MindView, thinking: Any) -> None:
    thinking.forecast = thinking.plan = None
    thinking.belief = replace(thinking.belief, visible=False)
    occupancy = np.zeros(thinking.ground.shape)
    occupancy[10, 20], occupancy[4, 5] = 0.8, 0.2
    thinking.target_model.occupancy = occupancy
    changed = drawn(view, thinking)
    assert changed[410, 210] > changed[110, 90] > 0
    assert changed[250, 300] == 0


def test_nothing_is_written_to(view: MindView, thinking: Any) -> None:
    arrays = [thinking.forecast.positions_px, thinking.forecast.covariances_px2, thinking.forecast.weights, thinking.plan.waypoints_px,
              thinking.belief.position_px]
    for array in arrays:
        array.flags.writeable = False
    drawn(view, thinking)
    view.panel(pygame.Surface((300, 300), 0, 32), thinking, (0, 0, 300, 300))


@pytest.mark.parametrize("blank", ["forecast", "plan", "belief", "target_model"])
def test_a_mind_that_is_still_empty_is_no_error(view: MindView, thinking: Any, blank: str) -> None:
    setattr(thinking, blank, None)
    drawn(view, thinking)
    thinking.belief = None if thinking.belief is None else replace(thinking.belief, visible=False)
    drawn(view, thinking)
    view.panel(pygame.Surface((300, 300), 0, 32), thinking, (0, 0, 300, 300))


def test_records_with_nan_or_far_away_do_not_crash_the_frame(view: MindView, thinking: Any) -> None:
    for strange in (np.nan, np.inf, 1e12, -1e12):
        forecast = thinking.forecast
        positions = forecast.positions_px.copy()
        positions[0, 5:] = strange
        thinking.forecast = replace(forecast, positions_px=positions)
        thinking.plan = replace(thinking.plan, meeting_px=np.array([strange, 5.0]), waypoints_px=np.array([[60.0, 300.0], [strange, 5.0]]),
                                meeting_time_s=strange)
        drawn(view, thinking)


def test_a_label_keeps_its_colour_and_memory_stays_bounded(view: MindView) -> None:
    ruby = view.colour_of("ruby")
    others = {view.colour_of(str(i)) for i in range(7)}
    assert ruby not in others and len(others) == 7
    assert view.colour_of("ruby") == ruby
    for i in range(1000):
        view.colour_of(f"label {i}")
    assert len(view._colour_slots) <= 24


def test_the_hypotheses_of_one_forecast_have_different_colours(view: MindView, thinking: Any) -> None:
    for i in range(16):  # two labels to a colour
        view.colour_of(f"label {i}")
    forecast = thinking.forecast
    thinking.forecast = replace(forecast, labels=("label 0", "label 8"))
    assert view.colour_of("label 0") == view.colour_of("label 8")
    before = view.colour_of("label 0")
    drawn(view, thinking)
    assert view.colour_of("label 0") == before != view.colour_of("label 8")


def test_eyes_without_limits_are_not_drawn(view: MindView, thinking: Any) -> None:
    thinking.forecast = thinking.plan = None
    thinking.vision.range_px, thinking.vision.cone_rad = None, 6.3
    assert not drawn(view, thinking, at=(60, 200)).any()


def test_the_panel_is_no_higher_than_its_rows_and_stays_inside(view: MindView, thinking: Any) -> None:
    surface = pygame.Surface((400, 500), 0, 32)
    surface.fill((90, 110, 90))
    taken = view.panel(surface, thinking, (50, 40, 280, 440), truth={"ice": thinking.surfaces["ice"]})
    assert taken.topleft == (50, 40) and 150 < taken.h < 440
    changed = (pygame.surfarray.array3d(surface) != (90, 110, 90)).any(axis=2)
    outside = changed.copy()
    outside[taken.left:taken.right, taken.top:taken.bottom] = False
    assert changed.any() and not outside.any()
    thinking.weights, thinking.forecast = {f"goes for number {i} of very many things": 0.02 for i in range(50)}, None
    assert view.panel(surface, thinking, (50, 40, 280, 300)).h <= 300
    assert view.panel(surface, thinking, (50, 40, 40, 30)).size == (40, 30)


@pytest.mark.slow
def test_drawing_fits_into_a_frame(view: MindView, thinking: Any) -> None:
    surface = pygame.Surface((1280, 720), 0, 32)
    times = []
    for _ in range(60):
        start = time.perf_counter()
        view.draw(surface, thinking)
        times.append(time.perf_counter() - start)
    assert sorted(times)[30] < 0.004


def test_the_panel_tells_what_it_learned_of_you_and_whether_its_regions_held(view: MindView, thinking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    text = view._lettering.text
    monkeypatch.setattr(view._lettering, "text", lambda words, colour: written.append(words) or text(words, colour))
    thinking.learned = lambda: ["you turn left at 7 of 9 junctions", "you turn every 0.8 s"]
    thinking.calibration = (0.52, 0.88, 300)
    view.panel(pygame.Surface((600, 700), 0, 32), thinking, (0, 0, 560, 700))
    assert "you turn left at 7 of 9 junctions" in written and "you turn every 0.8 s" in written
    assert "my 90 % regions held 88 % of the time" in written


def test_told_the_time_the_panel_is_written_fifteen_times_a_second_and_looks_the_same(view: MindView, thinking: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh, kept = pygame.Surface((400, 500), 0, 32), pygame.Surface((400, 500), 0, 32)
    asked: list[float] = []
    explain = thinking.explain
    monkeypatch.setattr(thinking, "explain", lambda: asked.append(1.0) or explain())
    taken = [view.panel(kept, thinking, (50, 40, 280, 440), time_s=frame / 60.0) for frame in range(60)]
    assert 14 <= len(asked) <= 16 and taken.count(taken[0]) == 60
    for surface in (fresh, kept):
        surface.fill((90, 110, 90))
    view.panel(kept, thinking, (50, 40, 280, 440), time_s=59.5 / 60.0)
    MindView().panel(fresh, thinking, (50, 40, 280, 440))
    assert (pygame.surfarray.array3d(kept) == pygame.surfarray.array3d(fresh)).all()
    asked.clear()
    view.panel(kept, thinking, (50, 40, 280, 440), time_s=0.0)  # time went back: another game
    view.panel(kept, thinking, (50, 40, 280, 440))
    assert len(asked) == 2
