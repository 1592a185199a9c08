"""The adapters and primers that FastQC tells over-represented sequences by."""

from __future__ import annotations

_PRIMER = "CAAGCAGAAGACGGCATACGAGAT"
_TRUSEQ = "GATCGGAAGAGCACACGTCTGAACTCCAGTCAC"
_TRUSEQ_END = "TCTCGTATGCCGTCTTCTGCTTG"

_RNA_INDEXES = """
CGTGAT ACATCG GCCTAA TGGTCA CACTGT ATTGGC GATCTG TCAAGT CTGATC AAGCTA GTAGCC TACAAG
TTGACT GGAACT TGACAT GGACGG CTCTAC GCGGAC TTTCAC GGCCAC CGAAAC CGTACG CCACTC GCTACC
ATCAGT GCTCAT AGGAAT CTTTTG TAGTTG CCGGTG ATCGTG TGAGTG CGCCTG GCCATG AAAATG TGTTGG
ATTCCG AGCTAG GTATAG TCTGAG GTCGTC CGATTA GCTGTA ATTATA GAATGA TCGGGA CTTCGA TGCCGA
"""

_TRUSEQ_INDEXES = {
    1: "ATCACGA",
    2: "CGATGTA",
    3: "TTAGGCA",
    4: "TGACCAA",
    5: "ACAGTGA",
    6: "GCCAATA",
    7: "CAGATCA",
    8: "ACTTGAA",
    9: "GATCAGA",
    10: "TAGCTTA",
    11: "GGCTACA",
    12: "CTTGTAA",
    13: "AGTCAAC",
    14: "AGTTCCG",
    15: "ATGTCAG",
    16: "CCGTCCC",
    18: "GTCCGCA",
    19: "GTGAAAC",
    20: "GTGGCCT",
    21: "GTTTCGG",
    22: "CGTACGT",
    23: "CCACTCT",
    25: "ACTGATA",
    27: "ATTCCTT",
}

CONTAMINANTS: tuple[tuple[str, str], ...] = (
    ("Illumina Single End Adapter 1", "GATCGGAAGAGCTCGTATGCCGTCTTCTGCTTG"),
    ("Illumina Single End Adapter 2", "CAAGCAGAAGACGGCATACGAGCTCTTCCGATCT"),
    (
        "Illumina Single End PCR Primer 1",
        "AATGATACGGCGACCACCGAGATCTACACTCTTTCCCTACACGACGCTCTTCCGATCT",
    ),
    ("Illumina Single End Sequencing Primer", "ACACTCTTTCCCTACACGACGCTCTTCCGATCT"),
    ("Illumina Paired End Adapter 2", "GATCGGAAGAGCGGTTCAGCAGGAATGCCGAG"),
    (
        "Illumina Paired End PCR Primer 2",
        "CAAGCAGAAGACGGCATACGAGATCGGTCTCGGCATTCCTGCTGAACCGCTCTTCCGATCT",
    ),
    ("Illumina Paired End Sequencing Primer 2", "CGGTCTCGGCATTCCTGCTGAACCGCTCTTCCGATCT"),
    ("Illumina DpnII expression Adapter 1", "ACAGGTTCAGAGTTCTACAGTCCGAC"),
    ("Illumina DpnII expression Adapter 2", "CAAGCAGAAGACGGCATACGA"),
    ("Illumina DpnII expression PCR Primer 2", "AATGATACGGCGACCACCGACAGGTTCAGAGTTCTACAGTCCGA"),
    ("Illumina DpnII expression Sequencing Primer", "CGACAGGTTCAGAGTTCTACAGTCCGACGATC"),
    ("Illumina NlaIII expression Adapter 1", "ACAGGTTCAGAGTTCTACAGTCCGACATG"),
    ("Illumina NlaIII expression Sequencing Primer", "CCGACAGGTTCAGAGTTCTACAGTCCGACATG"),
    ("Illumina Small RNA Adapter 1", "GTTCAGAGTTCTACAGTCCGACGATC"),
    ("Illumina Small RNA Adapter 2", "TGGAATTCTCGGGTGCCAAGG"),
    ("Illumina Multiplexing Adapter 1", "GATCGGAAGAGCACACGTCT"),
    ("Illumina Multiplexing PCR Primer 2.01", "GTGACTGGAGTTCAGACGTGTGCTCTTCCGATCT"),
    ("Illumina Multiplexing Index Sequencing Primer", "GATCGGAAGAGCACACGTCTGAACTCCAGTCAC"),
    *(
        (f"Illumina PCR Primer Index {number}", f"{_PRIMER}{index}GTGACTGGAGTTC")
        for number, index in enumerate(_RNA_INDEXES.split()[:12], 1)
    ),
    ("Illumina DpnII Gex Adapter 1", "GATCGTCGGACTGTAGAACTCTGAAC"),
    ("Illumina DpnII Gex Adapter 2.01", "TCGTATGCCGTCTTCTGCTTG"),
    ("Illumina NlaIII Gex Adapter 1.01", "TCGGACTGTAGAACTCTGAAC"),
    ("Illumina Small RNA 3p Adapter 1", "ATCTCGTATGCCGTCTTCTGCTTG"),
    *(
        (f"TruSeq Adapter, Index {number}", f"{_TRUSEQ}{index}{_TRUSEQ_END}")
        for number, index in _TRUSEQ_INDEXES.items()
    ),
    ("Illumina RNA RT Primer", "GCCTTGGCACCCGAGAATTCCA"),
    ("Illumina RNA PCR Primer", "AATGATACGGCGACCACCGAGATCTACACGTTCAGAGTTCTACAGTCCGA"),
    *(
        (
            f"RNA PCR Primer, Index {number}",
            f"{_PRIMER}{index}GTGACTGGAGTTCCTTGGCACCCGAGAATTCCA",
        )
        for number, index in enumerate(_RNA_INDEXES.split(), 1)
    ),
    ("ABI Dynabead EcoP Oligo", "CTGATCTAGAGGTACCGGATCCCAGCAGT"),
    ("ABI Solid3 Adapter A", "CTGCCCCGGGTTCCTCATTCTCTCAGCAGCATG"),
    ("ABI Solid3 Adapter B", "CCACTACGCCTCCGCTTTCCTCTCTATGGGCAGTCGGTGAT"),
    ("ABI Solid3 5' AMP Primer", "CCACTACGCCTCCGCTTTCCTCTCTATG"),
    ("ABI Solid3 3' AMP Primer", "CTGCCCCGGGTTCCTCATTCT"),
    ("ABI Solid3 EF1 alpha Sense Primer", "CATGTGTGTTGAGAGCTTC"),
    ("ABI Solid3 EF1 alpha Antisense Primer", "GAAAACCAAAGTGGTCCAC"),
    ("ABI Solid3 GAPDH Forward Primer", "TTAGCACCCCTGGCCAAGG"),
    ("ABI Solid3 GAPDH Reverse Primer", "CTTACTCCTTGGAGGCCATG"),
    ("Clontech Universal Primer Mix Short", "CTAATACGACTCACTATAGGGC"),
    ("Clontech Universal Primer Mix Long", "CTAATACGACTCACTATAGGGCAAGCAGTGGTATCAACGCAGAGT"),
    ("Clontech SMARTer II A Oligonucleotide", "AAGCAGTGGTATCAACGCAGAGTAC"),
    ("Clontech SMART CDS Primer II A", "AAGCAGTGGTATCAACGCAGAGTACT"),
)
"""Names and sequences, in FastQC's order. Source: ``contaminant_list.txt`` of FastQC 0.12.1. Where
it has several names for one sequence only the first is here, since that is what it reports."""
