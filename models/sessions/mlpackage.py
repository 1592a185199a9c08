"""Runs a Core ML package through coremltools, on macOS."""

from __future__ import annotations

import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import MissingExtraError, ModelError, PredictionError
from biometal_stream.models.predictor import Calls
from biometal_stream.models.sessions.fit import (
    INPUT_TYPES,
    check_fit,
    check_output,
    hand_over,
    outputs_of,
)
from biometal_stream.models.sessions.proof import proof_features
from biometal_stream.models.sessions.reasons import reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.card import Card

_MANY_ROWS = 1024
"""The largest default batch: of several batches the largest up to this is used."""

_ARRAYS = {65552: "float16", 65568: "float32", 65600: "float64", 131104: "int32"}
"""Core ML's numbers of types, from ``ArrayFeatureType.ArrayDataType``."""

_NAMES = {name: theirs for theirs, name in INPUT_TYPES.items()} | {"float64": "tensor(double)"}


@dataclass(frozen=True)
class _Tensor:
    """An input or output, with the attributes that ONNX Runtime uses."""

    name: str
    type: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class _Function:
    """One function of a package: one batch size.

    Attributes:
        name: ``None`` for the only function of a package.
        inputs: Its inputs.
        outputs: Its outputs.
    """

    name: str | None
    inputs: tuple[_Tensor, ...]
    outputs: tuple[_Tensor, ...]

    @property
    def rows(self) -> int:
        """The rows of its batch."""
        return self.inputs[0].shape[0] if self.inputs and self.inputs[0].shape else 0


def open_mlpackage(path: Path, card: Card, provider: str, rows: int | None) -> MlPackagePredictor:
    """Loads a Core ML package, checks that it fits its card, and tests it.

    Args:
        path: The ``.mlpackage``. If it has several functions, each has another batch size.
        card: The model's card.
        provider: ``auto`` or ``coreml``.
        rows: The rows of one call; by default the largest batch up to 1,024.

    Raises:
        ModelError: This is not macOS; another provider was requested; no function has that many
            rows; the package is broken or does not fit its card.
        MissingExtraError: coremltools is not installed.
    """
    if provider not in {"auto", "coreml"}:
        raise ModelError(
            f"{path}: a Core ML package runs on the provider coreml, not on {provider};"
            " name an ONNX file of the model"
        )
    if not _runs_here():
        raise ModelError(
            f"{path}: a Core ML package runs on macOS alone; name an ONNX file of the model"
        )
    coremltools = _coremltools()
    try:
        functions = _functions(coremltools.utils.load_spec(str(path)), card)
    except Exception as error:
        raise ModelError(f"{path}: is not a Core ML package: {reason(error)}") from error
    function = _choose(functions, rows, path)
    signature = check_fit(function.inputs, function.outputs, card, str(path))
    try:
        loaded = coremltools.models.MLModel(
            str(path),
            compute_units=coremltools.ComputeUnit.CPU_AND_NE,
            function_name=function.name,
        )
    except Exception as error:
        raise ModelError(f"{path}: cannot be loaded by Core ML: {reason(error)}") from error
    predictor = MlPackagePredictor(
        loaded, signature.input, signature.output, str(path), function.rows, outputs_of(card)
    )
    try:
        result = predictor.run(proof_features(card, function.rows))
    except PredictionError as error:
        raise ModelError(f"cannot be used: {error}") from error
    check_output(result.shape, function.rows, card, str(path))
    if not np.isfinite(result).all():
        raise ModelError(f"{path}: Core ML gave NaN or infinity for a first batch")
    return predictor


class MlPackagePredictor:
    """A model in Core ML. Safe to share between threads, which take turns.

    Args:
        loaded: A ``coremltools.models.MLModel``.
        input_name: The name of its input.
        output_name: The name of its output.
        source: Its path, for messages.
        rows: The rows that each call takes.
        outputs: The numbers that it returns for each row.
    """

    def __init__(
        self,
        loaded: Any,
        input_name: str,
        output_name: str,
        source: str,
        rows: int,
        outputs: int,
    ) -> None:
        self.provider = "coreml"
        self.rows = rows
        self.fixed = True
        self.outputs = outputs
        self.placement: Mapping[str, int] = {}
        self._loaded = loaded
        self._input = input_name
        self._output = output_name
        self._source = source
        self._turn = threading.Lock()  # Apple: use an MLModel from one thread at a time

    def run(self, features: NDArray[Any], /, calls: Calls | None = None) -> NDArray[Any]:
        """Runs the model once and returns its output unchanged.

        Raises:
            PredictionError: Core ML failed.
        """
        # coremltools takes only these two types; Core ML converts to half precision itself.
        whole = features.dtype in (np.int32, np.int64)
        taken = features.astype(np.int32 if whole else np.float32, copy=False)
        try:
            # Core ML cannot be interrupted: an interrupt waits for it, and then abandons it.
            with self._turn, (calls or Calls()).running(lambda: None):
                result = self._loaded.predict({self._input: taken})[self._output]
        except Exception as error:
            raise PredictionError(
                f"{self._source}: failed on {len(features)} rows: {reason(error)}"
            ) from error
        return np.asarray(result)

    def predict(
        self, features: NDArray[Any], out: NDArray[np.float32], /, calls: Calls | None = None
    ) -> None:
        """Runs the model once; see `biometal_stream.models.predictor.Predictor`."""
        hand_over(self.run(features, calls), out, self._source)

    def close(self) -> None:
        """Releases the model. No call may be running or follow."""
        self._loaded = None


def _runs_here() -> bool:
    return sys.platform == "darwin"


def _coremltools() -> Any:
    try:
        import coremltools
    except ImportError as error:
        raise MissingExtraError(
            f"coremltools cannot be imported ({error}); pip install 'biometal-stream[coreml]'"
        ) from error
    return coremltools


def _functions(spec: Any, card: Card) -> list[_Function]:
    """The functions in a package's description."""
    description = spec.description
    described = [(each.name, each) for each in description.functions] or [(None, description)]
    return [
        _Function(
            name,
            tuple(_tensor(each, card.encoding.dtype) for each in function.input),
            tuple(_tensor(each, None) for each in function.output),
        )
        for name, function in described
    ]


def _tensor(feature: Any, dtype: str | None) -> _Tensor:
    """Describes a feature; an input type that ours converts to without loss counts as ours."""
    array = feature.type.multiArrayType
    found = _ARRAYS.get(array.dataType, f"type {array.dataType}")
    if dtype is not None:
        fractions = found.startswith("float") and dtype in {"float32", "float16", "uint8"}
        if fractions or (found == "int32" and dtype in {"int32", "int64"}):
            found = dtype
    return _Tensor(feature.name, _NAMES.get(found, found), tuple(array.shape))


def _choose(functions: list[_Function], rows: int | None, path: Path) -> _Function:
    batches = {each.rows: each for each in sorted(functions, key=lambda each: each.rows)}
    if rows is not None:
        if rows in batches:
            return batches[rows]
        there = ", ".join(str(each) for each in batches)
        raise ModelError(f"{path}: takes batches of {there} rows, none of {rows}")
    small = [each for each in batches if each <= _MANY_ROWS]
    return batches[small[-1] if small else next(iter(batches))]
