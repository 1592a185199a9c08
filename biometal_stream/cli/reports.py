"""What ``--report`` does to a run: where quality control counts, and which files are written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.interfaces import ends_early, has_to_learn
from biometal_stream.pipeline.results import is_observer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from biometal_stream.interfaces import Operator

_ADDING_COLUMNS = frozenset(
    {
        "decode-quality",
        "encode-reads",
        "kmers",
        "match-adapters",
        "measure",
        "minimizers",
        "predict",
        "tag-description",
    }
)
"""The steps that leave reads as they are, and their names, which hold tiles and channels."""


_COUNTING_INSERTS = frozenset({"merge-pairs", "summarize-inserts", "trim-adapters"})
"""The steps that count the sizes of inserts anyway."""


def with_quality_control(
    operators: Sequence[Operator], *, pairs: bool = False
) -> tuple[Operator, ...]:
    """The operators with quality control at both ends, unless it is there already.

    The first place comes after the last operator that ends the run early, such as ``head``: how
    many reads came before it depends on threads and memory. There is one place, at the end, if
    none of the operators after that can change a read. The first place counts the inserts of pairs,
    unless a step does: to find them takes longer than to count everything else.

    Args:
        operators: The operators of a line.
        pairs: Whether the source has pairs of mates with qualities.
    """
    from biometal_stream.operators import QualityControl

    start = 1 + max((n for n, each in enumerate(operators) if ends_early(each)), default=-1)
    here = [n for n, each in enumerate(operators) if isinstance(each, QualityControl)]
    changing = [n for n, each in enumerate(operators) if n >= start and _may_change(each)]
    counted = any(
        each.name in _COUNTING_INSERTS or (isinstance(each, QualityControl) and each.inserts)
        for each in operators
    )
    whole = all(ends_early(each) or not _may_change(each) for each in operators[:start])
    first_place = QualityControl(inserts=pairs and whole and not counted)
    if not changing:
        at_end = any(place >= start for place in here)
        return (*operators, *(() if at_end else (first_place,)))
    first, last = changing[0], changing[-1]
    before = () if any(start <= place < first for place in here) else (first_place,)
    after = () if any(place > last for place in here) else (QualityControl(),)
    return (*operators[:start], *before, *operators[start:], *after)


def _may_change(operator: Operator) -> bool:
    """Whether an operator may change or drop reads, and does not only add columns or observe."""
    if is_observer(operator):
        return False
    return has_to_learn(operator) or operator.name not in _ADDING_COLUMNS
