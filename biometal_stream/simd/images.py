"""Machine code of kernels that was written when the package was built.

An image is a file for one kind of processor: `biometal_stream.simd.aot` writes it, and a process
copies it to memory when it calls its first kernel.
"""

from __future__ import annotations

import ctypes
import json
import mmap
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parent / "built"
"""Where the images lie."""

PACKAGE = Path(__file__).parents[1]
"""Whose kernels they are."""

MAGIC = b"biometal_stream kernels 2\n"
"""How an image begins, with the version of its format."""

_HEAD = struct.Struct("<II")  # the checksum of the rest, and the size of the header
_FASTCALL = 0x80  # METH_FASTCALL


class Header(NamedTuple):
    """What is known of an image.

    Attributes:
        writable: Where the bytes that are written begin.
        entries: Where each function begins.
        imports: Where the address of each function and object from outside is written.
        own: Where the address of a byte of the image is written, and of which.
        sources: The `checksum` of each file that the kernels are made of, by its path in the
            package.
        compiler: The versions of numba and llvmlite.
    """

    writable: int
    entries: dict[str, int]
    imports: dict[str, int]
    own: list[tuple[int, int]]
    sources: dict[str, int]
    compiler: str


def checksum(data: bytes) -> int:
    """A checksum against accidents: CRC-32, since importing OpenSSL for a hash takes 3 ms."""
    return zlib.crc32(data)


def packed(header: Header, content: bytes) -> bytes:
    """The file of an image."""
    text = json.dumps(header._asdict()).encode()
    return MAGIC + _HEAD.pack(checksum(text + content), len(text)) + text + content


def unpacked(data: bytes) -> tuple[Header, bytes]:
    """What `packed` was given.

    Raises:
        ValueError: The file is not an image of this version, or is damaged.
    """
    start = len(MAGIC) + _HEAD.size
    if not data.startswith(MAGIC) or len(data) < start:
        raise ValueError("it is damaged")
    expected, size = _HEAD.unpack_from(data, len(MAGIC))
    if checksum(data[start:]) != expected:
        raise ValueError("it is damaged")
    return Header(**json.loads(data[start : start + size])), data[start + size :]


def is_of_another_version(data: bytes) -> bool:
    """Whether a file is an image with another format, as a checkout may still have."""
    name, _, _ = MAGIC.rpartition(b" ")
    return data.startswith(name) and not data.startswith(MAGIC)


def changed_sources(header: Header) -> list[str]:
    """The files that are not as they were when the image was made, in the order of their paths."""
    return [path for path, crc in header.sources.items() if not _is_as_it_was(PACKAGE / path, crc)]


def _is_as_it_was(file: Path, crc: int) -> bool:
    try:
        return checksum(file.read_bytes()) == crc
    except FileNotFoundError:  # as where only bytecode is installed
        return True


class _Method(ctypes.Structure):
    """PyMethodDef."""

    _fields_ = (
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("doc", ctypes.c_char_p),
    )


class Image:
    """Machine code in memory, which stays there until the process ends.

    Args:
        header: What is known of it.
        content: The bytes.

    Raises:
        OSError: The system lets no code be run that was written to memory.
        ValueError: This Python's objects are not laid out as the code expects.
    """

    def __init__(self, header: Header, content: bytes) -> None:
        if object.__basicsize__ != 16:  # of PyObject_HEAD, which is larger without the GIL
            raise ValueError("it is for a Python with a GIL")
        # Kernels point into it, and a thread may be in one until the process has ended.
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self))
        self._header = header
        self._methods: list[Any] = []
        self._memory = mmap.mmap(-1, len(content))
        self._memory[:] = content
        self._start = ctypes.addressof(ctypes.c_char.from_buffer(self._memory))
        for name, place in header.imports.items():
            struct.pack_into("<Q", self._memory, place, _address(name))
        for place, target in header.own:
            struct.pack_into("<Q", self._memory, place, self._start + target)
        _make_executable(self._start, header.writable)

    def function(self, name: str, bound: object) -> Callable[..., Any] | None:
        """A kernel, as a function that Python calls by position.

        Args:
            name: The kernel's.
            bound: What the function returns where it is not made for the arguments.

        Returns:
            The function; ``None`` where the image has no such kernel.
        """
        if name not in self._header.entries:
            return None
        address = self._start + self._header.entries[name]
        method = _Method(name.encode(), address, _FASTCALL, None)
        self._methods.append(method)
        make = ctypes.pythonapi.PyCFunction_NewEx
        make.argtypes = (ctypes.c_void_p, ctypes.py_object, ctypes.py_object)
        make.restype = ctypes.py_object
        found: Callable[..., Any] = make(ctypes.addressof(method), bound, "biometal_stream")
        return found


def _address(name: str) -> int:
    """The address of a function or object of Python's, of numpy's, or of the C library."""
    if name == "PyArray_Type":
        import numpy as np

        return id(np.ndarray)
    if name == "_Py_NoneStruct":
        return id(None)
    library = ctypes.pythonapi if name.startswith("Py") else ctypes.CDLL(None)
    return ctypes.cast(getattr(library, name), ctypes.c_void_p).value or 0


def _make_executable(start: int, size: int) -> None:
    """Lets a part of the memory be run, and no longer be written.

    Raises:
        OSError: The system forbids it.
    """
    library = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        library.sys_icache_invalidate(ctypes.c_void_p(start), ctypes.c_size_t(size))
    protection = mmap.PROT_READ | mmap.PROT_EXEC
    if library.mprotect(ctypes.c_void_p(start), ctypes.c_size_t(size), protection):
        raise OSError(ctypes.get_errno(), "the system lets no code be run from memory")
