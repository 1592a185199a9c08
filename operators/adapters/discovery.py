"""Finds adapters in the first reads of a stream, by what sets an adapter apart from a genome.

docs/adapters.md explains the evidence. Whatever lacks it is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators.adapters.finding import find
from biometal_stream.operators.adapters.found import Found
from biometal_stream.operators.adapters.kits import KITS, named
from biometal_stream.operators.adapters.words import single_adapter
from biometal_stream.operators.kernels.adapters import MOST, UNIT
from biometal_stream.simd.words import WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.view import BatchView

_SURE = 8 * UNIT
"""The score of an overlap whose end is believed: four fifths of what any overlap counts for."""
_FEWEST = 5
"""The fewest reads that an adapter is taken from."""
_SEED = 18
"""The first bases of an adapter, by which the ends of pairs are sorted: kits share up to 13."""
_DARK = 8
"""This many Gs at the end of a consensus are cycles without a signal, not bases."""
_AGREEING = 0.7
"""The share of ends that must agree on a base of the adapter."""
_SHORTEST = 12
"""The shortest adapter."""
_OVERLAP = "after the overlap of mates"
_MANY_BASES = "16 bases or more"
_OTHERS = 4
"""The most adapters, or pairs of them, of one input."""
_SHARE = 0.05
"""The least share of an adapter that is not the commonest."""

_WHOLE = 20 * UNIT
"""The score of 16 bases of an adapter, in a read."""
_RARE = 2e-4
"""The least share of reads that show an adapter."""


def discover(view: BatchView, *, paired: bool) -> list[Found]:
    """Finds the adapters of the first reads: the commonest first, none where nothing is sure."""
    if not paired:
        return _of_kits(view) or single_adapter(view)
    first = np.zeros(view.num_rows, np.bool_)
    first[0::2] = True
    found = _of_pairs(view)
    for each in _of_kits(view.keep(first)):
        kit = KITS[each.kit or ""]
        if each.adapters[0] == kit.mate1 and kit.name not in {other.kit for other in found}:
            found.append(Found((kit.mate1, kit.mate2), each.reads, kit.name, each.evidence))
    return found[:_OTHERS]


def _of_pairs(view: BatchView) -> list[Found]:
    """Adapters are what follows where mates overlap to the end of the insert."""
    candidates = find(view, (), paired=True)
    places = candidates.places.reshape(-1, MOST)
    scores = np.where(places < 0, np.int64(-1), candidates.scores.reshape(-1, MOST))
    believed = (scores > 0).sum(1) == 1
    best = scores.argmax(1)
    pairs = np.flatnonzero(believed & (scores.max(1, initial=0) >= _SURE))
    sizes = places[pairs, best[pairs]]
    text = view.text("sequence")
    ends = [
        _ends(text.data, text.starts[mate::2][pairs] + sizes, text.stops[mate::2][pairs])
        for mate in (0, 1)
    ]
    seen = (ends[0][:, _SEED - 1] > 0) & (ends[1][:, _SEED - 1] > 0)
    one, two = ends[0][seen], ends[1][seen]
    found: list[Found] = []
    everything = len(one)
    while len(one) >= max(_FEWEST, _SHARE * everything) and len(found) < _OTHERS:
        seeds, of = np.unique(one[:, :_SEED], axis=0, return_inverse=True)
        counts = np.bincount(of.ravel(), minlength=len(seeds))
        chosen = of.ravel() == counts.argmax()
        if chosen.sum() < max(_FEWEST, _SHARE * everything):
            break
        adapters = (_consensus(one[chosen]), _consensus(two[chosen]))
        one_known, two_known = (each if len(each) >= _SHORTEST else "" for each in adapters)
        if one_known:
            found.append(
                Found((one_known, two_known), int(chosen.sum()), named(one_known), _OVERLAP)
            )
        # Those that differ from it by an error or two are the same.
        alike = (one[:, :_SEED] != one[chosen][0, :_SEED]).sum(1) <= _SEED // 6
        one, two = one[~(alike | chosen)], two[~(alike | chosen)]
    return found


def _ends(
    data: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """The first bases of what follows the insert: (reads, WIDTH), zeros after the end."""
    at = starts[:, None] + np.arange(WIDTH)
    inside = at < stops[:, None]
    return np.where(inside, data[np.where(inside, at, 0)], 0).astype(np.uint8)


def _consensus(ends: NDArray[np.uint8]) -> str:
    """What most ends agree on, as far as they do, without the Gs of a dark end."""
    letters = []
    for column in ends.T:
        there = column[column > 0]
        if len(there) < _FEWEST:
            break
        counts = np.bincount(there, minlength=256)
        if counts.max() < _AGREEING * len(there):
            break
        letters.append(chr(int(counts.argmax())))
    text = "".join(letters)
    bare = text.rstrip("G")
    return bare if len(text) - len(bare) >= _DARK else text


def _of_kits(view: BatchView) -> list[Found]:
    """A kit's adapter is there if enough reads have 16 of its bases."""
    kits: dict[str, str] = {}
    for kit in KITS.values():
        for adapter in (kit.mate1, kit.mate2):
            kits.setdefault(adapter, kit.name)
    known = list(kits)
    scores = np.stack([_best_scores(view, adapter) for adapter in known])
    scores[scores < _WHOLE] = 0
    found: list[Found] = []
    while len(found) < _OTHERS:
        # Kits share the first bases of their adapters. A read speaks for the one that fits best.
        reads = (scores > 0).sum(1)
        best = int((scores.sum(1) * (reads > 0)).argmax())
        if reads[best] < max(_FEWEST, _RARE * view.num_rows):
            break
        adapter = known[best]
        found.append(Found((adapter, ""), int(reads[best]), kits[adapter], _MANY_BASES))
        scores = np.where(scores > scores[best], scores, 0)
    return found


def _best_scores(view: BatchView, adapter: str) -> NDArray[np.int64]:
    candidates = find(view, [(adapter, "")], paired=False)
    places = candidates.places.reshape(-1, MOST)
    scores = np.where(places >= 0, candidates.scores.reshape(-1, MOST), 0)
    best: NDArray[np.int64] = scores.max(1, initial=0)
    return best
