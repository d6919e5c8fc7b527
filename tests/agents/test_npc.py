"""Stories of an NPC in a game: it is shown things each frame and gives advice."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import npc_world as nw

DT = 1 / 60
BODY = nw.TopDownBody(max_speed_px_s=180.0)


class Sprite:
    """A game's sprite: an integer rect, moved by whole pixels."""

    def __init__(self, x: float, y: float, size: int = 24) -> None:
        self.rect = type("Rect", (), {})()
        self.rect.w = self.rect.h = size
        self.rect.x, self.rect.y = round(x - size / 2), round(y - size / 2)

    def move(self, dx: int, dy: int) -> None:
        self.rect.x += dx
        self.rect.y += dy


def chase(npc: nw.Npc, start: tuple[float, float], player, seconds: float, reach: float = 16.0, dt: float = DT):  # type: ignore[no-untyped-def]
    """Run until caught; player: time → position or None while unseen.  Returns (time caught or inf, the hunter's track)."""
    me, track = np.array(start, dtype=float), []
    for frame in range(int(seconds / dt)):
        at = player(frame * dt)
        action = npc.step(me, at, dt)
        assert np.all(np.isfinite(action.velocity_px_s))
        me = me + action.velocity_px_s * dt
        track.append(me)
        if at is not None and np.hypot(*(me - at)) < reach:
            return frame * dt, np.array(track)
    return math.inf, np.array(track)


def test_it_catches_a_runner_where_geometry_says() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((4000, 4000)), position=(1000, 1000), body=BODY)
    caught_s, _ = chase(npc, (1000, 1000), lambda t: np.array([1300.0, 1000.0 + 150.0 * t]), 10)
    # 300² + (150 t)² = (180 t + 16)² → t = 2.86 s
    assert caught_s < 2.86 * 1.12


def test_a_slower_hunter_cuts_off_one_who_comes_by() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((4000, 4000)), position=(1600, 1200), body=nw.TopDownBody(max_speed_px_s=140), size=(16, 16))
    caught_s, _ = chase(npc, (1600, 1300), lambda t: np.array([1000.0 + 200.0 * t, 1000.0]), 10)
    assert caught_s < 5.0


def test_it_goes_round_walls_and_never_through() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 40, 500)], size=(640, 640))
    npc = nw.load_npc("hunter", ground, position=(100, 100), body=BODY, size=(24, 24))
    caught_s, track = chase(npc, (100, 100), lambda t: np.array([500.0, 100.0]), 15)
    assert caught_s < 8.0
    assert not any(ground.is_solid(point) for point in track)


def test_a_door_that_closes_sends_it_another_way() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 40, 280), (300, 340, 40, 300 - 60)], size=(640, 640))
    npc = nw.load_npc("hunter", ground, position=(100, 300), body=BODY, size=(24, 24))
    me = np.array([100.0, 300.0])
    for frame in range(900):
        if frame == 30:
            ground.set_solid((300, 280, 40, 60), True)
        me = me + npc.step(me, np.array([500.0, 310.0]), DT).velocity_px_s * DT
        assert not ground.is_solid(me)
        if np.hypot(*(me - (500, 310))) < 16:
            return
    pytest.fail(f"still at {me}")


def test_a_body_as_wide_as_the_corridor_passes_in_whole_pixels() -> None:
    # a corridor of 40 px that no grid is aligned to
    ground = nw.Terrain.from_rects([(200, 0, 200, 93), (200, 133, 200, 167)], size=(600, 300))
    npc = nw.load_npc("hunter", ground, position=(100, 200), body=BODY)
    me = Sprite(100, 200, 40)
    for _ in range(600):
        before = me.rect.x, me.rect.y
        me.move(*npc.step(me, (520.0, 113.0), DT).pixels(DT))
        x, y = me.rect.x, me.rect.y
        if any(x < right and x + 40 > left and y < bottom and y + 40 > top for left, top, right, bottom in ground.rects):
            me.rect.x, me.rect.y = before
        if me.rect.x > 460:
            return
    pytest.fail(f"stuck at {me.rect.x, me.rect.y}")


