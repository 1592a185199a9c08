"""The options of reading FASTA: for Python, the command line, Ray and Spark."""

from __future__ import annotations

from dataclasses import dataclass

from biometal_stream.sources.text.options import TextOptions


@dataclass(frozen=True, kw_only=True)
class FastaOptions(TextOptions):
    """How FASTA is read.

    `biometal_stream.settings.setting_of` describes each field.

    Raises:
        ConfigurationError: A value is out of range, or two values contradict each other.
    """
