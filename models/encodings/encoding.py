"""Encodes windows of reads as a model's numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.errors import ConfigurationError
from biometal_stream.models.encodings.layouts import (
    BY_NAME,
    LAYOUTS,
    MAX_K,
    MAX_LENGTH,
    Layout,
    Shape,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.models.encodings.encode import Placed
    from biometal_stream.models.encodings.windows import Windows

_KINDS: dict[str, type] = {"layout": str, "length": int, "dtype": str, "k": int}


@dataclass(frozen=True)
class Encoding:
    """A layout of features with its length and number type.

    Immutable, and safe to share between threads and to pickle.

    Attributes:
        layout: One of `LAYOUTS`, such as ``quality-mask/1``: ``docs/encodings.md`` defines them.
        length: The most bases of a read, or of a window of it, to encode.
        dtype: The number type, one that the layout supports.
        k: The length of a k-mer in bases, only for ``kmers/1``.

    Raises:
        ConfigurationError: There is no such layout, or it does not support the length or type.
    """

    layout: str
    length: int = 150
    dtype: str = "float32"
    k: int | None = None

    def __post_init__(self) -> None:
        for name, kind in _KINDS.items():
            value: Any = getattr(self, name)
            if not (type(value) is kind or (name == "k" and value is None)):
                words = "text" if kind is str else "a whole number"
                raise ConfigurationError(f"the {name} of an encoding must be {words}: {value!r}")
        layout = BY_NAME.get(self.layout)
        if layout is None:
            raise ConfigurationError(
                f"unknown layout '{self.layout}'; choose from {', '.join(LAYOUTS)}"
            )
        if layout.length is not None and self.length != layout.length:
            raise ConfigurationError(
                f"layout '{layout.name}' has a length of {layout.length} bases: {self.length}"
            )
        if not 1 <= self.length <= MAX_LENGTH:
            raise ConfigurationError(
                f"the length must be at least 1 base and at most {MAX_LENGTH}: {self.length}"
            )
        if self.dtype not in layout.dtypes:
            raise ConfigurationError(
                f"layout '{layout.name}' has numbers of type {' or '.join(layout.dtypes)}, not"
                f" {self.dtype}"
            )
        self._check_k(layout)

    def _check_k(self, layout: Layout) -> None:
        if not layout.kmers:
            if self.k is not None:
                raise ConfigurationError(f"layout '{layout.name}' has no k-mers, so no k: {self.k}")
        elif self.k is None:
            raise ConfigurationError(
                f"layout '{layout.name}' needs k, the bases of a k-mer, 1 to {MAX_K}"
            )
        elif not 1 <= self.k <= min(MAX_K, self.length):
            raise ConfigurationError(
                f"k must be at least 1 and at most {MAX_K}, and no more than the length,"
                f" {self.length}: {self.k}"
            )

    @property
    def shape(self) -> Shape:
        """The shape of a window's features, without the axis of the batch."""
        return BY_NAME[self.layout].shape(self.length, self.k or 0)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads: ``sequence``, ``quality`` or both."""
        return BY_NAME[self.layout].columns

    def encode(
        self,
        sequence: StringColumn | None,
        quality: StringColumn | None,
        windows: Windows,
        out: NDArray[Any],
    ) -> None:
        """Writes the features of windows.

        Only the windows of a read are examined: bytes after them may be anything.

        Args:
            sequence: The column of bases; may be ``None`` if it is not in `columns`.
            quality: The column of qualities, likewise.
            windows: The windows, n of them, none longer than `length`.
            out: The output, of type `dtype`, (n, *shape), in C order.

        Raises:
            ConfigurationError: ``out`` has the wrong type or shape, a window is not within its
                read or too long, or a column is missing.
            DataError: A quality is outside ``!`` to ``~``, or, if both columns are read, a read
                has a different number of bases and qualities.
        """
        self.place(sequence, quality, windows).write(slice(None), out)

    def place(
        self, sequence: StringColumn | None, quality: StringColumn | None, windows: Windows
    ) -> Placed:
        """Locates windows in the data of the columns, to encode them a few at a time.

        Args:
            sequence: See `encode`.
            quality: See `encode`.
            windows: See `encode`.

        Raises:
            ConfigurationError: A window is not within its read or too long, or a column is
                missing.
            DataError: If both are read, a read has a different number of bases and qualities.
        """
        from biometal_stream.models.encodings.encode import place

        layout = BY_NAME[self.layout]
        return place(layout, self.length, self.dtype, self.k, sequence, quality, windows)

    def to_dict(self) -> dict[str, Any]:
        """The fields by name, as in a model's card; ``k`` only if it is used."""
        known: dict[str, Any] = {
            "layout": self.layout,
            "length": self.length,
            "dtype": self.dtype,
        }
        return known if self.k is None else {**known, "k": self.k}

    @classmethod
    def from_dict(cls, fields: Mapping[str, Any]) -> Encoding:
        """Makes the encoding from the fields that `to_dict` returned.

        Raises:
            ConfigurationError: A field is missing, unknown or of the wrong type.
        """
        for name in fields:
            if name not in _KINDS:
                raise ConfigurationError(
                    f"an encoding has no field '{name}'; choose from {', '.join(_KINDS)}"
                )
        if "layout" not in fields:
            raise ConfigurationError("an encoding needs a field 'layout'")
        return cls(**fields)
