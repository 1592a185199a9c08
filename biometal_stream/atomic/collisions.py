"""Looks for outputs that would do harm, before anything is written.

Two names are the same file if they have the same device and inode, so links, bind mounts and
other spellings are recognized. For files that do not exist yet, their folders are compared, and
the file system is asked whether it treats the two names as one, as macOS does with ``A.fq`` and
``a.fq``.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

from biometal_stream.atomic.targets import STANDARD_OUTPUT
from biometal_stream.descriptors import descriptor_of
from biometal_stream.errors import ConfigurationError, SinkError

Status: TypeAlias = os.stat_result | None

_PROBED = 100
"""Characters of a name to try, from the first difference on: enough to see how names compare."""


class Output(NamedTuple):
    """A file or folder to be written.

    Attributes:
        path: Its path; ``-`` for standard output.
        what: What the user calls it, such as ``--quarantine``.
        folder: Whether it is a folder that is written as a whole.
    """

    path: str
    what: str = ""
    folder: bool = False

    @property
    def shown(self) -> str:
        """Its name in messages."""
        return "standard output" if self.path == STANDARD_OUTPUT else self.path


def check_outputs(inputs: Iterable[object], outputs: Sequence[Output]) -> None:
    """Checks that no output is an input, another output, or inside a folder that is one.

    Standard input and output count as the files that they are connected to: otherwise
    ``read reads.fq write - >> reads.fq`` would read what it writes, without end. A terminal or
    another device such as ``/dev/null`` may take several outputs.

    Args:
        inputs: Paths, ``-`` for standard input, or file objects. Inputs without a file are ignored.
        outputs: All that the run writes.

    Raises:
        SinkError: An output is an input.
        ConfigurationError: Two outputs are one file, or one is inside another.
    """
    read = [status for each in inputs if (status := input_status(each)) is not None]
    for place, output in enumerate(outputs):
        status = _output_status(output.path)
        if status is not None and any(_is_same_file(status, other) for other in read):
            rest = f"{output.what} must be another file" if output.what else "name another file"
            raise SinkError(f"{output.shown}: is an input; {rest}")
        for earlier in outputs[:place]:
            _refuse_one_place(earlier, output)
            for folder, inner in ((earlier, output), (output, earlier)):
                if folder.folder and _is_inside(inner.path, folder.path):
                    raise ConfigurationError(
                        f"{inner.path}: is inside {folder.path}, which is written as a whole;"
                        " name a file outside of it"
                    )


class OutputsSoFar:
    """The outputs of a run: known from the start, or named by values while it runs.

    Args:
        inputs: As in `check_outputs`.
        outputs: All that are known from the start.

    Raises:
        SinkError: An output is an input.
        ConfigurationError: Two outputs are one file, or one is inside another.
    """

    def __init__(self, inputs: Sequence[object], outputs: Sequence[Output]) -> None:
        check_outputs(inputs, outputs)
        self._inputs = inputs
        self._known = outputs
        self._added: dict[str, list[str]] = {}  # by the form that a file system might compare

    def add(self, path: str) -> None:
        """Checks a new output against the inputs and all outputs before it.

        The time does not depend on how many were added before.

        Raises:
            SinkError: It is an input.
            ConfigurationError: It is another output, or inside one.
        """
        output = Output(path)
        check_outputs(self._inputs, [*self._known, output])
        alike = self._added.setdefault(folded(os.path.realpath(path)), [])
        for other in alike:
            _refuse_one_place(Output(other), output)
        alike.append(path)


def are_one_place(one: str, other: str) -> bool:
    """Whether two targets are the same file, folder or descriptor, existing or not.

    Args:
        one: A path; ``-`` for standard output.
        other: The other one.
    """
    first, second = _output_status(one), _output_status(other)
    if first is not None and second is not None:
        if stat.S_ISCHR(first.st_mode):
            return one == other == STANDARD_OUTPUT
        return os.path.samestat(first, second) or one == other
    if first is not None or second is not None:
        return False
    return _will_be_one(Path(os.path.realpath(one)), Path(os.path.realpath(other)))


def _refuse_one_place(earlier: Output, output: Output) -> None:
    if not are_one_place(earlier.path, output.path):
        return
    if not output.what:
        raise ConfigurationError(f"{output.shown}: is written twice; name two files")
    raise ConfigurationError(f"{output.shown}: cannot be both {earlier.what} and {output.what}")


def _will_be_one(one: Path, other: Path) -> bool:
    if one == other:
        return True
    try:
        if not one.parent.samefile(other.parent):
            return False
    except OSError:  # the folder does not exist: opening the files reports that
        return False
    return one.name == other.name or folds(one.parent, one.name, other.name)


def folds(folder: Path, one: str, other: str) -> bool:
    """Whether a folder treats two names as one: it ignores case, or how accents are encoded.

    Args:
        folder: The folder. A file is created in it for a moment, to ask the file system.
        one: A name, or a path below the folder.
        other: The other one.
    """
    one, other = one.replace("/", "_"), other.replace("/", "_")
    alike = [first == second for first, second in zip(one, other, strict=False)]
    same = [*alike, False].index(False)
    token = f".{os.urandom(8).hex()}"
    first, second = (folder / f"{token}{name[same:][:_PROBED]}" for name in (one, other))
    try:
        first.touch(exist_ok=False)
        return second.exists()
    except OSError:  # opening the files reports it
        return False
    finally:
        try:  # noqa: SIM105 - in one step, so that no interrupt can come first
            os.unlink(first)  # noqa: PTH108
        except OSError:
            pass


def folded(name: str) -> str:
    """The form of a name that file systems might compare: without case and accents' encoding."""
    import unicodedata

    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _is_inside(path: str, folder: str) -> bool:
    if path == STANDARD_OUTPUT or descriptor_of(path) is not None:
        return False
    final = Path(os.path.realpath(folder))
    status = _status(final)
    for parent in Path(os.path.realpath(path)).parents:
        if parent == final:
            return True
        above = _status(parent)
        if status is not None and above is not None and os.path.samestat(status, above):
            return True
    return False


def _is_same_file(one: os.stat_result, other: os.stat_result) -> bool:
    return stat.S_ISREG(one.st_mode) and os.path.samestat(one, other)


def input_status(source: object) -> Status:
    """The status of a path, ``-`` for standard input, or a file object; ``None`` if not a file."""
    if isinstance(source, str | os.PathLike):
        return _descriptor_status(0) if source == "-" else _status(source)
    try:
        return _descriptor_status(source.fileno())  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):  # no descriptor, or closed
        return None


def _output_status(path: str) -> Status:
    number = 1 if path == STANDARD_OUTPUT else descriptor_of(path)
    return _status(path) if number is None else _descriptor_status(number)


def _descriptor_status(number: int) -> Status:
    try:
        return os.fstat(number)
    except OSError:
        return None


def _status(path: str | os.PathLike[str]) -> Status:
    try:
        return Path(path).stat()
    except (OSError, ValueError):
        return None
