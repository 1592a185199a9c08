"""The options of reading FASTQ: for Python, the command line, Ray and Spark."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text, plain_text
from biometal_stream.settings import option
from biometal_stream.sinks.names import check_fastq_name
from biometal_stream.sources.options import Inputs, check_choices, several

QualityEncoding: TypeAlias = Literal["phred33", "phred64", "solexa"]
"""How the quality line of a file is written."""

QualityEncodingChoice: TypeAlias = Literal["phred33", "auto", "phred64", "solexa"]
"""The same as an option; ``auto`` lets the data decide."""

OnBadRecord: TypeAlias = Literal["stop", "skip", "quarantine"]
"""What a record that is not FASTQ does to the run."""

MAX_RECORD_BYTES = 256 * 1024 * 1024
"""The longest record that is read by default: the longest reads known are a few Mbp."""

_LONGEST_POSSIBLE = 1024**3  # two of them fit the 32-bit offsets of one batch


@dataclass(frozen=True, kw_only=True)
class FastqOptions:
    """How FASTQ is read.

    `biometal_stream.settings.setting_of` tells what each field means.

    Raises:
        ConfigurationError: A value is out of range, or two contradict each other.
    """

    mate: Inputs | None = option(
        "The file with mates 2; of several files with mates 1 as many, in the same order.",
        default=(),
    )
    interleaved: bool = option("Mates 1 and 2 take turns in each file.", default=False)
    sample: str | None = option(
        "The sample's name, kept in the output's metadata.", default=None, metavar="NAME"
    )
    quality_encoding: QualityEncodingChoice = option(
        "How quality is written in the input; it becomes Phred+33. auto looks at the first 4 MiB,"
        " and translates what can be nothing but phred64 or solexa; what is in doubt stays as it"
        " is, with a warning",
        default="phred33",
        choices=get_args(QualityEncodingChoice),
    )
    on_bad_record: OnBadRecord = option(
        "What to do with a record that is not FASTQ",
        default="stop",
        choices=get_args(OnBadRecord),
        whole_run=True,
    )
    quarantine: str | os.PathLike[str] | None = option(
        "The file that bad records go to, byte for byte, compressed where the name ends in .gz or"
        " .zst.",
        default=None,
        metavar="FILE",
        whole_run=True,
        local=True,
    )
    max_record_bytes: int = option(
        "The largest record to accept", default=MAX_RECORD_BYTES, unit="bytes"
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "mate", () if self.mate is None else several("mate", self.mate))
        if self.mate and self.interleaved:
            raise ConfigurationError("interleaved reads have their mates in the same file")
        if self.quarantine is not None:
            check_fastq_name(path_text(self.quarantine), None, only=True)
        if self.sample is not None:
            plain_text("the sample's name", self.sample)
        if (self.on_bad_record == "quarantine") != (self.quarantine is not None):
            raise ConfigurationError("quarantine needs a file, and a quarantine file needs it")
        check_choices(self)
        if not isinstance(self.max_record_bytes, int):
            raise ConfigurationError(
                f"max_record_bytes must be a whole number: {self.max_record_bytes!r}"
            )
        if not 1 <= self.max_record_bytes <= _LONGEST_POSSIBLE:
            raise ConfigurationError(
                f"the longest record must have 1 to {_LONGEST_POSSIBLE:,} bytes:"
                f" {self.max_record_bytes:,}"
            )
