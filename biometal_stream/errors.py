"""Everything that can go wrong, as exceptions with messages for whoever runs the program."""

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
"""The exit status where the input, the output or the machine is at fault."""

WRONG_USAGE = 2
"""The exit status where what was typed cannot work: steps, options, settings, columns, models."""


class BiometalError(Exception):
    """The root of this package's own errors: one clear line.

    Attributes:
        exit_status: What the command line exits with.
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
    """A batch or schema lacks a column, or has it with a type that does not fit."""

    exit_status = WRONG_USAGE


class DataError(BiometalError, ValueError):
    """A value in a batch that no operator or sink can work with, such as a null sequence."""


class SinkError(BiometalError):
    """A result cannot be written where it was asked for."""


class ModelError(BiometalError, ValueError):
    """A model that is missing or broken, or that does not fit what is asked of it."""


class ModelChoiceError(ModelError):
    """A model that does not exist, or that does not have what is asked of it."""

    exit_status = WRONG_USAGE


class PredictionError(BiometalError, RuntimeError):
    """A model that failed on a batch, or returned a value that is not a prediction, such as NaN."""


class ThreadError(BiometalError, RuntimeError):
    """The system gives no more threads: a limit of ``ulimit``, a container or a batch job."""


class WorkerError(BiometalError, RuntimeError):
    """An engine that does not start, or whose workers died or could not do their part."""


class TooFewReadsError(BiometalError, ValueError):
    """A run kept fewer reads than it was asked to (``min_reads``); its target is as it was."""


class InputError(BiometalError):
    """An input that cannot be opened or read, or that is of a format that is not read."""


class ForeignInputError(InputError):
    """An input of another format than it is read as; nothing of it can be used."""


class CompressedInputError(BiometalError):
    """Compressed input that is truncated, fails its check sum, or is followed by junk.

    Attributes:
        written: Sound bytes that the call that failed has written before.
    """

    written = 0


@dataclass(frozen=True)
class Location:
    """Where something stands in the decompressed text of an input.

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
    """A record that is not what it should be.

    Attributes:
        location: Where.
        reason: What was expected, what stood there, and what to do.
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
    """Mates that do not belong together, or that one of the two inputs lacks."""


class BiometalWarning(UserWarning):
    """The root of this package's own warnings: one clear line, and the run goes on."""


class InputWarning(BiometalWarning):
    """Something about the input that the user should know and that loses no data."""


class SettingWarning(BiometalWarning):
    """A setting that works, and that cannot do what it seems to be meant for."""


class ModelWarning(BiometalWarning):
    """A model that runs elsewhere or otherwise than was asked, with the results it should give."""
