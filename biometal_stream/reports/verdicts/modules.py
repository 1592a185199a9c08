"""The names of modules and of adapters: FastQC's, with the capitals of a sentence."""

BASE_QUALITY = "Per base sequence quality"
TILES = "Per tile sequence quality"
READ_QUALITY = "Per sequence quality scores"
CONTENT = "Per base sequence content"
GC = "Per sequence GC content"
N = "Per base N content"
LENGTHS = "Sequence length distribution"
DUPLICATION = "Sequence duplication levels"
OVERREPRESENTED = "Overrepresented sequences"
ADAPTERS = "Adapter content"
KMERS = "K-mer content"
MODULES = (
    BASE_QUALITY,
    TILES,
    READ_QUALITY,
    CONTENT,
    GC,
    N,
    LENGTHS,
    DUPLICATION,
    OVERREPRESENTED,
    ADAPTERS,
    KMERS,
)
"""The modules that are judged, in FastQC's order. Its files have `fastqc.titles`."""

POLY = ("PolyA", "PolyG")
"""Words of FastQC's list of adapters that are not adapters."""

FASTQC_WORDS = (
    "Illumina Universal Adapter",
    "Illumina Small RNA 3' Adapter",
    "Illumina Small RNA 5' Adapter",
    "Nextera Transposase Sequence",
    *POLY,
)
"""FastQC's list of adapters, in its order."""
