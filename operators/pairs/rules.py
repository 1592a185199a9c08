"""How the overlap of mates is decided: by probability, or by the rules of other programs."""

from __future__ import annotations

from typing import NamedTuple

from biometal_stream.errors import ConfigurationError

POSTERIOR = "posterior"
FASTP = "fastp"
VSEARCH = "vsearch"
ADAPTERREMOVAL = "adapterremoval"

ALGORITHMS = (POSTERIOR, FASTP, VSEARCH, ADAPTERREMOVAL)
"""The algorithms that find an overlap."""


class Rule(NamedTuple):
    """How an overlap is found.

    Attributes:
        algorithm: One of `ALGORITHMS`.
        least: The bases that must overlap.
        most: The most bases of the overlap that may differ.
        rate: The largest share of them that may differ.
    """

    algorithm: str
    least: int
    most: int
    rate: float


ANY = 1 << 40
"""No limit for the bases that differ."""

DEFAULTS = {
    POSTERIOR: Rule(POSTERIOR, 12, ANY, 1.0),
    FASTP: Rule(FASTP, 30, 5, 0.2),
    VSEARCH: Rule(VSEARCH, 10, 10, 1.0),
    ADAPTERREMOVAL: Rule(ADAPTERREMOVAL, 11, ANY, 0.1667),
}
"""The defaults of fastp 1.3.6 (``--overlap_len_require``, ``--overlap_diff_limit``,
``--overlap_diff_percent_limit``), vsearch 2.22 (``--fastq_minovlen``, ``--fastq_maxdiffs``,
``--fastq_maxdiffpct``) and AdapterRemoval 3.0.2 (``--merge-threshold``, ``--mismatch-rate``)."""


def rule_of(
    step: str,
    algorithm: str,
    min_overlap: int | None = None,
    max_mismatches: int | None = None,
    max_mismatch_rate: float | None = None,
) -> Rule:
    """The rule that options of a step make; what is not given is as the program has it.

    Raises:
        ConfigurationError: An overlap is too short for the algorithm.
    """
    rule = DEFAULTS[algorithm]
    if algorithm == VSEARCH and min_overlap is not None and min_overlap < 5:
        raise ConfigurationError(
            f"{step}: min-overlap must be 5 or more for vsearch, as there; not {min_overlap}"
        )
    return Rule(
        algorithm,
        rule.least if min_overlap is None else min_overlap,
        rule.most if max_mismatches is None else max_mismatches,
        rule.rate if max_mismatch_rate is None else max_mismatch_rate,
    )
