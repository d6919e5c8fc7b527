"""Min-heaps of cells by time, for kernels: a binary one in two arrays, and a quicker one of keys that hold both, the time rounded."""

from __future__ import annotations

from npc_world.core.compiled import kernel

__all__ = ["KEY_STEPS", "cell_of_key", "heap_pop", "heap_push", "key_of", "key_pop", "key_push"]


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


KEY_CELL_BITS = 26
"""A terrain has at most so many bits of cells."""
KEY_STEPS = 16384.0
"""Times in a key are in shares of a cell's time on good ground: so fine that what comes up out of order is wrong by less than that."""
_LAST_TIME = (1 << 36) - 1


@kernel
def key_of(steps, cell):  # type: ignore[no-untyped-def]
    """One whole number that sorts by time first: `steps` is the time over that of one step of `KEY_STEPS`."""
    return (min(_LAST_TIME, int(steps)) << KEY_CELL_BITS) | cell


@kernel
def cell_of_key(key):  # type: ignore[no-untyped-def]
    """The cell in a key."""
    return key & ((1 << KEY_CELL_BITS) - 1)


@kernel
def key_push(heap, count, key):  # type: ignore[no-untyped-def]
    """Add to a heap of keys, in which each has four below it that lie beside each other; returns the new count."""
    i = count
    while i > 0:
        parent = (i - 1) >> 2
        if heap[parent] <= key:
            break
        heap[i] = heap[parent]
        i = parent
    heap[i] = key
    return count + 1


@kernel
def key_pop(heap, count):  # type: ignore[no-untyped-def]
    """Remove the least key, which is read at place 0 before; returns the new count."""
    count -= 1
    key = heap[count]
    i, child = 0, 1
    while child + 3 < count:
        least, at = heap[child], child
        for other in range(child + 1, child + 4):
            if heap[other] < least:
                least, at = heap[other], other
        if least >= key:
            heap[i] = key
            return count
        heap[i] = least
        i, child = at, 4 * at + 1
    if child < count:
        at = child
        for other in range(child + 1, count):
            if heap[other] < heap[at]:
                at = other
        if heap[at] < key:
            heap[i], i = heap[at], at
    heap[i] = key
    return count
