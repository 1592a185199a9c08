"""The options of the methods that write, typed, so that an editor knows them.

Light: nothing is loaded.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal, TypeAlias, TypedDict

Target: TypeAlias = "str | os.PathLike[str]"
"""A path, or ``-`` for standard output."""

TextCompression: TypeAlias = Literal["none", "gzip", "zstd"]
ParquetCompression: TypeAlias = Literal["zstd", "snappy", "gzip", "lz4", "none"]
ArrowCompression: TypeAlias = Literal["none", "lz4", "zstd"]
ParquetEncoding: TypeAlias = Literal["delta", "plain"]


class CommonOptions(TypedDict, total=False):
    """What every format takes.

    Attributes:
        level: The level of the compression.
        max_partitions: The most values that name files or folders; 1,024 by default.
    """

    level: int | None
    max_partitions: int | None


class FastqOptions(CommonOptions, total=False):
    """The options of `FastqSink`, as `Pipeline.write_fastq` takes them.

    Attributes:
        mate: The file for mates 2.
        interleaved: Whether rows must be mates 1 and 2 in turn, in one file.
        compression: The compression; by default as the name says.
    """

    mate: Target | None
    interleaved: bool
    compression: TextCompression | None


class FastaOptions(FastqOptions, total=False):
    """The options of `FastaSink`, as `Pipeline.write_fasta` takes them.

    Attributes:
        line_width: The bases on a line; 0, the default, for all of a sequence on one.
    """

    line_width: int


class ParquetOptions(CommonOptions, total=False):
    """The options of `ParquetSink`, as `Pipeline.write_parquet` takes them.

    Attributes:
        compression: The compression; ``zstd`` by default.
        shards: The number of files in the folder.
        partition_by: The column whose values name folders.
        encoding: How text and small numbers are stored.
        metadata: Added to the metadata of each file.
    """

    compression: ParquetCompression | None
    shards: int | None
    partition_by: str | None
    encoding: ParquetEncoding | None
    metadata: Mapping[str, str] | None


class ArrowOptions(CommonOptions, total=False):
    """The options of `ArrowSink`, as `Pipeline.write_arrow` takes them.

    Attributes:
        compression: The compression; ``none`` by default.
    """

    compression: ArrowCompression | None
