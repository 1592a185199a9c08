"""The columns that the module adds to MultiQC's table of general statistics."""

from __future__ import annotations

from typing import Any

_PERCENT = {"suffix": "%", "min": 0, "max": 100}
_READS = {"shared_key": "read_count", "scale": "Blues"}

GENERAL: dict[str, dict[str, Any]] = {
    "reads_in": {"title": "Reads in", "description": "Reads that were read", **_READS},
    "kept": {
        "title": "% kept",
        "description": "Reads that no step dropped; both mates of a merged pair count",
        "scale": "RdYlGn",
        **_PERCENT,
    },
    "before_q30": {
        "title": "% Q30 before",
        "description": "Bases with a Phred score of at least 30, before the steps",
        "scale": "RdYlGn",
        **_PERCENT,
    },
    "after_q30": {
        "title": "% Q30 after",
        "description": "Bases with a Phred score of at least 30, after the steps",
        "scale": "RdYlGn",
        **_PERCENT,
    },
    "before_mean_length": {
        "title": "Length before",
        "description": "Mean length of the reads, before the steps",
        "suffix": " bp",
        "hidden": True,
    },
    "after_mean_length": {
        "title": "Length after",
        "description": "Mean length of the reads, after the steps",
        "suffix": " bp",
    },
    "after_n50": {
        "title": "N50",
        "description": "Half of the bases are in reads of at least this length, after the steps",
        "suffix": " bp",
        "format": "{:,.0f}",
        "hidden": True,
    },
    "after_mean_quality": {
        "title": "Quality",
        "description": "Phred score of the mean error probability, after the steps",
        "hidden": True,
    },
    "after_gc": {
        "title": "% GC",
        "description": "G and C among the bases, after the steps",
        "scale": "Set1",
        "hidden": True,
        **_PERCENT,
    },
    "reads_out": {
        "title": "Reads out",
        "description": "Reads that reached the output",
        "hidden": True,
        **_READS,
    },
}
