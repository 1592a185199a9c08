"""The options that text formats share: for Python, the command line, Ray and Spark."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import plain_text
from biometal_stream.settings import check_kinds, option
from biometal_stream.sources.options import Inputs, check_choices, several

MAX_RECORD_BYTES = 256 * 1024 * 1024
"""The default limit on the length of a record: the longest known reads have a few Mbp, and the
longest human chromosome has 253 MB as FASTA."""

_LONGEST_POSSIBLE = 1024**3  # two such records fit the 32-bit offsets of one batch


@dataclass(frozen=True, kw_only=True)
class TextOptions:
    """How text with records is read.

    `biometal_stream.settings.setting_of` describes each field.

    Raises:
        ConfigurationError: A value is out of range, or two values contradict each other.
    """

    mate: Inputs | None = option(
        "The file with mates 2; for several files with mates 1 as many, in the same order.",
        default=(),
    )
    interleaved: bool = option("Mates 1 and 2 alternate in each file.", default=False)
    sample: str | None = option(
        "The sample's name, kept in the output's metadata.", default=None, metavar="NAME"
    )
    max_record_bytes: int = option(
        "The largest record to accept", default=MAX_RECORD_BYTES, unit="bytes"
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "mate", () if self.mate is None else several("mate", self.mate))
        if self.mate and self.interleaved:
            raise ConfigurationError("interleaved reads have their mates in the same file")
        if self.sample is not None:
            plain_text("the sample's name", self.sample)
        check_choices(self)
        check_kinds(self)
        if not 1 <= self.max_record_bytes <= _LONGEST_POSSIBLE:
            raise ConfigurationError(
                f"the longest record must have 1 to {_LONGEST_POSSIBLE:,} bytes:"
                f" {self.max_record_bytes:,}"
            )
