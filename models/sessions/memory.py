"""A limit on the memory that the calls of a model use."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from biometal_stream.models import runtime
from biometal_stream.models.files import MIB

DEFAULT_MEMORY = 512 * MIB
"""The bytes that concurrent calls of a model may use together, besides its weights. The shipped
models use 1 MiB per call; a network of 20 layers with 64 channels over 300 bases, 300 MiB."""

SHRINK = "memory.enable_memory_arena_shrinkage"
"""The run configuration entry that makes the runtime release memory it keeps."""

_SHARED = "session.use_env_allocators"
_REGISTERED = "already been registered"

_registering = threading.Lock()


@contextmanager
def bounded(settings: Any, limit: int) -> Iterator[None]:
    """Limits what a session that the body builds may allocate.

    The runtime only limits allocators that sessions share. In some version after 1.20 and later,
    the latest registered allocator applies to sessions built after it; older versions keep the
    first of the process.

    Args:
        settings: An ``onnxruntime.SessionOptions``.
        limit: Bytes, for weights and calls together.
    """
    onnxruntime: Any = runtime.onnxruntime()
    settings.add_session_config_entry(_SHARED, "1")
    information = onnxruntime.OrtMemoryInfo(
        "Cpu", onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR, 0, onnxruntime.OrtMemType.DEFAULT
    )
    arena = onnxruntime.OrtArenaCfg({"max_mem": limit})
    with _registering:
        try:
            onnxruntime.create_and_register_allocator(information, arena)
        except RuntimeError as error:
            if _REGISTERED not in str(error):
                raise
        yield


class Turns:
    """Lets calls run in parallel as long as they fit into the memory. Safe to share."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._most = sys.maxsize
        self._alone = False

    @contextmanager
    def beside(self) -> Iterator[None]:
        """Runs the body together with others, as many as have been found to fit."""
        with self._changed:
            while self._alone or self._running >= self._most:
                self._changed.wait()
            self._running += 1
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Runs the body, which did not fit next to others, while no other is running.

        From then on one fewer may run in parallel.
        """
        with self._changed:
            self._most = max(1, min(self._most - 1, self._running))
            while self._alone:
                self._changed.wait()
            self._alone = True
            while self._running:
                self._changed.wait()
        try:
            yield
        finally:
            with self._changed:
                self._alone = False
                self._changed.notify_all()
