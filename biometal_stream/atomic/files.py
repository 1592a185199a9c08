"""Several files that are published together."""

from __future__ import annotations

import os
from collections.abc import Iterable

from biometal_stream.atomic.collisions import Output, check_outputs
from biometal_stream.atomic.file import AtomicFile
from biometal_stream.atomic.pipes import QUEUE_BYTES
from biometal_stream.atomic.whole import WholeOrNothing, commit_members
from biometal_stream.paths import path_text


class AtomicFiles(WholeOrNothing):
    """Several files that are published together, as nearly as a system allows.

    All of them are durable before the first is renamed. Two runs on the same targets rename one
    after the other, so all files come from one run. If a rename fails, the earlier ones are undone
    and the replaced files restored. Only a machine that crashes between two renames can leave some
    targets new and others old; each of them is complete.

    If several are pipes, each is written by its own thread, so that one program can read them in
    turn.

    Args:
        targets: The paths of the files.
        queue: Bytes that may wait for the reader of each pipe.

    Attributes:
        files: One for each target, to be written to.

    Raises:
        ConfigurationError: Two targets are one file.
        SinkError: As for `AtomicFile`.
    """

    def __init__(
        self, targets: Iterable[str | os.PathLike[str]], *, queue: int = QUEUE_BYTES
    ) -> None:
        paths = [path_text(target) for target in targets]
        check_outputs((), [Output(path) for path in paths])
        files: list[AtomicFile] = []
        try:
            for path in paths:
                # One by one: on an error the earlier ones are discarded.
                files.append(AtomicFile(path, queue=queue))  # noqa: PERF401
            pipes = [file for file in files if file._is_pipe]
            if len(pipes) > 1:
                for file in pipes:
                    file._set_apart()
        except BaseException:
            for file in files:
                file.discard()
            raise
        self.files = tuple(files)

    @property
    def bytes_written(self) -> int:
        """Bytes written so far."""
        return sum(file.bytes_written for file in self.files)

    def commit(self) -> None:
        """Makes all files durable and gives them their names.

        Raises:
            SinkError: The system refuses; the targets are unchanged.
        """
        try:
            commit_members(self._members())
        finally:
            self.discard()

    def _members(self) -> tuple[AtomicFile, ...]:
        return tuple(member for file in self.files for member in file._members())

    def _fail(self) -> None:
        for file in self.files:
            file._end()
        for file in self.files:
            file._fail()

    def discard(self) -> None:
        """Drops what was written. May be called again; does nothing after `commit`."""
        for file in self.files:
            file.discard()
