"""The files of a report, which are opened before the run and complete or absent after it."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from functools import partial
from shutil import get_terminal_size
from typing import TYPE_CHECKING, NoReturn, Self

from biometal_stream.atomic import AtomicFile, Output, check_outputs
from biometal_stream.errors import ConfigurationError, DataError, SinkError
from biometal_stream.reports.forms import STREAM, contents, form_of, is_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from biometal_stream.reports.document.document import Document


class ReportFiles:
    """The files that a report is written to. Use it as a context, from one thread.

    Opening them first has a long run not end with "no such folder". What was not written when the
    context ends is left as it was.

    Args:
        paths: The names as given; each gives its form. ``-`` is standard output.
        inputs: The files that must not be replaced.

    Attributes:
        written: The size of each file in bytes, by its name, once written.

    Raises:
        ConfigurationError: A name gives no form, or two are the same file.
        SinkError: A file cannot be written, or is an input.
    """

    def __init__(self, paths: Sequence[str], inputs: Sequence[object] = ()) -> None:
        self._paths = paths
        self._inputs = inputs
        self._open: dict[str, AtomicFile] = {}
        self.written: dict[str, int] = {}
        check_outputs(inputs, [Output(path) for path in paths])
        try:
            for path in paths:
                form_of(path)
                if path != STREAM:
                    self._open[path] = AtomicFile(path)
        except BaseException:
            self._discard()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._discard()

    def write(self, document: Document) -> None:
        """Writes the report in all forms: JSON first, because it can be converted later.

        A form that fails does not keep the others from being written.

        Raises:
            ConfigurationError: The document lacks what a form needs.
            SinkError: A file cannot be written.
        """
        write_each(self.writes(document))

    def writes(self, document: Document) -> dict[str, Callable[[], None]]:
        """What writes each file of the report, by its name as given, in the order of `write`."""
        paths = sorted(self._paths, key=lambda path: not is_json(path))
        return {path: partial(self._write, path, document) for path in paths}

    def _write(self, path: str, document: Document) -> None:
        if path == STREAM:
            _print(document)
            return
        files = contents(path, document)
        check_outputs(self._inputs, [Output(name) for name in files])
        taken = [name for name in files if name in self.written]
        if taken:
            raise ConfigurationError(f"{taken[0]}: two reports have this file; rename one of them")
        with ExitStack() as stack:
            for name, content in files.items():
                opened = self._open.pop(name) if name in self._open else AtomicFile(name)
                stack.enter_context(opened).write(content)
                self.written[name] = len(content)

    def _discard(self) -> None:
        for file in self._open.values():
            file.discard()


def write_each(writes: Mapping[str, Callable[[], object]]) -> None:
    """Writes files; one that fails does not keep the others from being written.

    Args:
        writes: What writes each file, by its name.

    Raises:
        Exception: The first error. It names all files that are not written.
    """
    failed: dict[str, Exception] = {}
    for path, write in writes.items():
        try:
            write()
        except Exception as error:  # noqa: BLE001 - raised below
            failed[path] = error
    if failed:
        _raise(failed)


def _raise(failed: Mapping[str, Exception]) -> NoReturn:
    """Raises the first error, which names all files that are not written."""
    path, error = next(iter(failed.items()))
    name, *others = ["standard output" if each == STREAM else each for each in failed]
    if not isinstance(error, ConfigurationError | DataError | SinkError):
        unnamed = others if isinstance(error, OSError) else [name, *others]
        if unnamed:
            error.add_note(f"Not written: {', '.join(unnamed)}.")
        raise error
    said = str(error) if path in str(error) else f"{name}: {error}"
    also = f"; also not written: {', '.join(others)}" if others else ""
    raise type(error)(said + also) from error


def _print(document: Document) -> None:
    """Prints the report as text, as wide as a terminal, or else as in a file."""
    from biometal_stream.reports.text.bars import can_draw
    from biometal_stream.reports.text.report import WIDTH, text_report

    if sys.stdout is None:
        raise SinkError("standard output is closed")
    width = min(get_terminal_size().columns, 120) if sys.stdout.isatty() else WIDTH
    sys.stdout.write(text_report(document, width, unicode=can_draw(sys.stdout.encoding)))
    sys.stdout.flush()


class TableFile:
    """The tables of reports as one Parquet file, written report by report. Use it as a context.

    Args:
        path: The file.
        inputs: The files that must not be replaced.

    Attributes:
        bytes_written: Its size so far.

    Raises:
        SinkError: It cannot be written, or is an input.
    """

    def __init__(self, path: str, inputs: Sequence[object] = ()) -> None:
        check_outputs(inputs, [Output(path)])
        self.bytes_written = 0
        self._path = path
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        from biometal_stream.reports.tables.long import LongTableWriter

        with ExitStack() as stack:
            self._file = stack.enter_context(AtomicFile(self._path))
            self._writer = stack.enter_context(LongTableWriter(self._file))
            self._stack = stack.pop_all()
        return self

    def add(self, document: Document) -> None:
        """Adds the tables of a report."""
        self._writer.add(document)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.__exit__(kind, error, trace)
        self.bytes_written = self._file.bytes_written
