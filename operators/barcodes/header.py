"""Barcodes that headers have: in the name, after the machine's fields, or in a SAM tag."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from biometal_stream.errors import ConfigurationError

if TYPE_CHECKING:
    import pyarrow as pa

INDEX = r"^[12]:[YN]:[0-9]+:(?P<one>[A-Za-z.]+)(?:\+(?P<two>[A-Za-z.]+))?"
"""The description of Casava 1.8: the index, or two with a plus."""

_BASES = "[ACGTNacgtn.]+"
_ENDS = ((":", "[+_-]"), ("_", "[+-]"))
"""What stands before the barcode at the end of a name, and between those of mates."""

_INDEXES = ("index", "index-1", "index-2")
_NAME = re.compile(r"name(?::([2-9]|[1-9][0-9]))?")
_TAG = re.compile(r"[A-Za-z][A-Za-z0-9]")


@dataclass(frozen=True)
class HeaderField:
    """Where a header has a barcode.

    Attributes:
        text: ``name``, the end of the name, after a colon or an underscore; ``name:8``, its eighth
            field between colons; ``index``, ``index-1`` or ``index-2``, in a description such as
            ``1:N:0:ACGT+TTGA``; or a SAM tag of the description, such as ``RX``.

    Raises:
        ConfigurationError: It is none of these.
    """

    text: str

    def __post_init__(self) -> None:
        if not (self.text in _INDEXES or _NAME.fullmatch(self.text) or _TAG.fullmatch(self.text)):
            raise ConfigurationError(
                f"header: expected name, name:8, {', '.join(_INDEXES)} or a SAM tag such as RX, not"
                f" {self.text!r}"
            )

    @property
    def column(self) -> str:
        """The column that it is in."""
        return "name" if self.text.startswith("name") else "description"

    def values(self, texts: pa.Array) -> pa.Array:
        """The barcodes, ``large_string``; null where there is none.

        Several, which the machine's software joins with a plus, are joined by hyphens.

        Args:
            texts: The names, or the descriptions.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        texts = texts.cast(pa.large_string())
        if self.column == "name":
            found = pc.coalesce(*(_group(texts, pattern, "code") for pattern in self._patterns))
            found = pc.replace_substring(found, "_", "-")
        elif self.text in _INDEXES:
            one, two = (_group(texts, INDEX, part) for part in ("one", "two"))
            if self.text == "index-1":
                found = one
            elif self.text == "index-2":
                found = two
            else:
                both = pc.binary_join_element_wise(one, two, pa.scalar("-", pa.large_string()))
                found = pc.coalesce(both, one)
        else:
            found = _group(texts, rf"(?:^|\t| ){self.text}:Z:(?P<code>[^\t ]*)", "code")
        return pc.replace_substring(found, "+", "-")

    @property
    def _patterns(self) -> list[str]:
        """What names are like, in the order in which it is tried."""
        found = _NAME.fullmatch(self.text)
        number = int(found[1]) if found and found[1] else None
        if number is not None:
            before = rf"[^:]*(?::[^:]*){{{number - 2}}}"
            return [_pattern(f"{before}", ":", "[+_-]", "(?:[:/].*)?")]
        return [_pattern(".+", mark, joint, "(?:/[12])?") for mark, joint in _ENDS]

    def without(self, names: pa.Array) -> pa.Array:
        """The names without their barcodes, ``large_string``."""
        import pyarrow as pa
        import pyarrow.compute as pc

        names = names.cast(pa.large_string())
        first, *others = self._patterns
        bare = pc.replace_substring_regex(names, first, r"\1\3")
        for pattern in others:
            other = pc.replace_substring_regex(names, pattern, r"\1\3")
            bare = pc.if_else(pc.equal(bare, names), other, bare)
        return bare


def _pattern(before: str, mark: str, joint: str, rest: str) -> str:
    """A name: what is before the barcode, the mark before it, the barcode, and what is after it."""
    return rf"^(?P<before>{before}){mark}(?P<code>{_BASES}(?:{joint}{_BASES})*)(?P<rest>{rest})$"


def _group(texts: pa.Array, pattern: str, group: str) -> pa.Array:
    """What a group matched; null where the pattern does not, or the group took no part."""
    import pyarrow.compute as pc

    found = pc.struct_field(pc.extract_regex(texts, pattern), group)
    return pc.if_else(pc.equal(found, ""), None, found)
