"""The options of the methods that write, typed, so that editors can complete them.

Light: imports nothing heavy.
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
QualityEncoding: TypeAlias = Literal["phred33", "phred64", "solexa"]


ROUTES = ("rejected", "orphans", "unmerged")
"""The options that name files for reads set aside while others are written."""


class CommonOptions(TypedDict, total=False):
    """The options that every format takes.

    Attributes:
        level: The compression level.
        max_partitions: The most values that may name files or folders; 1,024 by default.
        rejected: The file for the reads that filters drop, with the reason.
        orphans: The file for the reads whose mates were dropped, with ``pairs="split"``.
        unmerged: The file for the pairs that `MergePairs` does not merge.
    """

    rejected: Target | None
    orphans: Target | None
    unmerged: Target | None
    level: int | None
    max_partitions: int | None


class TextOptions(CommonOptions, total=False):
    """The options that FASTQ and FASTA share.

    Attributes:
        mate: The file for mates 2.
        interleaved: Whether rows must alternate between mates 1 and 2, in one file.
        compression: The compression; by default from the name.
    """

    mate: Target | None
    interleaved: bool
    compression: TextCompression | None


class FastqOptions(TextOptions, total=False):
    """The options of `FastqSink`, as taken by `Pipeline.write_fastq`.

    Attributes:
        quality_encoding: How qualities are written: ``phred33`` by default.
    """

    quality_encoding: QualityEncoding | None


class FastaOptions(TextOptions, total=False):
    """The options of `FastaSink`, as taken by `Pipeline.write_fasta`.

    Attributes:
        line_width: The number of bases per line; 0, the default, for the whole sequence on one.
    """

    line_width: int


class ParquetOptions(CommonOptions, total=False):
    """The options of `ParquetSink`, as taken by `Pipeline.write_parquet`.

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
    """The options of `ArrowSink`, as taken by `Pipeline.write_arrow`.

    Attributes:
        compression: The compression; ``none`` by default.
    """

    compression: ArrowCompression | None
