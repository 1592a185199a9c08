"""Finds where FASTA files can be divided: before a line that begins with ``>``, a record's header.

No other line begins with it, so each place is right. Only the newline before it is needed.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from biometal_stream.codecs.bgzf.excerpts import BgzfExcerpt
from biometal_stream.codecs.excerpts import PlainExcerpt
from biometal_stream.codecs.ranges import VirtualOffset
from biometal_stream.descriptors import open_descriptor
from biometal_stream.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

    from biometal_stream.codecs.excerpts import Excerpt
    from biometal_stream.codecs.ranges import FileRange


def find_cuts(part: FileRange, number: int, longest: int) -> Iterator[VirtualOffset]:
    """Finds locations at about equal distances.

    Args:
        part: A whole file, plain or BGZF.
        number: The number of partitions; there are fewer if records are longer.
        longest: The most bytes that a record may have.

    Raises:
        InputError: The file cannot be read.
    """
    last = VirtualOffset(0)
    try:
        with open_descriptor(part.path, os.O_RDONLY) as file:
            for index in range(1, number):
                target = part.size * index // number
                if target <= last.byte:
                    continue
                cut = _first_record(_excerpt(part, file, target), longest)
                if cut is None:
                    return
                if cut > last:
                    last = cut
                    yield cut
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{part.name}: cannot be read: {reason}") from error


def _excerpt(part: FileRange, file: FileIO, byte: int) -> Excerpt:
    if part.codec == "bgzf":
        return BgzfExcerpt(file, byte)
    return PlainExcerpt(file, byte - 1)


def _first_record(excerpt: Excerpt, longest: int) -> VirtualOffset | None:
    """The location of the first record after the first newline; ``None`` if not found."""
    passed = searched = 0
    while passed <= longest:
        found = excerpt.text.find(b"\n>", searched)
        if found >= 0:
            return excerpt.position(found + 1)
        if excerpt.exhausted:
            return None
        searched = max(0, len(excerpt.text) - 1)
        passed += searched
        excerpt.forget(searched)
        searched = 0
        excerpt.read()
    return None
