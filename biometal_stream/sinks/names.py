"""What the name of a target says about its content, so that the two never contradict.

A name can give a format, a compression, both, or neither, like ``reads.txt``, ``-`` and
``/dev/fd/63``. Light: imports nothing heavy.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import NamedTuple

from biometal_stream.errors import ConfigurationError
from biometal_stream.sinks.formats import (
    FORMATS,
    READ_ONLY_SUFFIXES,
    SUFFIXES,
    TEXT_SUFFIXES,
    UNKNOWN_SUFFIXES,
    UNWRITTEN,
    Format,
    SinkFormat,
)

_READ_NUMBER = re.compile(r"(?:^|[._-])[Rr]([12])(?=[._-]|$)")
_LAST_NUMBER = re.compile(r"[._]([12])$")


class Said(NamedTuple):
    """What a name says.

    Attributes:
        stem: The path without the suffixes that have a meaning.
        format: The name of a format of `FORMATS`, or the title of one that cannot be written.
        compression: ``gzip``, ``zstd``, or the suffix of one that cannot be written.
        suffix: The suffix that gives the format.
    """

    stem: str
    format: str | None = None
    compression: str | None = None
    suffix: str = ""

    @property
    def title(self) -> str:
        """The format, for messages."""
        written = FORMATS.get(self.format or "")
        return written.title if written is not None else self.format or ""


def said_by(target: str) -> Said:
    """Reads the end of a name. A folder's name says nothing."""
    if target.endswith("/"):
        return Said(target)
    path = PurePath(target)
    last = path.suffix.lower()
    compression = None
    if last in TEXT_SUFFIXES or last in READ_ONLY_SUFFIXES or last in UNKNOWN_SUFFIXES:
        compression = TEXT_SUFFIXES.get(last, last)
        path = path.with_suffix("")
    suffix = path.suffix.lower()
    format = None
    if suffix in SUFFIXES:
        format = str(SUFFIXES[suffix].name)
    elif suffix in UNWRITTEN:
        format = UNWRITTEN[suffix].title
    stem = target[: len(target) - len(last)] if compression else target
    return Said(stem[: -len(suffix)] if format else stem, format, compression, suffix)


def compression_said_by(target: str) -> str:
    """The compression of text to be written to a target: ``none``, ``gzip``, ``zstd``.

    Raises:
        ConfigurationError: The name gives a compression that cannot be written.
    """
    said = said_by(target).compression
    if said is None:
        return "none"
    if said in READ_ONLY_SUFFIXES:
        raise ConfigurationError(
            f"{target}: {said} is read but not written; use .gz or .zst, which are faster"
        )
    if said not in TEXT_SUFFIXES.values():
        raise ConfigurationError(f"{target}: writing {said} is not supported; use .gz or .zst")
    return said


def mate_said_by(target: str) -> int | None:
    """The mate that a name gives: 1 for ``a_R1_001.fq.gz`` and ``a.1.fq``, 2 for ``a_2.fq``."""
    said = PurePath(said_by(target).stem).name
    found = _READ_NUMBER.search(said) or _LAST_NUMBER.search(said)
    return int(found[1]) if found else None


def mates_warning(target: str, mate: str | None) -> str | None:
    """The warning if pairs go to files whose names say something else.

    Args:
        target: The file for mates 1, or for both.
        mate: The file for mates 2, or ``None`` if pairs are interleaved.
    """
    first = mate_said_by(target)
    if mate is None and first is not None:
        return (
            f"{target}: its name says mates {first}, but it gets both mates of each pair,"
            " interleaved; --mate FILE (mate= in Python) puts mates 2 into their own file,"
            " and --interleaved confirms that you want one file"
        )
    if mate is not None and (first, mate_said_by(mate)) == (2, 1):
        return f"{target}: its name says mates 2, but it gets mates 1; {mate} gets mates 2"
    return None


def check_name(
    target: str, format: SinkFormat, compression: str | None = None, *, only: bool = False
) -> None:
    """Checks that a name fits what is written there.

    Args:
        target: The file or folder.
        format: The format to write.
        compression: For a text format ``none``, ``gzip`` or ``zstd``, or ``None`` for what the
            name says. Other formats are compressed inside, which names do not show.
        only: Whether this is the only possible format, so that no other is suggested.

    Raises:
        ConfigurationError: The name says something else.
    """
    written = FORMATS[format]
    if written.text:
        _check_text(target, written, compression, only=only)
    elif not Path(target).is_dir():  # which may have any name
        _check_whole(target, written, only=only)


def _check_text(target: str, written: Format, compression: str | None, *, only: bool) -> None:
    said = said_by(target)
    _check_format(target, said, written, only=only)
    named = compression_said_by(target)
    says_plain = said.format == written.name and named == "none"
    if compression is None or compression == named or (named == "none" and not says_plain):
        return
    fitting = f"{said.stem}{said.suffix if said.format else ''}{_preferred(compression)}"
    what = "no compression" if named == "none" else named
    raise ConfigurationError(
        f"{target}: the name says {what}, but the compression is {compression}; name it {fitting},"
        " or leave the compression out"
    )


def _check_whole(target: str, written: Format, *, only: bool) -> None:
    said = said_by(target)
    if said.suffix in written.shared_suffixes and said.compression is None:
        return
    _check_format(target, said, written, only=only)
    if said.compression is not None:
        raise ConfigurationError(
            f"{target}: the name says a file that is compressed as a whole, but"
            f" {written.title} is compressed inside; name it {said.stem}{written.suffix}"
        )


def check_text_name(target: str, what: str, suffix: str) -> None:
    """Checks that a name fits plain text without reads, such as a report.

    Args:
        target: The file.
        what: What is written, such as ``JSON``.
        suffix: The suffix to suggest, such as ``.json``.

    Raises:
        ConfigurationError: The name says something else.
    """
    said = said_by(target)
    if said.format in {None, what} and said.compression is None:
        return
    says = said.title if said.format not in {None, what} else "a compressed file"
    raise ConfigurationError(
        f"{target}: the name says {says}, but {what} is written there; name it {said.stem}{suffix}"
    )


def _check_format(target: str, said: Said, written: Format, *, only: bool) -> None:
    if said.format is None or said.format == written.name:
        return
    fitting = f"{said.stem}{written.suffix}"
    if written.text and said.compression is not None:
        fitting += _preferred(said.compression)
    rest = ""
    other = FORMATS.get(said.format)
    if other is not None and not only:
        rest = f", or write {other.title} (--format {other.name}; {other.method} in Python)"
    raise ConfigurationError(
        f"{target}: the name says {said.title}, but {written.title} is to be written; name it"
        f" {fitting}{rest}"
    )


def _preferred(compression: str) -> str:
    """The first suffix of a compression of text; empty for ``none``."""
    return next((end for end, name in TEXT_SUFFIXES.items() if name == compression), "")
