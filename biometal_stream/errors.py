"""Everything that can go wrong, as exceptions with messages for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

__all__ = [
    "BiometalError",
    "BiometalWarning",
    "CompressedInputError",
    "ConfigurationError",
    "DataError",
    "FastqError",
    "InputError",
    "InputWarning",
    "MissingExtraError",
    "ModelChoiceError",
    "ModelError",
    "ModelWarning",
    "PairError",
    "PluginError",
    "PredictionError",
    "RecordTooLongError",
    "SchemaError",
    "SettingWarning",
    "SinkError",
    "ThreadError",
    "TooFewReadsError",
    "WorkerError",
]

FAILED = 1
"""The exit status if the input, the output or the machine is at fault."""

WRONG_USAGE = 2
"""The exit status for wrong usage: steps, options, settings, columns, models."""


class BiometalError(Exception):
    """The base class of this package's errors: one clear line.

    Attributes:
        exit_status: The exit status of the command line.
    """

    exit_status: ClassVar[int] = FAILED


class ConfigurationError(BiometalError, ValueError):
    """A setting that cannot work, found before any data flows."""

    exit_status = WRONG_USAGE


class PluginError(ConfigurationError):
    """A plugin that does not load, whose class is not an operator, or whose name is taken."""


class MissingExtraError(BiometalError, ImportError):
    """A feature needs a package that is not installed; the message names the extra."""


class SchemaError(BiometalError, ValueError):
    """A batch or schema lacks a column, or the column has an unsuitable type."""

    exit_status = WRONG_USAGE


class DataError(BiometalError, ValueError):
    """A value in a batch that an operator or sink cannot use, such as a null sequence."""


class SinkError(BiometalError):
    """A result cannot be written where it was asked for."""


class ModelError(BiometalError, ValueError):
    """A model that is missing, broken, or unsuitable."""


class ModelChoiceError(ModelError):
    """A model that does not exist, or that does not have the requested feature."""

    exit_status = WRONG_USAGE


class PredictionError(BiometalError, RuntimeError):
    """A model that failed on a batch, or returned a value that is not a prediction, such as NaN."""


class ThreadError(BiometalError, RuntimeError):
    """The system refuses to start a thread: a limit of ``ulimit``, a container or a batch job."""


class WorkerError(BiometalError, RuntimeError):
    """An engine that does not start, or whose workers died or failed."""


class TooFewReadsError(BiometalError, ValueError):
    """A run kept fewer reads than required (``min_reads``); its target is unchanged."""


class InputError(BiometalError):
    """An input that cannot be opened or read, or whose format is not supported."""


class ForeignInputError(InputError):
    """An input of another format than expected; nothing of it is used."""


class CompressedInputError(BiometalError):
    """Compressed input that is truncated, fails its checksum, or is followed by junk.

    Attributes:
        written: The number of good bytes that the failed call had written before.
    """

    written = 0


@dataclass(frozen=True)
class Location:
    """A location in the decompressed text of an input.

    Attributes:
        file: The input's name, ``-`` for standard input.
        record: The record's number in its file, from 1.
        line: The line's number in its file, from 1.
        offset: The byte's offset in the decompressed text, from 0.
    """

    file: str
    record: int
    line: int
    offset: int

    def __str__(self) -> str:
        return f"{self.file}: record {self.record}, line {self.line}, byte {self.offset}"


class RecordError(BiometalError, ValueError):
    """A bad record.

    Attributes:
        location: Where it is.
        reason: What was expected, what was found, and what to do.
    """

    def __init__(self, location: Location, reason: str) -> None:
        super().__init__(f"{location}: {reason}")
        self.location = location
        self.reason = reason

    def __reduce__(self) -> tuple[type[RecordError], tuple[Location, str]]:
        return type(self), (self.location, self.reason)


class FastqError(RecordError):
    """Input that is not FASTQ."""


class FastaError(RecordError):
    """Input that is not FASTA."""


class RecordTooLongError(RecordError):
    """A record longer than the limit: a runaway file, or a limit set too low."""


class PairError(RecordError):
    """Mates that do not belong together, or a mate that is missing in one of two inputs."""


class BiometalWarning(UserWarning):
    """The base class of this package's warnings: one clear line, and the run continues."""


class InputWarning(BiometalWarning):
    """Something about the input that the user should know; no data is lost."""


class SettingWarning(BiometalWarning):
    """A setting that works, but cannot do what it seems to be meant for."""


class ModelWarning(BiometalWarning):
    """A model that runs elsewhere or differently than requested, with the same results."""