@pytest.mark.parametrize("bad", [16, 16.7, 33, 250, -0.1, float("nan"), float("inf"), "0.016", None, True])
def test_a_dt_in_another_unit_is_named(bad: object) -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(100, 100))
    with pytest.raises(nw.BadInputError, match="dt_s="):
        npc.step((100, 100), (200, 200), bad)  # type: ignore[arg-type]


def test_a_paused_game_and_a_hitch_go_on() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(100, 100), body=BODY)
    assert not npc.step((100, 100), (200, 200), 0).velocity_px_s.any()
    for _ in range(40):
        moving = npc.step((100, 100), (200, 200), DT)
    assert npc.step((100, 100), (200, 200), 0.0).velocity_px_s == pytest.approx(moving.velocity_px_s)
    assert np.all(np.isfinite(npc.step((100, 100), (200, 200), 1.5).velocity_px_s))
    assert np.all(np.isfinite(npc.step((100, 100), (200, 200), 7200.0).velocity_px_s))


@pytest.mark.parametrize(("me", "target", "named"), [((math.nan, 1), (2, 2), "me="), ((1, math.inf), (2, 2), "me="), ((1, 1), (math.nan, 2), "target="),
                                                     ("here", (2, 2), "me="), ((1, 1), object(), "target=")])
def test_positions_that_are_none_are_named(me: object, target: object, named: str) -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(100, 100))
    with pytest.raises(nw.BadInputError, match=named):
        npc.step(me, target, DT)
    assert np.all(np.isfinite(npc.step((100, 100), (200, 200), DT).velocity_px_s))


@pytest.mark.parametrize("me", [(-500, -500), (310, 100), (5000, 300)])
@pytest.mark.parametrize("target", [(-900, 90), (320, 200), (9000, 9000)])
def test_places_off_the_map_and_inside_walls_are_survived(me: tuple[float, float], target: tuple[float, float]) -> None:
    ground = nw.Terrain.from_rects([(300, 0, 40, 500)], size=(640, 640))
    npc = nw.load_npc("hunter", ground, position=me, body=BODY, size=(24, 24))
    for _ in range(30):
        action = npc.step(me, target, DT)
        assert np.all(np.isfinite(action.velocity_px_s))
        assert str(npc.explain())


def test_behind_a_wall_without_a_door_it_waits_beside_its_target_and_says_so() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 40, 640)], size=(640, 640))
    npc = nw.load_npc("hunter", ground, position=(100, 100), body=BODY, size=(24, 24))
    caught_s, track = chase(npc, (100, 100), lambda t: np.array([500.0, 100.0 + 20 * t]), 10)
    assert caught_s == math.inf
    assert track[:, 0].max() <= 300.0
    assert abs(track[-1][1] - 300.0) < 40.0 and track[-1][0] > 250.0  # it goes along beside it
    assert npc.plan is not None and npc.plan.behaviour == "besiege" and npc.plan.meeting_px is None
    assert npc.explain().startswith("No way leads to you: I wait for you")


def test_it_comes_once_a_door_opens() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 40, 640)], size=(640, 640))
    npc = nw.load_npc("hunter", ground, position=(100, 100), body=BODY, size=(24, 24))
    chase(npc, (100, 100), lambda t: np.array([500.0, 300.0]), 2)
    ground.set_solid((300, 256, 40, 64), solid=False)
    caught_s, _ = chase(npc, (260, 300), lambda t: np.array([500.0, 300.0]), 5)
    assert caught_s < 5


def test_a_target_that_teleports_is_not_taken_for_a_bullet() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((2000, 2000)), position=(200, 200), body=BODY)
    for frame in range(60):
        npc.step((200, 200), (400.0 + frame, 400.0), DT)
    for frame in range(60):
        npc.step((200, 200), (1500.0, 1500.0 + frame), DT)
    assert npc.forecast is not None
    assert np.all(np.hypot(*(npc.forecast.mean() - (1500, 1560)).T) < 600)


