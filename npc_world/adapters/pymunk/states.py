"""All bodies of a space as one array, read and written in a batch."""

from __future__ import annotations

import numpy as np
import pymunk
import pymunk.batch as batch
from numpy.typing import NDArray

__all__ = ["StateReader", "ids_of", "read_contacts", "write_states"]

Floats = NDArray[np.float64]

_MOTION = batch.BodyFields.POSITION | batch.BodyFields.ANGLE | batch.BodyFields.VELOCITY | batch.BodyFields.ANGULAR_VELOCITY
_ALL = _MOTION | batch.BodyFields.BODY_ID
_CONTACT = batch.ArbiterFields.BODY_A_ID | batch.ArbiterFields.BODY_B_ID | batch.ArbiterFields.CONTACT_COUNT


class StateReader:
    """Reads one space again and again into the same buffer."""

    def __init__(self, space: pymunk.Space) -> None:
        self._space, self._buffer = space, batch.Buffer()

    def read(self) -> tuple[bytes, Floats]:
        """Ids, as bytes of (n,) uintp, and states (n, 6) of x, y, angle, vx, vy, angular velocity, in the space's present order."""
        buffer = self._buffer
        buffer.clear()
        batch.get_space_bodies(self._space, _ALL, buffer)
        return bytes(buffer.int_buf()), np.frombuffer(bytes(buffer.float_buf()), dtype=np.float64).reshape(-1, 6)


def ids_of(read: bytes) -> list[int]:
    """The body ids that `StateReader.read` gave."""
    return list(memoryview(read).cast("P"))


def write_states(space: pymunk.Space, states: Floats, off_centre: bool) -> None:
    """Set every body of the space, in its present order.  off_centre: some centre of gravity is not at the body's origin."""
    if not hasattr(batch, "set_space_bodies"):  # pymunk before 7.1
        _write_one_by_one(space, states)
        return
    buffer = batch.Buffer()
    buffer.set_float_buf(np.ascontiguousarray(states).ravel())
    for _ in range(2 if off_centre else 1):  # positions are set by the angle before; the second time that one is right
        batch.set_space_bodies(space, _MOTION, buffer)


def _write_one_by_one(space: pymunk.Space, states: Floats) -> None:
    ids = ids_of(StateReader(space).read()[0])
    bodies = {body.id: body for body in (*space.bodies, space.static_body)}
    for identity, (x, y, angle, vx, vy, spin) in zip(ids, states.tolist(), strict=True):
        body = bodies[identity]
        body.angle = angle
        body.position = (x, y)
        if body.body_type != pymunk.Body.STATIC:
            body.velocity, body.angular_velocity = (vx, vy), spin


def read_contacts(space: pymunk.Space) -> list[tuple[int, int]]:
    """Pairs of body ids that touch after the last step."""
    buffer = batch.Buffer()
    batch.get_space_arbiters(space, _CONTACT, buffer)
    flat = np.frombuffer(bytes(buffer.int_buf()), dtype=np.uintp).reshape(-1, 3)
    return [(a, b) for a, b, count in flat.tolist() if count > 0]
