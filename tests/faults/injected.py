"""Faults that a child of the nursery brings upon itself, at an exact moment and without a sleep."""

from __future__ import annotations

import dis
import functools
import itertools
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import biometal_stream
from biometal_stream.atomic import folder as atomic_folder
from biometal_stream.atomic import tree as atomic_tree
from biometal_stream.atomic import writing as atomic_writing
from biometal_stream.descriptors import open_descriptor

NOTE = os.devnull
"""The file that takes what a fault has to tell."""

_PACKAGE = str(Path(biometal_stream.__file__).parent)
SYSTEM = (
    "write",
    "writev",
    "readv",
    "fsync",
    "replace",
    "rename",
    "link",
    "unlink",
    "mkdir",
    "rmdir",
)


@functools.cache
def interruptible(code: CodeType) -> frozenset[int]:
    """The instructions before which CPython looks for signals: behind calls, starts and loops.

    It does so nowhere else; above all not between a lock's coming and going and the block that
    they belong to. What is raised there belongs to the call, so an instruction behind the last
    call of a ``try`` is none of them: it would be outside.
    """
    blocks = dis._parse_exception_table(code)  # type: ignore[attr-defined]

    def block(offset: int) -> object:
        return next((each.target for each in blocks if each.start <= offset < each.end), None)

    found = set()
    behind: int | None = None
    for instruction in dis.get_instructions(code):
        if behind is not None and block(behind) == block(instruction.offset):
            found.add(instruction.offset)
        calls = instruction.opname in {"CALL", "CALL_KW", "CALL_FUNCTION_EX", "RESUME"}
        behind = instruction.offset if calls else None
        if instruction.opname.startswith("JUMP_BACKWARD"):
            found.add(instruction.argval)
    return frozenset(found)


def signal_at_instruction(number: int, moment: int) -> None:
    """Sends this process a signal at the nth time that the main thread would see it.

    Only the package's own code counts. Also notes how many such times there are in all where the
    signal never comes.
    """
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        if not frame.f_code.co_filename.startswith(_PACKAGE):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        if event == "opcode" and frame.f_lasti in interruptible(frame.f_code):
            count += 1
            if count == moment:
                sys.settrace(None)
                Path(NOTE).write_text(f"{frame.f_code.co_filename}:{frame.f_lineno}")
                os.kill(os.getpid(), number)
        return trace

    import atexit

    if not moment:
        atexit.register(lambda: Path(NOTE).write_text(str(count)))
    sys.settrace(trace)


def signal_at_call(number: int, moment: int, before: bool) -> None:
    """Sends this process a signal before or after its nth call of the system, from any thread.

    Also notes how many calls there are in all where the signal never comes.
    """
    counts = itertools.count(1)

    def wrapped(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            here = next(counts) == moment
            if here:
                Path(NOTE).write_text(f"{'before' if before else 'after'} {name}")
            if here and before:
                os.kill(os.getpid(), number)
            result = real(*arguments, **options)
            if here and not before:
                os.kill(os.getpid(), number)
            return result

        return call

    import atexit

    if not moment:
        atexit.register(lambda: Path(NOTE).write_text(str(next(counts) - 1)))
    patch_system(wrapped)


class FailingCalls:
    """Calls of the system of which the nth fails, and all after it.

    A disk that is full stays full, so that what follows must not count on room either. Only a
    rename fails alone: where none is possible any more, nobody can undo those of before. Calls
    that write to the standard streams do not count.

    Args:
        error: The number of the error.
        names: The calls.
        moment: Which one fails; by default none does.

    Attributes:
        calls: How many there were so far.
    """

    def __init__(self, error: int, names: tuple[str, ...], moment: int | None = None) -> None:
        self._error = error
        self._names = names
        self._moment = moment
        self.calls = 0

    def wrapped(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        """A call of the system in place of the real one."""
        if name not in self._names:
            return real

        def call(*arguments: Any, **options: Any) -> Any:
            if _is_output(name, arguments):
                self.calls += 1
                late = self._moment is not None and self.calls > self._moment
                if self.calls == self._moment or (late and name not in {"replace", "rename"}):
                    raise OSError(self._error, os.strerror(self._error))
            return real(*arguments, **options)

        return call


def _is_output(name: str, arguments: tuple[Any, ...]) -> bool:
    return name not in {"write", "writev"} or int(arguments[0]) > 2


def patch_system(
    wrapped: Callable[[str, Callable[..., Any]], Callable[..., Any]],
    change: Callable[[Any, str, Any], None] = setattr,
) -> None:
    """Puts others in the place of calls of the system; ``open`` is that of what is written."""
    for name in SYSTEM:
        change(os, name, wrapped(name, getattr(os, name)))
    for module in (atomic_folder, atomic_tree, atomic_writing):
        change(module, "open_descriptor", wrapped("open", open_descriptor))


def read_error_at(error: int, moment: int) -> None:
    """Has the nth read of an input fail."""
    counts = itertools.count(1)
    real = os.readv

    def readv(descriptor: int, buffers: Any) -> int:
        if next(counts) == moment:
            raise OSError(error, os.strerror(error))
        return real(descriptor, buffers)

    os.readv = readv


def short_of_memory(room: int) -> None:
    """Limits the address space to what is in use and some bytes more."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + room
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def short_of_threads(threads: int) -> None:
    """Has the system refuse all threads of a run but some."""
    start = threading.Thread.start
    left = itertools.count(threads, -1)

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("biometal") and next(left) <= 0:
            raise RuntimeError("can't start new thread")
        start(thread)

    threading.Thread.start = refuse  # type: ignore[method-assign]


def become(user: int) -> None:
    """Goes on as a user without rights."""
    os.setgroups([])
    os.setgid(user)
    os.setuid(user)


def limit_file_size(size: int) -> None:
    """Limits the bytes of any file that is written, as a quota does."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
