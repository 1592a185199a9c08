"""The adapters of the usual kits, as reads run into them: in the direction of the read."""

from __future__ import annotations

from typing import NamedTuple


class Kit(NamedTuple):
    """What reads of a kind of library run into after their insert.

    Attributes:
        name: What `trim-adapters --kit` calls it.
        mate1: The adapter after the insert of mate 1, and of single reads.
        mate2: The adapter after the insert of mate 2.
        about: What it is used for.
    """

    name: str
    mate1: str
    mate2: str
    about: str


KITS: dict[str, Kit] = {
    kit.name: kit
    for kit in (
        Kit(
            "truseq",
            "AGATCGGAAGAGCACACGTCTGAACTCCAGTCA",
            "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT",
            "Illumina TruSeq, NEBNext and most ligated libraries",
        ),
        Kit(
            "nextera",
            "CTGTCTCTTATACACATCTCCGAGCCCACGAGAC",
            "CTGTCTCTTATACACATCTGACGCTGCCGACGA",
            "Illumina Nextera, DNA Prep and other tagmented libraries",
        ),
        Kit(
            "small-rna",
            "TGGAATTCTCGGGTGCCAAGGAACTCCAGTCAC",
            "GATCGTCGGACTGTAGAACTCTGAACGTGTAGA",
            "Illumina TruSeq Small RNA",
        ),
        Kit(
            "illumina-pe",
            "AGATCGGAAGAGCGGTTCAGCAGGAATGCCGAG",
            "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT",
            "Illumina paired-end libraries before TruSeq, and PhiX made with them",
        ),
        Kit(
            "mgi",
            "AAGTCGGAGGCCAAGCGGTCTTAGGAAGACAA",
            "AAGTCGGATCGTAGCCATGTCGTTCTGTGAGCCAAGGAGTTG",
            "MGI and BGI-SEQ",
        ),
    )
}
"""Source: Illumina's adapter sequences (document 1000000002694) and MGI's (MGI Tech's adapter
sequences for DNBSEQ), as fastp, cutadapt and AdapterRemoval 3 have them."""


def named(adapter: str) -> str | None:
    """The kit whose adapter is most like one: at most a tenth of up to 24 bases differ.

    Returns:
        Its name; ``None`` for an adapter of no known kit.
    """
    best = None
    fewest = 0.1
    for kit in KITS.values():
        for known in (kit.mate1, kit.mate2):
            compared = list(zip(adapter[:_COMPARED], known, strict=False))
            share = sum(one != two for one, two in compared) / max(len(compared), 1)
            if len(compared) >= _COMPARED // 2 and share < fewest:
                best, fewest = kit.name, share
    return best


_COMPARED = 24