def test_no_target_ever_and_no_room_are_survived() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((640, 480)), position=(100, 100), body=BODY)
    for _ in range(10):
        assert np.all(np.isfinite(npc.step((100, 100), None, DT).velocity_px_s))
    full = nw.Terrain.from_rects([(0, 0, 640, 480)], size=(640, 480))
    stuck = nw.load_npc("hunter", full, position=(100, 100), body=BODY)
    for target in (None, (300, 300), None):
        assert np.all(np.isfinite(stuck.step((100, 100), target, DT).velocity_px_s))


def test_same_seed_same_chase() -> None:
    def run() -> np.ndarray:
        ground = nw.Terrain.from_rects([(300, 0, 40, 500)], size=(640, 640))
        npc = nw.load_npc("stalker", ground, position=(100, 100), seed=7, body=BODY, size=(24, 24))
        return chase(npc, (100, 100), lambda t: np.array([500.0, 300.0 + 150 * math.sin(t)]) if t < 2 else None, 5)[1]
    assert np.array_equal(run(), run())


def test_what_it_learned_survives_a_save(tmp_path: Path) -> None:
    ground = nw.Terrain.from_grid(np.zeros((20, 20), int), 32, {0: "mud"})
    npc = nw.load_npc("hunter", ground, position=(100, 100), body=BODY)
    me = np.array([100.0, 100.0])
    for frame in range(120):
        action = npc.step(me, (500.0, 100.0 + frame), DT)
        me = me + 0.3 * action.velocity_px_s * DT  # this mud is worse than its name
    learned = npc.surfaces["mud"].speed_factor
    assert learned == pytest.approx(0.3, abs=0.05)
    npc.save(tmp_path / "npc.npz")
    other = nw.load_npc("hunter", ground, position=(100, 100), body=BODY)
    other.restore(tmp_path / "npc.npz")
    assert other.surfaces["mud"].speed_factor == learned
    assert np.all(np.isfinite(other.step(me, (500.0, 300.0), DT).velocity_px_s))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 truncated"])
def test_a_damaged_save_is_named_and_changes_nothing(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "npc.npz"
    file.write_bytes(content)
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(100, 100))
    with pytest.raises(nw.SaveFileError, match=r"npc\.npz"):
        npc.restore(file)
    with pytest.raises(nw.SaveFileError, match="no such file"):
        npc.restore(tmp_path / "missing.npz")
    assert np.all(np.isfinite(npc.step((100, 100), (200, 200), DT).velocity_px_s))


def test_a_truncated_or_foreign_save_is_named(tmp_path: Path) -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((800, 600)), position=(100, 100))
    for _ in range(20):
        npc.step((100, 100), (200, 200), DT)
    npc.save(tmp_path / "good.npz")
    whole = (tmp_path / "good.npz").read_bytes()
    for cut in range(0, len(whole), max(1, len(whole) // 17)):
        (tmp_path / "cut.npz").write_bytes(whole[:cut])
        with pytest.raises(nw.SaveFileError):
            npc.restore(tmp_path / "cut.npz")
    np.savez(tmp_path / "foreign.npz", a=np.zeros(3))
    with pytest.raises(nw.SaveFileError, match="not an npc_world save file"):
        npc.restore(tmp_path / "foreign.npz")


def test_a_game_that_counts_frames() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((2000, 2000)), position=(100, 100), body=nw.TopDownBody(max_speed_px_s=3.0), time="frames")
    me = np.array([100.0, 100.0])
    for frame in range(400):
        action = npc.step(me, np.array([500.0, 100.0 + 2.0 * frame]), 1)
        assert np.hypot(*action.velocity_px_s) <= 3.0 + 1e-9
        me = me + action.velocity_px_s
        if np.hypot(*(me - (500, 100 + 2 * frame))) < 16:
            break
    assert frame < 200


def test_it_moves_by_the_games_discrete_options() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((2000, 2000)), position=(100, 100), body=BODY)
    options = np.array([(0, 0), (180, 0), (-180, 0), (0, 180), (0, -180)], dtype=float)
    me = np.array([100.0, 100.0])
    for _ in range(600):
        action = npc.step(me, (700.0, 500.0), DT, options=options)
        assert any(np.array_equal(action.velocity_px_s, row) for row in options)
        me = me + action.velocity_px_s * DT
        if np.hypot(*(me - (700, 500))) < 20:
            return
    pytest.fail(f"at {me}")


