"""A lottery in a process of its own, which can be killed without harm to the one that asked.

A long lottery is a job: its solver may run out of memory or be killed half-way, and a web server
must not fall with it. The child gets the arguments on its standard input and answers on its
standard output, in messages of pickled values; both ends are this module, so the pickles are
trusted. If the child ends without an answer, LotteryError("solver.ended") says so.
"""

import contextlib
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any, BinaryIO

from deliberation.sortition.faults import Cancelled, LotteryError
from deliberation.sortition.lottery import Lottery, Progress, hold
from deliberation.sortition.pool import Pool
from deliberation.sortition.targets import Targets

BEAT = 0.2  # seconds between questions whether to stop
GRACE = 10.0  # seconds past the time limit until the child is held to be stuck
ROOT = Path(__file__).resolve().parents[2]


def hold_apart(
    pool: Pool,
    targets: Targets,
    seats: int,
    *,
    time_limit: float | None = None,
    cancelled: Callable[[], bool] | None = None,
    progress: Progress | None = None,
    **settings: object,
) -> Lottery:
    """As `lottery.hold`, with the same errors, in a child process.

    Besides: LotteryError("solver.ended", status=...) if the child was killed or broke, and
    ("solver.stuck") if it does not keep its time limit. `cancelled` is asked every 0.2 seconds
    and then kills the child at once. `progress` is also the heartbeat of a job.
    """
    child = subprocess.Popen(
        [sys.executable, "-m", "deliberation.sortition.apart"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])},
    )
    assert child.stdin is not None and child.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):  # gone already: the reading finds that out
            pickle.dump((pool, targets, seats, {"time_limit": time_limit, **settings}), child.stdin)
            child.stdin.close()
        return _listen(child, child.stdout, time_limit, cancelled, progress)
    finally:
        child.kill()
        child.wait()


def _listen(
    child: "subprocess.Popen[bytes]",
    answers: IO[bytes],
    time_limit: float | None,
    cancelled: Callable[[], bool] | None,
    progress: Progress | None,
) -> Lottery:
    """Waits for the outcome, passes progress on, leaves when the child must not go on."""
    last = None if time_limit is None else time.monotonic() + time_limit + GRACE
    heard: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
    threading.Thread(target=_hear, args=(answers, heard), daemon=True).start()
    while True:
        if cancelled is not None and cancelled():
            raise Cancelled
        if last is not None and time.monotonic() > last:
            raise LotteryError("solver.stuck")
        try:
            kind, value = heard.get(timeout=BEAT)
        except queue.Empty:
            continue
        if kind == "progress" and progress is not None:
            progress(*value)
        elif kind == "error":
            raise LotteryError(value[0], **value[1])
        elif kind == "end":
            raise LotteryError("solver.ended", status=child.wait())
        elif kind == "lottery":
            assert isinstance(value, Lottery)
            return value


def _hear(answers: IO[bytes], heard: "queue.SimpleQueue[tuple[str, Any]]") -> None:
    """Reads messages until the child's end."""
    with answers:
        try:
            while True:
                heard.put(pickle.load(answers))
        except (EOFError, pickle.UnpicklingError):
            heard.put(("end", None))


def _work(asked: BinaryIO, answers: BinaryIO) -> None:
    """The child's side."""
    pool, targets, seats, settings = pickle.load(asked)
    spoke = 0.0

    def tell(kind: str, value: object) -> None:
        pickle.dump((kind, value), answers)
        answers.flush()

    def progress(stage: str, done: int, of: int) -> None:
        nonlocal spoke
        if time.monotonic() - spoke > BEAT:
            spoke = time.monotonic()
            tell("progress", (stage, done, of))

    try:
        outcome = hold(pool, targets, seats, progress=progress, **settings)
    except LotteryError as error:
        tell("error", (error.code, error.values))
        return
    tell("lottery", outcome)


if __name__ == "__main__":
    _work(sys.stdin.buffer, sys.stdout.buffer)
