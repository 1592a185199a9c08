"""The proof at the start that a model gives elsewhere what it gives on the CPU."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.columns import StringColumn
from biometal_stream.errors import PredictionError
from biometal_stream.models.encodings import cut_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.card import Card
    from biometal_stream.models.predictor import Calls, Predictor

RELATIVE = 0.02
"""How far a number may be off, as a part of the largest that the CPU gave.

Accelerators compute with 11 bits of mantissa (half precision on the Neural Engine, TF32 on
NVIDIA), which rounds each number by up to 2^-11 of itself. The sum of 300 such products is off
by about sqrt(300) * 2^-11 = 0.85 % of their size, and a network of a few layers by the root of
their number times that: less than 2 %. What is wrong in earnest, a permuted axis, a weight that
was not read, an operator that saturates, is off by as much as the numbers themselves.
"""

ABSOLUTE = 1e-3
"""How far a number may be off however small all are: two steps of half precision at 1."""

_SEED = 20_150_300

_DIFFERENT = 1024
"""The reads that are made up; more rows are these again, so that memory stays bounded."""


def proof_features(card: Card, rows: int) -> NDArray[Any]:
    """Encodes reads that are made up: of every length, base and usual quality, always the same.

    Args:
        card: How reads are encoded.
        rows: How many.

    Returns:
        (rows, and the encoding's shape), of the encoding's type, in C order.
    """
    if rows > _DIFFERENT:
        return np.resize(proof_features(card, _DIFFERENT), (rows, *card.encoding.shape))
    encoding, random = card.encoding, np.random.default_rng(_SEED)
    shortest = min(max(card.minimum_length, 1), encoding.length)
    lengths = random.integers(shortest, encoding.length + 1, rows).astype(np.int64)
    offsets = np.zeros(rows + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    bases = np.frombuffer(b"ACGTACGTACGTACGTN", np.uint8)
    # Whole reads are good or bad, so that what the model tells apart is there to be told apart.
    means = np.repeat(random.integers(4, 38, rows), lengths)
    scores = np.clip(means + random.integers(-4, 5, offsets[-1]), 0, 41)
    qualities = (scores + ord("!")).astype(np.uint8)
    letters = random.choice(bases, offsets[-1])
    for array in (offsets, letters, qualities):
        array.flags.writeable = False  # as Arrow's are: for others the kernels are compiled anew
    sequence = StringColumn.of("sequence", offsets, letters)
    quality = StringColumn.of("quality", offsets, qualities)
    features = np.zeros((rows, *encoding.shape), encoding.dtype)
    encoding.encode(sequence, quality, cut_windows(lengths, encoding.length), features)
    return features


def prove(
    candidate: Predictor, reference: Predictor, features: NDArray[Any], calls: Calls | None = None
) -> str | None:
    """Compares what a model gives in two places for one batch.

    Args:
        candidate: What is to prove itself.
        reference: What is right: the same model on the CPU.
        features: The batch, of as many rows as both take.
        calls: Those that the proof belongs to, and can be ended with.

    Returns:
        What is wrong with the candidate, as the rest of a sentence; ``None`` if nothing is.
    """
    expected = np.empty((len(features), reference.outputs), np.float32)
    given = np.empty((len(features), candidate.outputs), np.float32)
    reference.predict(features, expected, calls)
    try:
        candidate.predict(features, given, calls)
    except PredictionError as error:
        return f"failed on its first batch: {error}"
    return compare(given, expected)


def compare(given: NDArray[np.float32], expected: NDArray[np.float32]) -> str | None:
    """Tells how numbers differ from what is expected.

    Args:
        given: (rows, outputs).
        expected: The same shape.

    Returns:
        As of `prove`.
    """
    if given.shape != expected.shape:
        return f"gave numbers of shape {given.shape} in place of {expected.shape}"
    if not np.isfinite(expected).all():
        return "cannot be proven, since the CPU itself gave NaN or infinity"
    wrong = ~np.isfinite(given)
    if wrong.any():
        return f"gave {given[wrong][0]} in {int(wrong.any(axis=1).sum())} of {len(given)} rows"
    found = difference(given, expected, RELATIVE, ABSOLUTE)
    if found is None:
        return None
    allowed = _allowed(expected, RELATIVE, ABSOLUTE)
    return (
        f"gave {found[0]:.6g} where the CPU gave {found[1]:.6g};"
        f" at most {allowed:.2g} apart is rounding"
    )


def difference(
    given: NDArray[Any], expected: NDArray[Any], relative: float, absolute: float
) -> tuple[float, float] | None:
    """Finds the numbers that are furthest apart, where that is too far.

    Args:
        given: Numbers of any type; what is no number is infinitely far.
        expected: As many, finite.
        relative: How far they may be apart, as a part of the largest that is expected.
        absolute: And how far beyond that.

    Returns:
        What was given and what was expected; ``None`` where all are near enough.
    """
    apart = np.abs(given.astype(np.float64) - expected)
    apart[np.isnan(apart)] = np.inf
    if apart.max(initial=0) <= _allowed(expected, relative, absolute):
        return None
    place = np.unravel_index(int(np.argmax(apart)), apart.shape)
    return float(given[place]), float(expected[place])


def _allowed(expected: NDArray[Any], relative: float, absolute: float) -> float:
    return relative * float(np.abs(expected).max(initial=0)) + absolute
