"""Checks that the barcodes of a sheet can be told apart."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_column
from biometal_stream.errors import ConfigurationError
from biometal_stream.operators.barcodes.matching import Planes, matcher_of

if TYPE_CHECKING:
    from biometal_stream.operators.barcodes.sheet import SampleSheet


@lru_cache(maxsize=4)
def check_distances(
    sheet: SampleSheet,
    most: int,
    delta: int,
    *,
    allow_close: bool,
    turned: tuple[str, ...] | None = None,
) -> None:
    """Checks the distances between the barcodes of all samples.

    Args:
        sheet: The samples.
        most: The most mismatches of a read.
        delta: The fewest mismatches by which the next sample must be farther.
        allow_close: Whether barcodes may be closer than the mismatches need.
        turned: The barcodes that reads in the other orientation show; ``None`` if they are never
            mistaken for others.

    Raises:
        ConfigurationError: Two samples are so close that no read can be of one of them, or that
            one within the mismatches may be of either.
    """
    matcher = matcher_of(sheet, most, delta)
    own = matcher.samples
    pairs = [(own, f"{sheet.path}: samples '{{}}' and '{{}}' differ")]
    if turned is not None:
        planes = matcher.packed(string_column(pa.array(turned), "barcode"))
        cares = planes.other ^ np.uint64(2 ** sum(sheet.lengths) - 1)
        words = f"{sheet.path}: sample '{{}}' in the other orientation and '{{}}' differ"
        pairs.append((Planes(planes.low, planes.high, cares), words))
    for others, words in pairs:
        found = _closest(others, own)
        if found is not None:
            one, two, distance = found
            said = words.format(sheet.samples[one], sheet.samples[two])
            _check(said, distance, most, delta, allow_close=allow_close)


def _closest(ones: Planes, others: Planes) -> tuple[int, int, int] | None:
    """The two samples with the fewest mismatches, and their number; ``None`` for a single one."""
    best: tuple[int, int, int] | None = None
    for sample in range(len(ones.low)):
        differing = (ones.low[sample] ^ others.low) | (ones.high[sample] ^ others.high)
        distances = np.bitwise_count(differing & ones.other[sample] & others.other)
        distances[sample] = 255
        place = int(distances.argmin())
        if len(distances) > 1 and (best is None or distances[place] < best[2]):
            best = sample, place, int(distances[place])
    return best


def _check(said: str, distance: int, most: int, delta: int, *, allow_close: bool) -> None:
    bases = f"{distance} base" if distance == 1 else f"{distance} bases"
    if distance < delta:
        remedy = f"; set min-mismatch-delta to {distance}" if distance else ""
        raise ConfigurationError(
            f"{said} in {bases}, fewer than min-mismatch-delta, {delta}, so no read could be of"
            f" either{remedy}"
        )
    if distance <= 2 * most and not allow_close:
        raise ConfigurationError(
            f"{said} in {bases}, but max-mismatches {most} needs {2 * most + 1}: a read may be as"
            f" close to both; set max-mismatches to {(distance - 1) // 2}, or leave such reads"
            " undetermined with allow-close"
        )
