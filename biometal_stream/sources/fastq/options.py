"""The options of reading FASTQ: for Python, the command line, Ray and Spark."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from biometal_stream.errors import ConfigurationError
from biometal_stream.paths import path_text
from biometal_stream.settings import option
from biometal_stream.sinks.names import check_name
from biometal_stream.sources.options import Inputs, several
from biometal_stream.sources.text.options import TextOptions

QualityEncoding: TypeAlias = Literal["phred33", "phred64", "solexa"]
"""How the quality line of a file is encoded."""

QualityEncodingChoice: TypeAlias = Literal["phred33", "auto", "phred64", "solexa"]
"""The same as an option; with ``auto`` the data decides."""

OnBadRecord: TypeAlias = Literal["stop", "skip", "quarantine"]
"""What to do at a record that is not FASTQ."""


@dataclass(frozen=True, kw_only=True)
class FastqOptions(TextOptions):
    """How FASTQ is read.

    `biometal_stream.settings.setting_of` describes each field.

    Raises:
        ConfigurationError: A value is out of range, or two values contradict each other.
    """

    index: Inputs | None = option(
        "A file of index reads, or two, such as I1 and I2. For several files: all I1, in the same"
        " order, then all I2.",
        default=(),
    )
    quality_encoding: QualityEncodingChoice = option(
        "The quality encoding of the input; it is translated to Phred+33. auto looks at the first 4"
        " MiB, and translates what can only be phred64 or solexa; doubtful data is left unchanged,"
        " with a warning",
        default="phred33",
        choices=get_args(QualityEncodingChoice),
    )
    dots_to_n: bool = option(
        "Read a dot in a sequence as N, as old pipelines wrote it.", default=False
    )
    on_bad_record: OnBadRecord = option(
        "What to do with a record that is not FASTQ",
        default="stop",
        choices=get_args(OnBadRecord),
        whole_run=True,
    )
    quarantine: str | os.PathLike[str] | None = option(
        "The file for bad records, byte for byte; compressed if its name ends in .gz or .zst.",
        default=None,
        metavar="FILE",
        whole_run=True,
        local=True,
    )

    def __post_init__(self) -> None:
        object.__setattr__(
            self, "index", () if self.index is None else several("index", self.index)
        )
        super().__post_init__()
        if self.index and self.interleaved:
            raise ConfigurationError(
                "index reads need mates in two files: name the mates with mate, not interleaved"
            )
        if self.quarantine is not None:
            check_name(path_text(self.quarantine), "fastq", only=True)
        if (self.on_bad_record == "quarantine") != (self.quarantine is not None):
            raise ConfigurationError("quarantine needs a file, and a quarantine file needs it")
