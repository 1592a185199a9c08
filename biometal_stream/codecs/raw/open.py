"""Opens a path, standard input or a file object."""

from __future__ import annotations

import io
import os
import stat
from io import FileIO
from typing import Any, BinaryIO

from biometal_stream.codecs.raw.files import IS_FOLDER, FileInput, open_path
from biometal_stream.codecs.raw.input import RawInput
from biometal_stream.codecs.raw.looked_at import LookedAt
from biometal_stream.codecs.raw.objects import ObjectInput
from biometal_stream.codecs.raw.once import given_descriptor, given_object
from biometal_stream.codecs.raw.pipes import PipeInput
from biometal_stream.codecs.raw.unchanged import Seen, Watched
from biometal_stream.descriptors import closed_stream, descriptor_of
from biometal_stream.errors import ConfigurationError, InputError

_OF_DESCRIPTORS = ("/dev/fd/", "/dev/stdin", "/proc/")


def open_raw(
    target: str | os.PathLike[str] | BinaryIO | LookedAt, seen: Seen | None = None
) -> RawInput:
    """Opens a path, ``-`` for standard input, or a binary file object.

    Standard input is read from its descriptor, not through `sys.stdin`. For a pipe's buffered file
    object the buffer is taken first and the rest is read from its descriptor; any other object is
    read by its own methods. On Linux a named pipe is opened without waiting for its writer.

    Args:
        target: What to read. An input that was opened earlier to look at it is handed over once,
            with all its bytes.
        seen: The state of a file when the run began, if that was earlier.

    Raises:
        InputError: The file is missing, a folder, unreadable or has changed; standard input is
            closed; or standard input or a file object was read before and is at the position
            where that reading ended.
        ConfigurationError: It is neither a path nor a binary file object.
    """
    if isinstance(target, LookedAt):
        return target.take() or open_raw(target.target)
    if isinstance(target, str | os.PathLike):
        path = os.fspath(target)
        if not isinstance(path, str):
            raise ConfigurationError(f"a path must be text, not {type(path).__name__}")
        closed = closed_stream(0 if path == "-" else descriptor_of(path))
        if closed is not None:
            raise InputError(f"{closed} is closed; name a file, or pipe the reads in")
        if path == "-":
            return _open_given("-", 0)
        file = open_path(path, path)
        if path.startswith(_OF_DESCRIPTORS):  # such as a shell's <(command)
            try:
                given = given_descriptor(path, file.fileno())
            except BaseException:
                file.close()
                raise
            return _input_of(path, file, path, seen).given(given)
        return _input_of(path, file, path, seen)
    return _open_object(target)


def _open_given(name: str, descriptor: int, source: FileIO | None = None) -> RawInput:
    """Opens a descriptor that the caller opened and will close."""
    try:
        file = FileIO(descriptor, "rb", closefd=False)
    except IsADirectoryError as error:
        raise InputError(f"{name}: {IS_FOLDER}") from error
    except OSError as error:
        raise InputError(f"{name}: cannot be opened: {error.strerror}") from error
    given = given_object(name, source) if source is not None else given_descriptor(name, descriptor)
    return _input_of(name, file, None).given(given)


def _input_of(name: str, file: FileIO, path: str | None, seen: Seen | None = None) -> RawInput:
    try:
        if stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return FileInput(name, file, path, seen)
        return PipeInput(name, file)
    except BaseException as error:
        file.close()
        if isinstance(error, OSError):
            raise InputError(f"{name}: cannot be opened: {error.strerror}") from error
        raise


def _open_object(source: Any) -> RawInput:
    given = getattr(source, "name", None)
    name = given if isinstance(given, str) else "<stream>"
    if isinstance(source, io.TextIOBase):
        raise ConfigurationError(f"{name}: is open as text; open it in binary mode ('rb')")
    if not hasattr(source, "read") and not hasattr(source, "readinto"):
        raise ConfigurationError(f"cannot read from {source!r}: give a path or a binary file")
    if getattr(source, "closed", False):
        raise InputError(f"{name}: is a closed file; open it again")
    if type(source) is FileIO:
        return _open_given(name, source.fileno(), source)
    noted = given_object(name, source)
    if type(source) is not io.BufferedReader or type(source.raw) is not FileIO:
        return ObjectInput(name, source).given(noted)
    descriptor = source.fileno()
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return ObjectInput(name, source, Watched(name, descriptor)).given(noted)
    if stat.S_ISFIFO(status.st_mode):
        file = FileIO(descriptor, "rb", closefd=False)
        return PipeInput(name, file, _drain(source, descriptor)).given(noted)
    return ObjectInput(name, source).given(noted)


def _drain(source: io.BufferedReader, descriptor: int) -> bytes:
    """Takes the content of a pipe reader's buffer, without waiting for more."""
    blocking = os.get_blocking(descriptor)
    os.set_blocking(descriptor, False)
    try:
        return source.read1(len(source.peek(1)))
    finally:
        os.set_blocking(descriptor, blocking)
