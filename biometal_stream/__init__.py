"""A streaming dataflow processor for sequencing reads.

>>> import biometal_stream as bs
>>> reads = bs.read_fastq("reads.fq.gz") | bs.MinLength(50) | bs.MinMeanQuality(20)
>>> report = reads.write_parquet("reads.parquet")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # explicit names, so that a name that does not exist is an error
    from biometal_stream.errors import *  # noqa: F403
    from biometal_stream.indexing.building import build_index as build_index
    from biometal_stream.indexing.info import index_info as index_info
    from biometal_stream.indexing.sets import convert_index as convert_index
    from biometal_stream.indexing.sets import intersect_indexes as intersect_indexes
    from biometal_stream.indexing.sets import subtract_indexes as subtract_indexes
    from biometal_stream.indexing.sets import union_indexes as union_indexes
    from biometal_stream.loading import load_pipeline as load_pipeline
    from biometal_stream.loading import load_report as load_report
    from biometal_stream.loading import merge_reports as merge_reports
    from biometal_stream.loading import preset as preset
    from biometal_stream.loading import save_report as save_report
    from biometal_stream.operators import *  # noqa: F403
    from biometal_stream.pipeline import Pipeline as Pipeline
    from biometal_stream.pipeline import Read as Read
    from biometal_stream.pipeline import Report as Report
    from biometal_stream.reading import from_arrow as from_arrow
    from biometal_stream.reading import read as read
    from biometal_stream.reading import read_arrow as read_arrow
    from biometal_stream.reading import read_fasta as read_fasta
    from biometal_stream.reading import read_fastq as read_fastq
    from biometal_stream.reading import read_parquet as read_parquet
    from biometal_stream.version import __version__ as __version__
else:
    from biometal_stream.lazy import lazy_package

    __getattr__ = lazy_package(
        __name__,
        {
            "Pipeline": "biometal_stream.pipeline",
            "Read": "biometal_stream.pipeline",
            "Report": "biometal_stream.pipeline",
            "__version__": "biometal_stream.version",
            "read": "biometal_stream.reading",
            "from_arrow": "biometal_stream.reading",
            "build_index": "biometal_stream.indexing.building",
            "convert_index": "biometal_stream.indexing.sets",
            "index_info": "biometal_stream.indexing.info",
            "intersect_indexes": "biometal_stream.indexing.sets",
            "subtract_indexes": "biometal_stream.indexing.sets",
            "union_indexes": "biometal_stream.indexing.sets",
            "load_pipeline": "biometal_stream.loading",
            "load_report": "biometal_stream.loading",
            "merge_reports": "biometal_stream.loading",
            "preset": "biometal_stream.loading",
            "save_report": "biometal_stream.loading",
            "read_arrow": "biometal_stream.reading",
            "read_fasta": "biometal_stream.reading",
            "read_fastq": "biometal_stream.reading",
            "read_parquet": "biometal_stream.reading",
        },
        ["biometal_stream.errors", "biometal_stream.operators"],
    )

    def __dir__() -> list[str]:
        return list(__getattr__("__all__"))
