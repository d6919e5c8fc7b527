"""Where variables live and die is what numba says, in functions with loops, branches, calls and early ends."""

from __future__ import annotations

import io
import math
from collections.abc import Callable
from contextlib import redirect_stdout
from typing import Any

import pytest

from npc_world.core import compiled

pytestmark = pytest.mark.skipif(not compiled.COMPILED, reason="nothing is compiled")


def straight(x: float, y: float) -> float:
    x = x + y * x
    return math.sqrt(x)


def looped(values: Any, most: int) -> float:
    total, at = 0.0, 0
    while at < len(values):
        value = values[at]
        at += 1
        if value < 0.0:
            continue
        total += max(value, 1.0)
        if at > most:
            break
    return total


def nested(table: Any) -> tuple[int, float]:
    best, row = math.inf, -1
    for i in range(table.shape[0]):
        for j in range(table.shape[1]):
            a, b = table[i, j], (i, j)
            if a < best and b[0] >= 0:
                best, row = a, i
        if row == i and best == 0.0:
            return row, best
    return row, best


def refused(count: int) -> int:
    if count > 5:
        raise ValueError("too many")
    return count


FUNCTIONS = [straight, looped, nested, refused]


def blocks_of(function: Callable[..., Any]) -> Any:
    from numba.core import compiler
    return compiler.run_frontend(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_what_is_used_and_defined_in_each_block(function: Callable[..., Any]) -> None:
    from numba.core import analysis, ir

    from npc_world.core.compiled_lifetimes import _list_vars, _once
    blocks = blocks_of(function).blocks
    assert _once(analysis.compute_use_defs)(blocks) == analysis.compute_use_defs(blocks)
    statements = [statement for block in blocks.values() for statement in block.body]
    assert len(statements) > 4
    for statement in statements:
        assert _list_vars(statement, statement.__dict__) == ir.Inst._rec_list_vars(statement, statement.__dict__)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_variables_die_where_they_did(function: Callable[..., Any]) -> None:
    from numba.core.postproc import PostProcessor

    from npc_world.core.compiled_lifetimes import _when_asked
    said = []
    for run in (PostProcessor.run, _when_asked(PostProcessor.run)):
        found = blocks_of(function)
        run(PostProcessor(found))
        run(PostProcessor(found), emit_dels=True)
        with redirect_stdout(io.StringIO()) as out:
            found.dump()
        said.append(out.getvalue())
    assert said[0] == said[1] and "del " in said[0]
