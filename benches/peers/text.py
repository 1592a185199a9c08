"""What was measured, in words, for both tables."""

from __future__ import annotations

import textwrap
from typing import Any

from benches.tools.biometal import NAME as OURS
from biometal_stream.cli.figures import counted

_WIDTH = 105
_BUSY = 0.5
"""A load average above this is said."""


def paragraph(text: str) -> str:
    """Breaks a paragraph into lines."""
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def measured(results: dict[str, Any]) -> str:
    """The reads, the machine, the day and the command.

    Args:
        results: What `benches.peers` writes as JSON.
    """
    reads, machine = results["input"], results["machine"]
    return (
        f"{reads['reads'] / 1e6:g} million real Illumina reads ({reads['bases'] / 1e6:,.0f} Mbp,"
        f" {reads['sizes']['gzip'] / 1e6:,.0f} MB of gzip) on {machine['cores']} cores of"
        f" {machine['cpu']}, {machine['system'].split()[0]}, Python {machine['python']}, measured"
        f" on {machine['date']:.10} by `python -m benches.peers`"
    )


def rounds(results: dict[str, Any]) -> str:
    """How often everything ran."""
    number = counted(results["repeats"], "rounds")
    return f"{number} in which the tools take turns, starts included"


def warnings(machine: dict[str, Any]) -> str:
    """What made the figures worse than they could be; empty where nothing did."""
    load, told = machine["load"][0], ""
    if load > _BUSY:
        told += f" Other programs were running: the load average was {load:.1f} at the start."
    if not machine["kernels_ahead"]:
        told += f" {OURS} started slower than from a wheel: numba compiled its kernels."
    return told
