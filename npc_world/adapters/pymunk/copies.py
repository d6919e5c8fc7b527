"""Bodies, shapes and joints made anew after those of another space: same geometry, masses and limits, no callbacks."""

from __future__ import annotations

import pymunk

from npc_world.core.errors import BadInputError

__all__ = ["copy_body", "copy_joint", "copy_settings", "copy_shape"]

_ARGUMENTS: dict[type[pymunk.Constraint], tuple[str, ...]] = {
    pymunk.PinJoint: ("anchor_a", "anchor_b"),
    pymunk.SlideJoint: ("anchor_a", "anchor_b", "min", "max"),
    pymunk.PivotJoint: ("anchor_a", "anchor_b"),
    pymunk.GrooveJoint: ("groove_a", "groove_b", "anchor_b"),
    pymunk.DampedSpring: ("anchor_a", "anchor_b", "rest_length", "stiffness", "damping"),
    pymunk.DampedRotarySpring: ("rest_angle", "stiffness", "damping"),
    pymunk.RotaryLimitJoint: ("min", "max"),
    pymunk.RatchetJoint: ("phase", "ratchet"),
    pymunk.GearJoint: ("phase", "ratio"),
    pymunk.SimpleMotor: ("rate",),
}


def copy_settings(source: pymunk.Space, target: pymunk.Space) -> None:
    """Solver settings, gravity and damping.  The copy never lets bodies sleep: a sleeping body keeps its place all the same."""
    for name in ("gravity", "damping", "iterations", "collision_slop", "collision_bias", "collision_persistence"):
        setattr(target, name, getattr(source, name))


def copy_body(body: pymunk.Body) -> pymunk.Body:
    """A body of the same kind, mass, moment and state, without its shapes and velocity callbacks."""
    made = pymunk.Body(body.mass, body.moment, body.body_type) if body.body_type == pymunk.Body.DYNAMIC else pymunk.Body(body_type=body.body_type)
    made.center_of_gravity = body.center_of_gravity
    made.angle = body.angle
    made.position = body.position
    made.velocity, made.angular_velocity = body.velocity, body.angular_velocity
    return made


def copy_shape(shape: pymunk.Shape, body: pymunk.Body) -> pymunk.Shape:
    """The same circle, segment or polygon on another body.  A segment's neighbours, which pymunk does not tell, are lost."""
    made: pymunk.Shape
    if isinstance(shape, pymunk.Circle):
        made = pymunk.Circle(body, shape.radius, shape.offset)
    elif isinstance(shape, pymunk.Segment):
        made = pymunk.Segment(body, shape.a, shape.b, shape.radius)
    elif isinstance(shape, pymunk.Poly):
        made = pymunk.Poly(body, shape.get_vertices(), radius=shape.radius)
    else:
        raise BadInputError(f"shape={shape!r}: expected a circle, a segment or a polygon")
    for name in ("friction", "elasticity", "surface_velocity", "sensor", "filter", "collision_type"):
        setattr(made, name, getattr(shape, name))
    return made


def copy_joint(joint: pymunk.Constraint, a: pymunk.Body, b: pymunk.Body) -> pymunk.Constraint:
    """The same joint between two other bodies, without its callbacks and force functions."""
    kind = next((kind for kind in type(joint).__mro__ if kind in _ARGUMENTS), None)
    if kind is None:
        raise BadInputError(f"constraint={joint!r}: expected one of {', '.join(sorted(k.__name__ for k in _ARGUMENTS))}")
    made: pymunk.Constraint = kind(a, b, *(getattr(joint, name) for name in _ARGUMENTS[kind]))
    if isinstance(joint, pymunk.PinJoint):
        made.distance = joint.distance  # measured when made, at poses that may have drifted since
    if isinstance(joint, pymunk.RatchetJoint):
        made.angle = joint.angle
    for name in ("max_force", "error_bias", "max_bias", "collide_bodies"):
        setattr(made, name, getattr(joint, name))
    return made
