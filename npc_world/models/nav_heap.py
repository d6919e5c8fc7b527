"""A binary min-heap of cells by time, in two arrays, for kernels."""

from __future__ import annotations

from npc_world.core.compiled import kernel

__all__ = ["heap_pop", "heap_push"]


@kernel
def heap_push(heap_time, heap_cell, count, time, cell):  # type: ignore[no-untyped-def]
    """Add to the heap; returns the new count."""
    i = count
    while i > 0:
        parent = (i - 1) // 2
        if heap_time[parent] <= time:
            break
        heap_time[i], heap_cell[i] = heap_time[parent], heap_cell[parent]
        i = parent
    heap_time[i], heap_cell[i] = time, cell
    return count + 1


@kernel
def heap_pop(heap_time, heap_cell, count):  # type: ignore[no-untyped-def]
    """Remove the least, which is read at place 0 before; returns the new count."""
    count -= 1
    time, cell = heap_time[count], heap_cell[count]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= count:
            break
        if child + 1 < count and heap_time[child + 1] < heap_time[child]:
            child += 1
        if heap_time[child] >= time:
            break
        heap_time[i], heap_cell[i] = heap_time[child], heap_cell[child]
        i = child
    heap_time[i], heap_cell[i] = time, cell
    return count
