"""The table of the tools of others."""

from __future__ import annotations

from functools import partial

from benches.tasks import (
    ARITHMETIC,
    COUNT,
    ERRORS,
    LENGTH_N,
    LENGTH_N_MEAN,
    LOOP,
    MEAN,
    PAIRS,
    TRIMMED,
)
from benches.tools import adapterremoval, cutadapt, fastp, fastq_filter, seqkit
from benches.tools.base import Peers
from benches.tools.package import script
from benches.tools.peer import Peer

_SINGLE = frozenset({"gzip", "bgzf", "plain"})
_TEXT = frozenset({"FASTQ", "FASTQ.gz"})
_TABLES = frozenset({COUNT, "Parquet", "plain Parquet", "Arrow"})


def all_peers(where: Peers) -> tuple[Peer, ...]:
    """A row for each tool; where it does more by default, another row for that.

    Args:
        where: Where they are looked for.
    """
    peer = partial(Peer, where=where, forms=frozenset({"gzip"}), outputs=_TEXT)
    pairs = partial(peer, forms=frozenset({"gzip", PAIRS}))
    by_default = partial(
        pairs,
        forms=frozenset({PAIRS}),
        outputs=frozenset({"FASTQ.gz"}),
        filters=frozenset({LENGTH_N}),
    )
    table = partial(peer, forms=_SINGLE, outputs=_TABLES, filters=frozenset({None, LENGTH_N}))
    return (
        pairs(
            name="fastp",
            asked=("fastp", "--version"),
            filters=frozenset({LENGTH_N, ARITHMETIC, TRIMMED}),
            line_of=fastp.only_filter,
        ),
        by_default(
            name="fastp by default",
            asked=("fastp", "--version"),
            line_of=fastp.default_job,
            more=fastp.MORE,
        ),
        pairs(
            name="AdapterRemoval",
            asked=(adapterremoval.PROGRAM, "--version"),
            filters=frozenset({LENGTH_N, ARITHMETIC, TRIMMED}),
            line_of=adapterremoval.only_filter,
        ),
        by_default(
            name="AdapterRemoval by default",
            asked=(adapterremoval.PROGRAM, "--version"),
            line_of=adapterremoval.default_job,
            more=adapterremoval.MORE,
        ),
        pairs(
            name="cutadapt",
            asked=("cutadapt", "--version"),
            filters=frozenset({LENGTH_N, LENGTH_N_MEAN, ERRORS, TRIMMED}),
            line_of=cutadapt.only_filter,
        ),
        peer(
            name="seqkit",
            asked=("seqkit", "version"),
            forms=_SINGLE | {"zstd"},
            outputs=_TEXT | {COUNT},
            filters=frozenset({None, MEAN}),
            line_of=seqkit.line,
        ),
        peer(
            name="fastq-filter",
            asked=("fastq-filter",),
            package="fastq-filter",
            filters=frozenset({MEAN}),
            line_of=fastq_filter.line,
            parallel=False,
        ),
        table(
            name="dnaio",
            package="dnaio",
            forms=_SINGLE | {"zstd", PAIRS},
            outputs=_TEXT | {COUNT, LOOP},
            line_of=script("with_dnaio.py"),
            parallel=False,
        ),
        table(
            name="polars-bio",
            package="polars-bio",
            outputs=_TABLES | {"FASTQ"},  # FASTQ.gz has no choice of level
            line_of=script("with_polars_bio.py", "POLARS_MAX_THREADS", TQDM_DISABLE="1"),
        ),
        table(
            name="oxbow",
            package="oxbow",
            line_of=script("with_oxbow.py", "POLARS_MAX_THREADS", PYTHONWARNINGS="ignore"),
        ),
        table(
            name="biobear",
            package="biobear",
            forms=_SINGLE | {"zstd"},
            outputs=_TABLES - {"Arrow"},  # which it compresses
            line_of=script("with_biobear.py", "TOKIO_WORKER_THREADS"),
        ),
    )
