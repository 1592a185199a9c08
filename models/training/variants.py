"""Exports a network in all its variants, and measures them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.models.library import find_model
from biometal_stream.models.sessions import open_predictor
from biometal_stream.models.training.batches import batches_in_order, logits_of
from biometal_stream.models.training.metrics import evaluate, probabilities
from biometal_stream.models.training.onnx_export import to_half, to_onnx, with_metadata
from biometal_stream.models.training.quantization import QUALITY_SCALE, to_int8

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from onnx import ModelProto
    from torch import nn

    from biometal_stream.models.card import Card
    from biometal_stream.models.encodings import Encoding
    from biometal_stream.models.predictor import Predictor
    from biometal_stream.models.training.labelled import LabelledReads

FILES = {
    "fp32": "model.onnx",
    "int8": "model.int8.onnx",
    "fp16": "model.fp16.onnx",
    "mlpackage": "model.mlpackage",
}

HALF_ROWS = 1024
"""The rows of a call of the fp16 variant: the Neural Engine takes only fixed shapes."""

CALIBRATION_READS, CALIBRATION_WINDOWS = 20_000, 40_000


def export(network: nn.Module, card: Card, calibration: NDArray[np.float32], folder: Path) -> None:
    """Writes each of a card's files.

    The bytes of an ONNX file depend on the weights, the calibration features and the card, except
    for its metrics, which are not written into it.

    Args:
        network: In evaluation mode.
        card: Its ``files`` list the variants.
        calibration: ``float32``, (n, features), of real reads.
        folder: The folder, which must exist.

    Raises:
        MissingExtraError: A package is not installed.
        ModelError: A variant cannot be made.
    """
    whole = to_onnx(network, card.encoding)
    scale = QUALITY_SCALE if card.encoding.layout == "quality-mask/1" else None
    makers: dict[str, Callable[[], ModelProto]] = {
        "fp16": lambda: to_half(whole, HALF_ROWS),
        "int8": lambda: to_int8(whole, calibration, scale),
        "fp32": lambda: whole,  # last, because metadata are written into it
    }
    told = dataclasses.replace(card, metrics={})
    for precision, make in makers.items():
        if precision in card.files:
            content = with_metadata(make(), told.to_metadata(precision))
            (folder / card.files[precision]).write_bytes(content)
    if "mlpackage" in card.files:
        from biometal_stream.models.training.coreml import to_mlpackage

        to_mlpackage(network, card.encoding, folder / card.files["mlpackage"])


def calibration_features(
    reads: LabelledReads, rows: NDArray[np.int64], encoding: Encoding, seed: int
) -> NDArray[np.float32]:
    """Features of uniformly drawn reads, for the ranges that integers must cover."""
    drawn = np.random.default_rng([seed, 3]).permutation(rows)[:CALIBRATION_READS]
    features, windows = [], 0
    for batch in batches_in_order(reads, np.sort(drawn), encoding):
        features.append(batch.features)
        windows += len(batch.features)
        if windows >= CALIBRATION_WINDOWS:  # long reads have thousands
            break
    return np.concatenate(features)[:CALIBRATION_WINDOWS].astype(np.float32)


def measure_variants(
    folder: Path,
    reads: LabelledReads,
    rows: NDArray[np.int64],
    logits: NDArray[np.float64],
) -> dict[str, Any]:
    """Runs each ONNX file of a model over reads and compares it with torch.

    ==================================== ===================================================
    key, for each precision              meaning
    ==================================== ===================================================
    accuracy, near_accuracy              see `evaluate`
    agreement                            the share of reads with the same label as in torch
    largest_probability_difference,      the difference from torch
    mean_probability_difference
    bytes                                the size of the file
    ==================================== ===================================================

    Args:
        folder: The model, with its card.
        reads: All reads.
        rows: The rows to compare.
        logits: The logits of torch for them, (rows,).
    """
    model = find_model(folder)
    found = {}
    for precision, path in model.files.items():
        if path.suffix != ".onnx":
            continue
        predictor = open_predictor(model, provider="cpu", precision=precision)
        try:
            theirs = logits_of(in_calls(predictor), reads, rows, model.card.encoding)
        finally:
            predictor.close()
        scores = evaluate(theirs, reads.labels[rows], reads.near[rows])
        apart = np.abs(probabilities(theirs) - probabilities(logits))
        found[precision] = {
            "accuracy": scores["accuracy"],
            "near_accuracy": scores["near_accuracy"],
            "agreement": round(float(((theirs >= 0) == (logits >= 0)).mean()), 6),
            "largest_probability_difference": _three_digits(apart.max()),
            "mean_probability_difference": _three_digits(apart.mean()),
            "bytes": path.stat().st_size,
        }
    return found


def in_calls(predictor: Predictor) -> Callable[[NDArray[Any]], NDArray[np.float32]]:
    """Lets a predictor take any number of rows, (n, ...) to (n, 1)."""

    def predict(features: NDArray[Any]) -> NDArray[np.float32]:
        count, rows = len(features), predictor.rows
        if predictor.fixed and count % rows:
            missing = np.zeros((rows - count % rows, *features.shape[1:]), features.dtype)
            features = np.concatenate([features, missing])
        out = np.empty((len(features), 1), np.float32)
        for first in range(0, len(features), rows):
            predictor.predict(features[first : first + rows], out[first : first + rows])
        return out[:count]

    return predict


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")
