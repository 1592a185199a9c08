"""The indexes of a step as they are typed: a file or a shipped name, and a name for its matches."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*")


class NamedIndex(NamedTuple):
    """An index of a step.

    Attributes:
        name: What its matches are called.
        path: A file, or the name of a shipped index.
    """

    name: str
    path: str

    @classmethod
    def parse(cls, text: str) -> NamedIndex:
        """Reads ``INDEX`` or ``NAME=INDEX``.

        Without a name, that of the file without its suffix is used. What comes before ``=`` is a
        part of the path if it has a ``/``.

        Raises:
            ConfigurationError: It is neither, or the name cannot be that of columns and files.
        """
        name, equals, path = text.partition("=")
        if not text:
            raise ConfigurationError("name an index: a file, or a shipped one")
        if not equals or "/" in name:
            return cls(_name_of(text), text)
        if not path:
            raise ConfigurationError(f"'{text}': write NAME=INDEX, such as human=human.idx")
        if not _NAME.fullmatch(name):
            raise ConfigurationError(
                f"'{name}' cannot name an index; use letters, digits and . _ + -, beginning with a"
                f" letter or digit (a file with = in its name is written ./{text})"
            )
        return cls(name, path)


def parse_indexes(texts: Iterable[str]) -> tuple[NamedIndex, ...]:
    """Reads the indexes of a step.

    Raises:
        ConfigurationError: There are none, one cannot be read, or two have the same name.
    """
    found = tuple(map(NamedIndex.parse, texts))
    if not found:
        raise ConfigurationError("name an index: a file, or a shipped one such as phix")
    names: dict[str, NamedIndex] = {}
    for each in found:
        other = names.setdefault(each.name.casefold(), each)
        if other is not each and other.path == each.path:
            raise ConfigurationError(f"the index {each.path} is given twice")
        if other is not each:
            raise ConfigurationError(
                f"two indexes are called {each.name}, {other.path} and {each.path}; give each a"
                f" name of its own: {each.name}2={each.path}"
            )
    return found


def _name_of(path: str) -> str:
    """The name of a file without its suffix, as far as columns and files can be called that."""
    stem = Path(path).stem
    return re.sub(r"[^A-Za-z0-9_.+-]", "_", stem).lstrip("_.+-") or "index"
