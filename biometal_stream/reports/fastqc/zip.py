"""The zip that FastQC writes."""

from __future__ import annotations

import io
import zipfile
from functools import reduce
from typing import TYPE_CHECKING

from biometal_stream.reports.fastqc.text import fastqc_data, summary

if TYPE_CHECKING:
    from biometal_stream.reports.document.document import Document

_START_OF_ZIP = (1980, 1, 1, 0, 0, 0)
"""The time of each member, so that equal reports have equal bytes."""

_SUFFIXES = (".gz", ".bz2", ".txt", ".fastq", ".fq", ".csfastq", ".sam", ".bam", ".ubam")
"""What FastQC takes off the name of a file, in this order."""


def fastqc_zip(
    document: Document, place: str, group: str, name: str, assay: str = "fastqc"
) -> bytes:
    """Makes the zip of some reads, with ``fastqc_data.txt`` and ``summary.txt``.

    It has the folder ``NAME_fastqc`` as FastQC's, but neither its pictures nor its page: the page
    of this report shows more.

    Args:
        document: The report of a run.
        place: Where the reads were looked at, such as ``before``.
        group: The group of reads, such as ``mate 1``.
        name: The name of the file that holds them, with or without ``.fastq.gz``.
        assay: Whose limits give the verdicts.

    Returns:
        The bytes. Equal documents give equal bytes.

    Raises:
        ValueError: The assay is unknown.
    """
    folder = f"{reduce(str.removesuffix, _SUFFIXES, name)}_fastqc"
    texts = {
        f"{folder}/": "",
        f"{folder}/summary.txt": summary(document, place, group, name, assay),
        f"{folder}/fastqc_data.txt": fastqc_data(document, place, group, name, assay),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in texts.items():
            member = zipfile.ZipInfo(path, _START_OF_ZIP)
            member.external_attr = (0o40755 << 16 | 0x10) if path.endswith("/") else 0o100644 << 16
            member.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(member, text)
    return out.getvalue()
