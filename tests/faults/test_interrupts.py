"""An interrupt at any time: targets are old or whole, and no descriptor is lost."""

from __future__ import annotations

import contextlib
import gc
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pyarrow as pa
import pytest

from biometal_stream import atomic, channel, descriptors
from biometal_stream.atomic import AtomicFile, AtomicFiles, AtomicFolder
from biometal_stream.pipeline import Pipeline, execution, flow, stages, steps
from tests.faults.injected import interruptible
from tests.faults.jobs import contents
from tests.stand_ins import Call, Collect, Numbers, own_threads

MOST = 100_000


# What an interrupt parts from its name goes with the garbage, of which Python warns.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")


def interrupted_at(moment: int, modules: set[str], act: Callable[[], object]) -> bool:
    """Does something that an interrupt ends at the nth time that it can come; whether it did."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if frame.f_code.co_filename not in modules:
            return None
        frame.f_trace_opcodes = True
        if event == "opcode" and frame.f_lasti in interruptible(frame.f_code):
            count += 1
            if count == moment:
                raise KeyboardInterrupt
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        act()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return count >= moment


def open_files() -> int:
    return len(list(Path("/proc/self/fd" if sys.platform == "linux" else "/dev/fd").iterdir()))


def write_file(folder: Path) -> None:
    with AtomicFile(folder / "a") as file:
        file.write(b"new")


def write_files(folder: Path) -> None:
    with AtomicFiles([folder / "a", folder / "b"]) as files:
        for file in files.files:
            file.write(b"new")


def write_folder(folder: Path) -> None:
    with AtomicFolder(folder / "f") as target:
        target.append("x/a", b"n")
        target.append("x/a", b"ew")


@pytest.mark.parametrize(
    ("act", "whole"),
    [
        (write_file, {"a": b"new", "b": b"old"}),
        (write_files, {"a": b"new", "b": b"new"}),
        (write_folder, {"a": b"old", "b": b"old", "f/x/a": b"new"}),
    ],
)
def test_of_what_writes(
    tmp_path: Path, act: Callable[[Path], None], whole: dict[str, bytes]
) -> None:
    modules = {descriptors.__file__, *map(str, Path(atomic.__file__).parent.glob("*.py"))}
    old = {"a": b"old", "b": b"old"}
    act(tmp_path)
    before = open_files()
    for moment in range(1, MOST):
        for name in ("f/x/a", "f/x", "f"):
            path = tmp_path / name
            if path.exists():
                path.rmdir() if path.is_dir() else path.unlink()
        for name, data in old.items():
            (tmp_path / name).write_bytes(data)
        interrupted = interrupted_at(moment, modules, lambda: act(tmp_path))
        assert contents(tmp_path) in (old, whole), moment
        assert open_files() == before, moment
        if not interrupted:
            break
    assert contents(tmp_path) == whole
    assert moment > 60


def test_of_a_pipe_and_a_device() -> None:
    before = open_files()
    for act in (
        descriptors.open_pipe,
        lambda: descriptors.open_descriptor(os.devnull, os.O_WRONLY),
        lambda: descriptors.sync_folder("/"),
    ):
        moment = 1
        while interrupted_at(moment, {descriptors.__file__}, act):
            assert open_files() == before, moment
            moment += 1
        assert moment > 2


@pytest.mark.parametrize("serial", [False, True])
def test_of_a_run(serial: bool) -> None:
    """No thread is left, and none waits for a lock that the interrupt has left behind.

    The standard library is left out: `threading.Thread.start` has a lock of its own that an
    interrupt can leave behind.
    """
    parts = (channel, flow, execution, stages, steps)
    modules = {part.__file__ for part in parts}
    operators = (Call(), Call(lambda batch: batch)) if serial else (Call(),)
    pipeline = Pipeline(Numbers(2), operators).with_options(threads=2)

    def run() -> None:
        sink = Collect()
        try:
            pipeline.run(sink)
        finally:
            ends.append(sink.ends)

    ends: list[list[str]] = []
    moment = 1
    gc.freeze()  # what other tests hold is not looked through at each moment
    while interrupted_at(moment, modules, run):
        gc.collect()
        assert own_threads() == [], moment
        assert ends.pop() in (["KeyboardInterrupt"], ["GeneratorExit"], ["committed"], []), moment
        moment += 4
    gc.unfreeze()
    assert moment > 200


def test_of_a_consumer_that_waits() -> None:
    """Its channel is free for the others, whenever the interrupt comes."""
    waiting: channel.Channel[pa.RecordBatch]
    for moment in range(1, 80):
        waiting = channel.Channel("test", 1, 1)
        waiting.send(pa.record_batch({"row": [1]}), 1)
        interrupted_at(moment, {channel.__file__}, lambda waiting=waiting: next(waiting))
        assert waiting._lock.acquire(blocking=False)
        waiting._lock.release()
        waiting.abort()


def test_of_what_wakes_a_sender() -> None:
    """It is woken by the next to come, whenever the interrupt kept the first from doing so."""
    for act in ("abort", "receive"):
        for moment in range(1, 60):
            full: channel.Channel[int] = channel.Channel("test", 1, 1)
            full.send(1, 1)

            def send(full: channel.Channel[int] = full) -> None:
                with contextlib.suppress(channel.Aborted):
                    full.send(2, 1)

            sender = threading.Thread(target=send, daemon=True)
            sender.start()
            while not full._blocked:
                os.sched_yield() if hasattr(os, "sched_yield") else None
            interrupted_at(moment, {channel.__file__}, getattr(full, act))
            full.abort()
            sender.join(60)
            assert not sender.is_alive(), (act, moment)
