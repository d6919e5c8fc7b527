"""Run a command and show that it goes on: one line that is written anew, or a line per step where there is no terminal."""

from __future__ import annotations

import queue
import re
import subprocess
import sys
import threading
import time
from collections import deque

__all__ = ["run_with_progress", "say"]

_STEP = re.compile(r"\s*(Collecting|Downloading|Building wheel for|Installing collected packages|Preparing|Installing build dependencies|Obtaining)\b:? ?(.*)")


def say(text: str) -> None:
    """One line of the set-up, to standard error: standard output belongs to what is run afterwards."""
    print(f"npc_world: {text}", file=sys.stderr, flush=True)


def run_with_progress(command: list[str], what: str, environment: dict[str, str] | None = None) -> tuple[int, str]:
    """Exit code and last lines of a command, pip's output shortened to one line of progress."""
    started = time.monotonic()
    terminal = sys.stderr.isatty()
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               encoding="utf-8", errors="replace", env=environment)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(process, lines), daemon=True).start()
    last: deque[str] = deque(maxlen=25)
    step, told = "", 0.0
    try:
        while True:
            try:
                line = lines.get(timeout=0.5)
            except queue.Empty:
                line = ""
            if line is None:
                break
            if line.strip():
                last.append(line.rstrip())
                step = _step_of(line) or step
            now = time.monotonic()
            if terminal or now - told > 10.0:
                told = now
                text = f"npc_world: {what}, {now - started:3.0f} s: {step}"[:100]
                print(f"\r{text:<100}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
        code = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    finally:
        if terminal:
            print(f"\r{'':<100}\r", end="", file=sys.stderr, flush=True)
    return code, "\n".join(last)


def _read(process: subprocess.Popen[str], lines: queue.SimpleQueue[str | None]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        lines.put(line)
    lines.put(None)


def _step_of(line: str) -> str:
    match = _STEP.match(line)
    if not match:
        return ""
    detail = match[2].split("/")[-1] if match[1] == "Downloading" else match[2]
    return f"{match[1].lower()} {detail}".strip()
