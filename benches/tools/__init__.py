"""The tools that do the tasks: ours, bare decompression, and those of others."""

from __future__ import annotations

from benches.tools.bare import Bare
from benches.tools.base import Peers, Tool
from benches.tools.biometal import Biometal
from benches.tools.cutadapt import Cutadapt
from benches.tools.fastp import Fastp
from benches.tools.fastq_filter import FastqFilter
from benches.tools.packages import all_packages
from benches.tools.seqkit import Seqkit


def all_tools(peers: Peers) -> list[Tool]:
    """Every tool, installed or not."""
    return [
        Bare(),
        Biometal(),
        Fastp(peers),
        Cutadapt(peers),
        Seqkit(peers),
        FastqFilter(peers),
        *all_packages(peers),
    ]
