"""The formats that can be read, and how to distinguish them.

The command line, `biometal_stream.read`, Ray, Spark and the messages about inputs of another
format read this table. To add a format:

1. Write a dataclass of its options (`biometal_stream.sources.options`), and a source
   (`biometal_stream.interfaces.Source`) that takes the paths and these options by name.
2. Add a module with a `SourceFormat` called ``FORMAT``.
3. Name that module in `_ENTRIES`.

The first decompressed bytes of an input decide its format, never its name alone. Light: a source
and its dependencies are imported only when used.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError, ForeignInputError
from biometal_stream.sources.foreign import refuse_binary, refuse_text

if TYPE_CHECKING:
    from biometal_stream.codecs.reader import Look
    from biometal_stream.sources.format import SourceFormat

_ENTRIES = ("fastq.format", "fasta.format", "parquet.format", "arrow.format")
"""The modules with one entry each, in `biometal_stream.sources`. The first is the format of an
input that does not begin like any of them."""

_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1f\x7f]")
"""Bytes that text never contains."""

_COMPRESSED = re.compile(r"\.(gz|bgz|zst|bz2|xz)$", re.IGNORECASE)
"""How the name of a file ends that is compressed as a whole."""

_MARK = b"\xef\xbb\xbf"
_SETTLED = 512
"""Bytes after which a tar archive would have been recognized."""


@cache
def source_formats() -> tuple[SourceFormat, ...]:
    """The formats that can be read; the first is the default."""
    modules = [import_module(f"biometal_stream.sources.{entry}") for entry in _ENTRIES]
    return tuple(module.FORMAT for module in modules)


def source_format(name: str) -> SourceFormat:
    """The format with a name.

    Raises:
        ConfigurationError: There is no such format.
    """
    for form in source_formats():
        if form.name == name:
            return form
    known = ", ".join(form.name for form in source_formats())
    raise ConfigurationError(f"unknown format '{name}'; known are {known}")


def format_of(head: bytes) -> SourceFormat | None:
    """The format that an input begins like; ``None`` if it begins like none of them.

    Args:
        head: Its first decompressed bytes.
    """
    text = head.removeprefix(_MARK)
    return next((form for form in source_formats() if form.beginning.match(text)), None)


def named_format(name: str) -> SourceFormat | None:
    """The format in a file's name, compressed or not; ``None`` if the name does not give one."""
    bare = _COMPRESSED.sub("", name).lower()
    return next((form for form in source_formats() if bare.endswith(form.suffixes)), None)


def suffix_of(name: str) -> str | None:
    """The suffix by which a name says its format, with its compression's, such as ``.fq.gz``."""
    bare = _COMPRESSED.sub("", name)
    for form in source_formats():
        for suffix in form.suffixes:
            if bare.lower().endswith(suffix):
                return name[len(bare) - len(suffix) :]
    return None


def look_for(form: SourceFormat) -> Look:
    """Returns a check that refuses an input of another format, by its first bytes."""

    def look(head: bytes, name: str, /, *, ended: bool) -> bool:
        refuse_binary(head, name, form)
        text = head.removeprefix(_MARK)
        found = format_of(head)
        if found is form and len(head) >= _SETTLED:
            return True
        if not ended and (found is None or found is form):
            return False
        if _holds(form, text) or (found is form and form.record is None):
            return True
        for other in source_formats():
            if other is not form and (other is found or _holds(other, text)):
                raise ForeignInputError(
                    f"{name}: is {other.title}, not {form.title}; read it with --format"
                    f" {other.name} (read_{other.name} in Python)"
                )
        if not _CONTROL.search(head, 0, _SETTLED):
            refuse_text(text, name, form)
        return True

    return look


def _holds(form: SourceFormat, text: bytes) -> bool:
    return form.record is not None and form.record.search(text) is not None
