"""Splits long reads at adapters inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.splitting import ReadSplitter
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_SHORTEST, _LONGEST = 12, 64


@dataclass(frozen=True)
class SplitAdapters(ReadSplitter):
    """Splits long reads at adapters anywhere in them, which are cut out.

    Two molecules that follow each other in a pore may become one read with an adapter inside. By
    default the adapters of Oxford Nanopore's kits are looked for. They are found on both strands,
    with replaced, inserted and missing bases. What lies between them becomes a read of its own,
    with _s1, _s2 and so on after its name, and columns that say where it was: parent, part,
    parent_start and parent_stop. An adapter near an end is cut off with all up to that end, and
    the read keeps its name.

    A read of which nothing is left becomes empty and stays in the stream; `MinLength` drops it.
    docs/long-reads.md has the rules and the adapters.

    Attributes:
        adapter: The adapters, 12 to 64 bases each; by default those of Oxford Nanopore's kits.
        adapters: A FASTA file of adapters.
        error_rate: The most errors, as a share of an adapter's bases.
        extra: Bases to cut out on both sides of an adapter as well.
        end_size: How near to an end an adapter must be for all up to that end to be cut off.

    Example:
        >>> SplitAdapters(("ACGTACGTACGT",), error_rate=0.2, extra=2, end_size=9)
    """

    needs: ClassVar[tuple[str, ...]] = ("sequence",)

    adapter: Names = option(
        "An adapter; by default those of Oxford Nanopore's kits.", default=(), metavar="SEQUENCE"
    )
    adapters: str | None = option("A FASTA file of adapters.", default=None, metavar="FILE")
    error_rate: float = option(
        "The most errors, as a share of an adapter's bases.",
        default=0.1,
        minimum=0,
        maximum=0.3,
    )
    extra: int = option(
        "Bases to cut out on both sides of an adapter as well.",
        default=10,
        unit="bases",
        minimum=0,
    )
    end_size: int = option(
        "How near to an end an adapter must be for all up to that end to be cut off.",
        default=150,
        unit="bases",
        minimum=0,
    )

    def __post_init__(self) -> None:
        settle_names(self, "adapter")
        super().__post_init__()
        if self.adapter and self.adapters is not None:
            raise ConfigurationError(f"{self.name}: give adapters, or a file of them, not both")
        from biometal_stream.operators.adapters.fasta import checked

        texts = tuple(checked(text, f"{self.name}: adapter") for text in self.adapter)
        self._check_lengths(texts)
        object.__setattr__(self, "adapter", texts)

    def _check_lengths(self, texts: Sequence[str]) -> None:
        for text in texts:
            if not _SHORTEST <= len(text) <= _LONGEST:
                raise ConfigurationError(
                    f"{self.name}: an adapter must have {_SHORTEST} to {_LONGEST} bases, not"
                    f" {len(text)}: {text}"
                )

    @property
    def inputs(self) -> tuple[str, ...]:
        """The file of adapters, if one is given; it is read when they are first needed."""
        return () if self.adapters is None else (self.adapters,)

    def __getstate__(self) -> dict[str, object]:
        """The settings, and the adapters in the file, so that other machines do not need it."""
        self._sequences()
        return self.__dict__

    def _sequences(self) -> tuple[str, ...]:
        """The adapters that are looked for.

        Raises:
            ConfigurationError: The file is not FASTA, or an adapter is too short or too long.
            InputError: It cannot be read.
        """
        from biometal_stream.operators.adapters.fasta import read_adapters
        from biometal_stream.operators.adapters.ont import ADAPTERS

        if self.adapters is None:
            return tuple(self.adapter) or tuple(ADAPTERS.values())
        found: tuple[str, ...] | None = self.__dict__.get("_read")
        if found is None:
            pairs = read_adapters(self.adapters)
            found = tuple(dict.fromkeys(each for pair in pairs for each in pair if each))
            self._check_lengths(found)
            object.__setattr__(self, "_read", found)
        return found

    def output_schema(self, input_schema: pa.Schema, /) -> pa.Schema:
        """The schema of the input, and the columns of parts; reads the file of adapters.

        Raises:
            SchemaError: As for `ReadSplitter`.
            ConfigurationError: The file is not FASTA, or an adapter is too short or too long.
            InputError: It cannot be read.
        """
        schema = super().output_schema(input_schema)
        self._sequences()
        return schema

    def marks(self, view: BatchView, /) -> NDArray[np.uint8]:
        """Marks the adapters."""
        from biometal_stream.operators.adapters.ont import mark

        text = view.text("sequence")
        return mark(text, self._sequences(), self.error_rate, self.extra, self.end_size)
