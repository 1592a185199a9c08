"""Splits long reads at adapters inside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.splitting import ReadSplitter
from biometal_stream.settings import Names, option, settle_names

if TYPE_CHECKING:
    import numpy as np
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
        from biometal_stream.operators.adapters.fasta import checked, read_adapters

        texts = [checked(text, f"{self.name}: adapter") for text in self.adapter]
        if self.adapters is not None:
            # Read once, so that engines need not have the file.
            pairs = read_adapters(self.adapters)
            texts = list(dict.fromkeys(each for pair in pairs for each in pair if each))
            object.__setattr__(self, "_files", (self.adapters,))
            object.__setattr__(self, "adapters", None)
        for text in texts:
            if not _SHORTEST <= len(text) <= _LONGEST:
                raise ConfigurationError(
                    f"{self.name}: an adapter must have {_SHORTEST} to {_LONGEST} bases, not"
                    f" {len(text)}: {text}"
                )
        object.__setattr__(self, "adapter", tuple(texts))

    @property
    def inputs(self) -> tuple[str, ...]:
        """The file of adapters, if they were read from one."""
        files: tuple[str, ...] = getattr(self, "_files", ())
        return files

    def marks(self, view: BatchView, /) -> NDArray[np.uint8]:
        """Marks the adapters."""
        from biometal_stream.operators.adapters.ont import ADAPTERS, mark

        adapters = tuple(self.adapter) or tuple(ADAPTERS.values())
        text = view.text("sequence")
        return mark(text, adapters, self.error_rate, self.extra, self.end_size)
