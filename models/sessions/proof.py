"""Tests at the start that a model gives the same results elsewhere as on the CPU."""

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
"""The greatest allowed difference, relative to the largest number that the CPU gave.

Accelerators compute with 11 bits of mantissa (half precision on the Neural Engine, TF32 on NVIDIA),
which rounds each number by up to 2^-11 of itself. The sum of 300 such products is off by about
sqrt(300) * 2^-11 = 0.85 % of their size, and a network of a few layers by the root of their number
times that: less than 2 %. Real errors, such as a permuted axis, a weight that was not read or an
operator that saturates, are as large as the numbers themselves.
"""

ABSOLUTE = 1e-3
"""The greatest allowed absolute difference: two steps of half precision at 1."""

_SEED = 20_150_300

_DIFFERENT = 1024
"""The number of synthetic reads; more rows repeat them, so that memory stays bounded."""


def proof_features(card: Card, rows: int) -> NDArray[Any]:
    """Encodes synthetic reads of all lengths, bases and usual qualities, always the same.

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
    # Whole reads are good or bad, so that there is a difference for the model to find.
    means = np.repeat(random.integers(4, 38, rows), lengths)
    scores = np.clip(means + random.integers(-4, 5, offsets[-1]), 0, 41)
    qualities = (scores + ord("!")).astype(np.uint8)
    letters = random.choice(bases, offsets[-1])
    for array in (offsets, letters, qualities):
        array.flags.writeable = False  # like Arrow's: otherwise kernels would be compiled again
    sequence = StringColumn.of("sequence", offsets, letters)
    quality = StringColumn.of("quality", offsets, qualities)
    features = np.zeros((rows, *encoding.shape), encoding.dtype)
    encoding.encode(sequence, quality, cut_windows(lengths, encoding.length), features)
    return features


def prove(
    candidate: Predictor, reference: Predictor, features: NDArray[Any], calls: Calls | None = None
) -> str | None:
    """Compares a model's results in two places for one batch.

    Args:
        candidate: The predictor to test.
        reference: The reference: the same model on the CPU.
        features: The batch, of as many rows as both take.
        calls: The group that the test belongs to, which can be ended.

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
    """Describes how numbers differ from what is expected.

    Args:
        given: (rows, outputs).
        expected: The same shape.

    Returns:
        See `prove`.
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
    """Finds the numbers that are furthest apart, if that is too far.

    Args:
        given: Numbers of any type; NaN is infinitely far.
        expected: As many, finite.
        relative: The allowed difference, relative to the largest expected number.
        absolute: The allowed difference in addition.

    Returns:
        The number and what was expected; ``None`` if all are close enough.
    """
    apart = np.abs(given.astype(np.float64) - expected)
    apart[np.isnan(apart)] = np.inf
    if apart.max(initial=0) <= _allowed(expected, relative, absolute):
        return None
    place = np.unravel_index(int(np.argmax(apart)), apart.shape)
    return float(given[place]), float(expected[place])


def _allowed(expected: NDArray[Any], relative: float, absolute: float) -> float:
    return relative * float(np.abs(expected).max(initial=0)) + absolute
