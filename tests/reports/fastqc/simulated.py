"""Reads like those of an Illumina run, the same each time, with something for each module."""

from random import Random

ADAPTER = "AGATCGGAAGAGCACACGTCTGAACTCCAGTCACATCACGATCTCGTATGCCGTCTTCTGCTTG"
FREQUENT = ("GATTACA" * 8, "TTAGGC" * 9)


def simulated(reads: int = 1200, seed: int = 1) -> str:
    """FASTQ with tiles, adapters, N, lower case, duplicates, and reads of different lengths."""
    random = Random(seed)
    return "".join(record(random, number) for number in range(reads))


def record(random: Random, number: int) -> str:
    """A read of 40 to 100 bases, or of none."""
    length = random.choice([40, 75, 99, 100, 100, 100]) if number % 400 else 0
    bases = "".join(random.choice("AACGT") for _ in range(100))
    if number % 5 == 0:
        bases = FREQUENT[number % 2] + bases
    if number % 7 == 0:
        bases = bases[: 20 + number % 60] + ADAPTER + bases
    if number % 11 == 0:
        bases = bases[:9] + "N" + bases[10:]
    if number % 13 == 0:
        bases = bases.lower()
    qualities = "".join(chr(33 + quality(random, cycle)) for cycle in range(length))
    tile = random.choice([1101, 1102, 2119])
    return f"@M:1:F:1:{tile}:{number}:1 1:N:0:A\n{bases[:length]}\n+\n{qualities}\n"


def quality(random: Random, cycle: int) -> int:
    """A score that falls with the cycle."""
    return random.choice([2, 11, 25, 37, 37, 37]) if random.random() < cycle / 100 else 37
