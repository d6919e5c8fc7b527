"""Say in one sentence what an NPC is doing and why, with the numbers its planner used."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from npc_world.beliefs.labels import SOMETHING_ELSE
from npc_world.core.records import Explanation, Forecast, Plan
from npc_world.core.terrain import Terrain
from npc_world.learning.surface_estimate import SurfaceSurprise

__all__ = ["explain", "place_name", "with_ground"]

_FICKLE = 0.85
"""A target that keeps to what it does until the meeting with less than this probability is told so."""


def explain(plan: Plan | None, forecast: Forecast | None, places: Mapping[str, tuple[float, float]], ground: Terrain, position: np.ndarray,
            blind_s: float, surprise: float, occupancy: np.ndarray | None) -> Explanation:
    """The sentence for a plan; every number in it is a field of the plan, of the forecast, or of the belief."""
    if plan is None:
        return Explanation("Looking around: nothing seen yet.", {})
    if plan.behaviour == "intercept" and forecast is not None and plan.hypothesis is not None:
        return _interception(plan, forecast, places, ground, surprise)
    eta = {"eta_s": float(plan.eta_s)} if np.isfinite(plan.eta_s) else {}
    if plan.behaviour == "search":
        place = place_name(plan.waypoints_px[-1], places, ground)
        numbers = {"unseen_s": blind_s, **eta}
        sentence = f"Searching {place}: I lost sight of you {blind_s:.1f} s ago"
        return Explanation(sentence + (f"; I am there in {plan.eta_s:.1f} s." if eta else "."), numbers)
    if plan.behaviour == "flank" and plan.meeting_px is not None and plan.expected_catch_s is not None and plan.straight_s is not None:
        numbers = {"expected_catch_s": float(plan.expected_catch_s), "straight_s": float(plan.straight_s), **eta}
        return Explanation(f"Heading you off {place_name(plan.meeting_px, places, ground)} while you are driven: I count on a catch in "
                           f"{plan.expected_catch_s:.1f} s; {plan.straight_s:.1f} s if I ran after you.", numbers)
    if plan.behaviour == "besiege":
        place = place_name(plan.waypoints_px[-1], places, ground)
        arriving = bool(eta) and plan.eta_s >= 0.1
        return Explanation(f"No way leads to you: I wait for you {place}" + (f"; there in {plan.eta_s:.1f} s." if arriving else "."), eta)
    said = {"patrol": "On my rounds", "return": "Going back to my post", "guard": "Keeping my post", "watch": "Watching",
            "hold": "Waiting", "chase": "Running at you"}.get(plan.behaviour, plan.behaviour.capitalize())
    return Explanation(said + (f"; there in {plan.eta_s:.1f} s." if eta and plan.eta_s > 0.0 else "."), eta)


def with_ground(said: Explanation, found: SurfaceSurprise) -> Explanation:
    """The same, and that the ground is not as believed."""
    thing = str(found)
    numbers = {**said.numbers, f"{found.surface}_{found.quality}": found.found, f"{found.surface}_{found.quality}_believed": found.believed}
    return Explanation(f"{said} {thing[0].upper()}{thing[1:]}.", numbers, said.alternatives)


def _interception(plan: Plan, forecast: Forecast, places: Mapping[str, tuple[float, float]], ground: Terrain, surprise: float) -> Explanation:
    k = plan.hypothesis
    assert k is not None and plan.meeting_px is not None and plan.meeting_time_s is not None
    weight = float(forecast.weights[k])
    numbers = {"probability": weight, "meeting_s": float(plan.meeting_time_s), "expected_catch_s": float(plan.expected_catch_s or 0.0),
               "surprise": surprise}
    track = forecast.positions_px[k]
    # when does the target come by the meeting point on this hypothesis, and when can I be there?
    passing = int(np.argmin(np.hypot(*(track - plan.meeting_px).T)))
    lead = float(forecast.times_s[passing]) - float(plan.eta_s)
    place = place_name(plan.meeting_px, places, ground)
    says = _says(forecast.labels[k], weight)
    if plan.waiting:
        sentence = f"Lying in wait {place}: {says} first; then I count on catching you, {plan.meeting_time_s:.1f} s from now."
    elif lead > 0.25:
        numbers["lead_s"] = lead
        sentence = f"Cutting you off {place}: {says}; I arrive {lead:.1f} s before you."
    else:
        sentence = f"Coming for you {place}: {says}; I meet you in {plan.meeting_time_s:.1f} s"
        if plan.kept is not None and plan.kept < _FICKLE:
            numbers["kept_probability"] = weight * plan.kept
            sentence += f" if you keep that up ({round(100 * weight * plan.kept)} %)"
        sentence += "."
    if surprise > 3.0:
        sentence += f" You keep surprising me ({surprise:.1f} times my usual error), so I trust this less."
    order = np.argsort(-forecast.weights)
    others = tuple(_says(forecast.labels[i], float(forecast.weights[i])) for i in order if i != k)[:4]
    return Explanation(sentence, numbers, others)


def _says(label: str, weight: float) -> str:
    if label == SOMETHING_ELSE:
        return f"{round(100 * weight)} % that you are up to something I do not know"
    return f"{round(100 * weight)} % you {_as_verb(label)}"


def _as_verb(label: str) -> str:
    """"goes for the ruby" → "go for the ruby": labels are in the third person, sentences speak to the player."""
    first, _, rest = label.partition(" ")
    if first.endswith("oes"):
        first = first[:-2]
    elif first.endswith("s") and not first.endswith("ss"):
        first = first[:-1]
    rest = rest.replace("its ", "your ").replace("from you", "from me")
    return f"{first} {rest}".strip()


def place_name(point: np.ndarray, places: Mapping[str, tuple[float, float]], ground: Terrain) -> str:
    """"at the bridge" for a named place near by, else where on the map: "in the north-west"."""
    if places:
        names = list(places)
        distance = [float(np.hypot(*(np.asarray(places[name]) - point))) for name in names]
        nearest = int(np.argmin(distance))
        if distance[nearest] <= max(4.0 * ground.cell_px, 0.06 * max(ground.size)):
            name = names[nearest]
            return f"at {name}" if name.startswith("the ") else f"at the {name}"
    across, down = point[0] / ground.size[0], point[1] / ground.size[1]
    vertical = "north" if down < 1 / 3 else "south" if down > 2 / 3 else ""
    sideways = "west" if across < 1 / 3 else "east" if across > 2 / 3 else ""
    return f"in the {'-'.join(part for part in (vertical, sideways) if part) or 'middle'}"
