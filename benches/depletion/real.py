"""How many reads of real sets match the index, and those of a set with known truth."""

from __future__ import annotations

import gzip
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import biometal_stream as bs
from benches.depletion.choices import HUMAN
from benches.depletion.sources import INDEXED
from benches.depletion.tables import share, table

if TYPE_CHECKING:
    from benches.depletion.indexes import Both
    from biometal_stream.pipeline.pipeline import Pipeline


@dataclass(frozen=True)
class RealSet:
    """Reads of a file, or pairs of two.

    Attributes:
        path: The file below ``reads/``, without what follows ``_R1``.
        what: What the reads are.
        paired: Whether there are two files.
    """

    path: str
    what: str
    paired: bool = True

    def read(self, shared: Path) -> Pipeline:
        """Starts a pipeline of these reads."""
        ends = ("_R1", "_R2") if self.paired else ("",)
        first, *mates = (shared / "reads" / f"{self.path}{end}.fastq.gz" for end in ends)
        return bs.read_fastq(first, mate=mates[0]) if mates else bs.read_fastq(first)


SETS = (
    RealSet("illumina/human_NA12878_platinum_chr20", "human, chr20:10,000,000 and on (indexed)"),
    RealSet("illumina/human_NA12878_novaseq_chr21", "human, chr21"),
    RealSet("mgi/human_rnaseq_dnbseq", "human RNA, chr21 and chr22"),
    RealSet("illumina/metatranscriptome_balf_phix_SRR10903401", "lavage: human, virus, PhiX"),
    RealSet("illumina/pneumococcus_nextera_ERR1438863", "pneumococcus"),
    RealSet("illumina/shewanella_ERR777676", "Shewanella"),
    RealSet("illumina/sarscov2_amplicon_cap512", "SARS-CoV-2, amplicons"),
    RealSet("illumina/yeast_rnaseq_SRR6357070", "yeast RNA"),
    RealSet("illumina/metagenome_miseq", "metagenome"),
    RealSet("illumina/rhodobacter_ga_36bp", "Rhodobacter, 36 bases", paired=False),
    RealSet("ont/ecoli_ont", "E. coli, nanopore", paired=False),
    RealSet("ont/klebsiella_ont", "Klebsiella, nanopore", paired=False),
    RealSet("ont/metagenome_ont", "metagenome, nanopore", paired=False),
    RealSet("pacbio/fungal_its_pacbio", "fungal ITS, PacBio", paired=False),
)

GUT = RealSet("simulated/minigut_with_human_host", "gut, 2 % human")


def sections(shared: Path, both: Both, folder: Path) -> Iterator[str]:
    """Makes the tables, in Markdown.

    Args:
        shared: The folder with ``reads/`` and ``truth/``.
        both: The indexes.
        folder: Where their files are.
    """
    indexes = (f"exact={folder}/{both.stem}.idx", f"compact={folder}/{both.stem}.compact")
    rows = []
    for each in (*SETS, GUT):
        run = (each.read(shared) | bs.Screen(indexes)).execution()
        deque(run.stream(), maxlen=0)
        found = run.report().results["screen"]
        exact, compact = found.indexes["exact"], found.indexes["compact"]
        rows.append(
            [
                each.what,
                f"{found.reads:,} {found.counted}",
                share(exact.matched, found.reads),
                f"{compact.only:,}",
                f"{found.without_minimizers:,}",
            ]
        )
    heads = ["reads of", "reads", "match", "compact alone", "without minimizers"]
    yield "### Real reads: k = 31, w = 15, 2 hits and 1 %\n\n" + table(heads, rows)
    yield _gut(shared, f"{folder}/{both.stem}.idx")


def _gut(shared: Path, index: str) -> str:
    """The simulated gut, whose reads are known, of which nearly no host's read is indexed."""
    with gzip.open(shared / "truth" / "minigut1_hg38host.truth.tsv.gz", "rt") as file:
        truth = {line.split("\t")[0]: line.split("\t")[1] for line in file}
    marked = GUT.read(shared) | bs.Deplete(index, mark=True)
    counts: Counter[tuple[str, bool]] = Counter()
    for batch in marked.batches():
        names = batch.column("name").to_pylist()
        labels = batch.column("index_label").to_pylist()
        counts.update(
            (truth[name], label is not None)
            for name, label in zip(names, labels, strict=True)
            if name in truth
        )
    rows = [
        [label, f"{counts[label, True] + counts[label, False]:,}", f"{counts[label, True]:,}"]
        for label in sorted({label for label, _ in counts})
    ]
    part = (INDEXED[1] - INDEXED[0]) / HUMAN
    return (
        "### Simulated gut with host\n\n"
        f"The index has {100 * part:.2f} % of the human genome, so of the host's reads about that"
        " share, and those of repeats that chromosome 20 has, too, can match.\n\n"
        + table(["truth", "pairs", "match"], rows)
    )