def test_the_next_cell_is_a_free_neighbour() -> None:
    kinds = np.zeros((10, 10), int)
    kinds[1:9, 5] = 1
    ground = nw.Terrain.from_grid(kinds, 32)
    npc = nw.load_npc("hunter", ground, position=(80, 150), body=BODY, size=(20, 20))
    cell = (2, 4)
    for _ in range(60):
        at = ((cell[0] + 0.5) * 32, (cell[1] + 0.5) * 32)
        following = npc.step(at, (9.5 * 32, 4.5 * 32), 0.2).cell
        assert following is not None and max(abs(following[0] - cell[0]), abs(following[1] - cell[1])) <= 1
        assert kinds[following[1], following[0]] == 0
        cell = following
        if cell == (9, 4):
            return
    pytest.fail(f"at {cell}")


def test_several_targets_by_name() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((2000, 2000)), position=(100, 100), body=BODY)
    for frame in range(30):
        action = npc.step((100, 100), {"player": (300.0, 100.0 + frame), "ally": (1500.0, 1500.0)}, DT)
    assert action.direction[0] > 0.8
    assert set(npc.team.models) == {"player", "ally"}


def test_a_guard_keeps_its_leash_and_comes_back() -> None:
    npc = nw.load_npc("guard", nw.Terrain.open_field((3000, 3000)), position=(500, 500), body=BODY)
    me = np.array([500.0, 500.0])
    furthest = 0.0
    for frame in range(1200):
        at = np.array([700.0 + 140.0 * frame * DT, 500.0]) if frame < 600 else None
        me = me + npc.step(me, at, DT).velocity_px_s * DT
        furthest = max(furthest, float(np.hypot(*(me - 500.0))))
    assert 50 < furthest < 3.0 * 180 + 40
    assert np.hypot(*(me - 500.0)) < 40


def test_a_sentry_stands_and_tells_its_team() -> None:
    ground = nw.Terrain.open_field((3000, 3000))
    team = nw.Team(ground)
    sentry = nw.load_npc("sentry", ground, position=(500, 500), team=team)
    hunter = nw.load_npc("hunter", ground, position=(2000, 2000), team=team, body=BODY)
    far = np.array([2000.0, 2000.0])
    for frame in range(900):
        player = (700.0, 500.0 + 0.2 * frame)
        assert not sentry.step((500, 500), player, DT).velocity_px_s.any()
        far = far + hunter.step(far, None, DT).velocity_px_s * DT
    assert np.hypot(*(far - (700, 680))) < 1200


def test_every_number_in_the_sentence_is_the_planners() -> None:
    ground = nw.Terrain.from_rects([(300, 0, 40, 500)], size=(1280, 720))
    npc = nw.load_npc("hunter", ground, position=(100, 600), body=BODY, size=(24, 24), goals={"the ruby": (1100.0, 100.0), "the boat": (1100.0, 650.0)})
    me = np.array([100.0, 600.0])
    for frame in range(90):
        me = me + npc.step(me, (500.0 + 120 * frame * DT, 300.0 - 40 * frame * DT), DT).velocity_px_s * DT
        said, plan, forecast = npc.explain(), npc.plan, npc.forecast
        assert plan is not None and forecast is not None and plan.hypothesis is not None
        assert said.numbers["probability"] == forecast.weights[plan.hypothesis]
        assert said.numbers["meeting_s"] == plan.meeting_time_s
        assert f"{round(100 * said.numbers['probability'])} %" in said.sentence


