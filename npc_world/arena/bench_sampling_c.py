"""The rollouts of a top-down body on a terrain in C, for comparison: written, compiled by gcc -O2 and loaded when asked for."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["compiled_in_c"]

_SOURCE = """
#include <math.h>
#include <stdint.h>
static int cell(double at, double per_px, int count) { int i = (int)(at * per_px); return i < 0 ? 0 : i >= count ? count - 1 : i; }
void roll(const double *start, const double *controls, int samples, int steps, double dt, double top, double acceleration,
          const int16_t *surface, const double *table, const uint8_t *solid, int rows, int cols, double per_px, double *out) {
    for (int s = 0; s < samples; s++) {
        double x = start[0], y = start[1], vx = start[2], vy = start[3];
        for (int h = 0; h < steps; h++) {
            const double *control = controls + 2 * (s * steps + h);
            int row = cell(y, per_px, rows), col = cell(x, per_px, cols);
            const double *ground = table + 4 * surface[row * cols + col];
            double u = control[0], w = control[1], square = u * u + w * w;
            if (square > top * top) { double share = top / sqrt(square); u *= share; w *= share; }
            double dx = ground[0] * u + ground[2] * top - vx, dy = ground[0] * w + ground[3] * top - vy;
            double change = sqrt(dx * dx + dy * dy), most = ground[1] * acceleration * dt;
            if (change > most) { dx *= most / change; dy *= most / change; }
            vx += dx; vy += dy;
            double to_x = x + vx * dt, to_y = y + vy * dt;
            int to_row = cell(to_y, per_px, rows), to_col = cell(to_x, per_px, cols);
            if (to_row != row || to_col != col) {
                if (solid[row * cols + to_col] == 1) { to_x = x; to_col = col; vx = 0.0; }
                if (solid[to_row * cols + to_col] == 1) { to_y = y; vy = 0.0; }
            }
            x = to_x; y = to_y;
            double *state = out + 4 * (s * steps + h);
            state[0] = x; state[1] = y; state[2] = vx; state[3] = vy;
        }
    }
}
"""


def compiled_in_c() -> Callable[..., None] | None:
    """(model, start (4,), controls (B, H, 2), dt_s, out (B, H, 4)) → None; None where there is no gcc or it fails."""
    gcc = shutil.which("gcc")
    if gcc is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="npc_world-bench-"))
    (folder / "roll.c").write_text(_SOURCE, encoding="ascii")
    done = subprocess.run([gcc, "-O2", "-shared", "-fPIC", "-o", str(folder / "roll.so"), str(folder / "roll.c"), "-lm"], capture_output=True, check=False)
    if done.returncode != 0:
        return None
    library = ctypes.CDLL(str(folder / "roll.so"))
    shutil.rmtree(folder, ignore_errors=True)  # it stays loaded

    def run(model: Any, start: Any, controls: Any, dt_s: float, out: Any) -> None:
        rows, cols = model.ground.shape
        number, whole = ctypes.c_double, ctypes.c_int
        library.roll(_at(start), _at(controls), whole(controls.shape[0]), whole(controls.shape[1]), number(dt_s), number(model.params[1]),
                     number(model.params[2]), _at(model.ground.surface), _at(model.table), _at(model.ground.solid), whole(rows), whole(cols),
                     number(1.0 / model.ground.cell_px), _at(out))

    return run


def _at(array: np.ndarray) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
