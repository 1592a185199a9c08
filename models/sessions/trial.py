"""Tests at the start that a row's result does not depend on other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import ModelError, PredictionError
from biometal_stream.models.predictor import Calls, call_sizes
from biometal_stream.models.sessions.fit import check_output
from biometal_stream.models.sessions.proof import difference, proof_features

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.card import Card
    from biometal_stream.models.sessions.onnx import OnnxPredictor

RELATIVE = 0.002
"""The greatest allowed difference in a call of another size, relative to the largest number.

A matrix product of another size may be summed in another order. In single precision that makes a
difference of some 1e-6; a network in half precision rounds each layer to 2^-11 = 0.0005.
"""

ABSOLUTE = 1e-4
"""The greatest allowed absolute difference."""

_AMONG = 3
"""The rows of the call that repeats one row: not 1, which a model made for 1 takes."""


def try_out(predictor: OnnxPredictor, card: Card, source: str, calls: Calls) -> None:
    """Runs a model with the most rows that it will get, and with each lower number that it may get.

    If a model normalises over its batch, was exported in training mode, or depends on the number
    of rows, the prediction for a read depends on the reads next to it, and so on the number of
    threads. It may also fail, or never end, only with some numbers.

    Args:
        predictor: The model.
        card: Its card.
        source: Its file, for messages.
        calls: The group that the trial belongs to, which can be ended.

    Raises:
        ModelError: The model fails, or its results differ.
    """
    rows = predictor.rows
    features = proof_features(card, rows)
    whole = _run(predictor, features, calls)
    check_output(whole.shape, rows, card, source)
    whole = whole.reshape(rows, -1)
    among = features.copy() if predictor.fixed else features[:_AMONG].copy()
    among[1:] = among[:1]
    _compare(_run(predictor, among, calls)[:1], whole[:1], source, "together with other rows")
    for size in () if predictor.fixed else call_sizes(rows)[:-1]:
        given = _run(predictor, features[:size], calls)
        check_output(given.shape, size, card, source)
        _compare(given, whole[:size], source, f"in calls of {size:,} and {rows:,} rows")


def _run(predictor: OnnxPredictor, features: NDArray[Any], calls: Calls) -> NDArray[Any]:
    try:
        return predictor.run(features, calls)
    except PredictionError as error:
        raise ModelError(f"cannot be used: {error}") from error


def _compare(given: NDArray[Any], expected: NDArray[Any], source: str, where: str) -> None:
    given = given.reshape(expected.shape)
    finite = np.isfinite(expected).all(axis=1)  # the run reports reads with other values
    given, expected = given[finite], expected[finite]
    found = difference(given, expected, RELATIVE, ABSOLUTE)
    if found is not None:
        one, other = found
        raise ModelError(
            f"{source}: gives {one:.6g} or {other:.6g} for the same row, {where}; export it for"
            " inference, each row by itself"
        )