def test_a_rookie_reacts_late() -> None:
    ground = nw.Terrain.open_field((2000, 2000))
    npc = nw.load_npc("rookie", ground, position=(100, 100), body=BODY)
    moved = [npc.step((100, 100), (400, 100), DT) for _ in range(12)]
    assert npc.belief is None and moved[-1].why == "patrol"
    for _ in range(12):
        npc.step((100, 100), (400, 100), DT)
    assert npc.belief is not None


def test_on_ice_it_brakes_in_time() -> None:
    """A body with a fifth of its grip must not slide past a target that stands still by more than its own length."""
    kinds = np.zeros((20, 40), int)
    ground = nw.Terrain.from_grid(kinds, 32, {0: "ice"})
    body = nw.TopDownBody(max_speed_px_s=180.0, max_acceleration_px_s2=900.0)
    npc = nw.load_npc({"extends": "guard", "guarding": {"leash_s": 0.0}}, ground, position=(900, 320), body=body, size=(24, 24))
    at, velocity, overshoot = np.array([300.0, 320.0]), np.zeros(2), 0.0
    for _ in range(600):
        wanted = npc.step(at, None, DT).velocity_px_s
        change = wanted - velocity
        most = 0.12 * 900.0 * DT
        velocity = velocity + change * min(1.0, most / max(1e-9, float(np.hypot(*change))))
        at = at + velocity * DT
        overshoot = max(overshoot, at[0] - 900.0)
    assert overshoot < 40.0
    assert np.hypot(*(at - (900, 320))) < 40.0


def test_in_the_open_it_says_how_likely_it_is_that_what_it_counts_on_lasts_that_long() -> None:
    npc = nw.load_npc("hunter", nw.Terrain.open_field((4000, 4000)), position=(1000, 1000), body=nw.TopDownBody(max_speed_px_s=100), size=(24, 24))
    me = np.array([1000.0, 1000.0])
    for frame in range(300):  # turns by a right angle every second: who is far away cannot count on its course
        x, y = ((0, 0), (110, 0), (110, 110), (0, 110))[frame // 60 % 4]
        ahead = (frame % 60) * 110 / 60
        dx, dy = ((1, 0), (0, 1), (-1, 0), (0, -1))[frame // 60 % 4]
        me = me + 0.1 * npc.step(me, (1800.0 + x + dx * ahead, 1000.0 + y + dy * ahead), DT).velocity_px_s * DT
    said, plan = npc.explain(), npc.plan
    assert plan is not None and plan.kept is not None and plan.kept < 0.85 and plan.meeting_time_s is not None and plan.meeting_time_s > 2.0
    assert said.numbers["kept_probability"] == pytest.approx(said.numbers["probability"] * plan.kept)
    assert f"if you keep that up ({round(100 * said.numbers['kept_probability'])} %)" in said


def test_lying_in_wait_is_said_as_that() -> None:
    ground = nw.Terrain.from_rects([(600, 200, 40, 320)], size=(1280, 720))
    goals = {"the ruby": (200.0, 100.0), "the crown": (200.0, 620.0), "the mask": (1100.0, 360.0)}
    npc = nw.load_npc("hunter", ground, position=(1000, 360), body=nw.TopDownBody(max_speed_px_s=110), size=(24, 24), goals=goals)
    me, x, said = np.array([1000.0, 360.0]), 520.0, []
    for _ in range(180):  # it goes for the ruby, far off, and must come this way for the mask
        x = max(200.0, x - 130.0 * DT)
        me = me + npc.step(me, (x, 100.0 + (x - 200.0) * 0.4), DT).velocity_px_s * DT
        if npc.plan is not None and npc.plan.waiting:
            said.append((npc.explain(), npc.plan))
    assert said
    for words, plan in said:
        assert words.startswith("Lying in wait ") and f"{plan.meeting_time_s:.1f} s from now" in words and "lead_s" not in words.numbers
        assert words.numbers["meeting_s"] == plan.meeting_time_s


class _Thing:
    def __init__(self, x: float, y: float) -> None:
        self.x, self.y, self.w, self.h = x, y, 10.0, 10.0


def test_numbers_of_numpy_and_things_of_the_game_are_taken_everywhere_alike() -> None:
    ground = nw.Terrain.open_field((600, 400))
    one, third = np.float32(1.0), np.float32(1 / 60)
    steps = [nw.load_npc("hunter", ground, position=(50, 50), seed=seed, time="frames", size=size, goals=[_Thing(300, 200)])
             for seed, size in ((3, (16, 16)), (np.int64(3), _Thing(0, 0)))]
    assert steps[1].size_px == (10.0, 10.0)
    apart = nw.Terrain.open_field((600, 400))  # NPCs of one ground plan in different frames
    frames = nw.load_npc("hunter", apart, position=(50, 50), seed=3, time="frames", size=(16, 16), goals=[(305, 205)])
    for i in range(4):
        said = [npc.step((50, 50), (300 + i, 200), dt).velocity_px_s.tolist() for npc, dt in ((steps[0], 1.0), (frames, one))]
    assert said[0] == pytest.approx(said[1])
    assert nw.Link(start=(1, 1), end=(50, 50), time_s=np.float32(0.5)).time_s == 0.5
    assert nw.avoid_all([(0, 0)], [(0, 0)], [(1, 0)], 1.0, third).tolist() == [[1.0, 0.0]]
    nw.Crowd(ground, radius_px=5, speed_px_s=50).step([(20, 20)], (300, 300), third)


def test_what_cannot_be_read_is_named_by_every_door() -> None:
    ground = nw.Terrain.open_field((600, 400))
    with pytest.raises(nw.BadInputError, match="dt_s=16: expected seconds"):
        nw.Crowd(ground, radius_px=5, speed_px_s=50).step([(20, 20)], (300, 300), 16)
    with pytest.raises(nw.BadInputError, match="dt_s=16: expected seconds"):
        nw.avoid_all([(0, 0)], [(0, 0)], [(1, 0)], 1.0, 16)
    with pytest.raises(nw.BadInputError, match="size=32"):
        nw.load_npc("hunter", ground, position=(1, 1), size=32)  # type: ignore[arg-type]
    with pytest.raises(nw.BadInputError, match="ground=None"):
        nw.find_path(None, (1, 1), (5, 5))  # type: ignore[arg-type]
    npc = nw.load_npc("hunter", ground, position=(50, 50))
    action = npc.step((50, 50), (300, 200), 1 / 60)
    with pytest.raises(nw.BadInputError, match="dt_s='x'"):
        action.pixels("x")  # type: ignore[arg-type]
    assert npc.forecast is not None
    with pytest.raises(nw.BadInputError, match="n=-1"):
        npc.forecast.sample(-1, np.random.default_rng(0))


@pytest.mark.parametrize("left", [{}, {"near": None}])
def test_a_target_that_is_no_more_is_given_up_for_one_in_sight(left: dict[str, None]) -> None:
    ground = nw.Terrain.from_rects([(300, 100, 20, 400)], size=(800, 600))
    npc, at = nw.load_npc("hunter", ground, position=(100, 300), seed=1, size=(20, 20)), np.array([100.0, 300.0])
    far = {"far": (700.0, 300.0)}
    for frame in range(360):
        at = at + npc.step(tuple(at), {"near": (250.0, 300.0), **far} if frame < 60 else {**left, **far}, DT).velocity_px_s * DT
        if frame == 59:
            assert npc._brain.target_name == "near"
    assert npc._brain.target_name == "far"
