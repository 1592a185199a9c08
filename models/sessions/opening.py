"""Opens a model: chooses its file and what runs it, checks both, and proves the choice."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import (
    ConfigurationError,
    ModelChoiceError,
    ModelError,
    ModelWarning,
    PredictionError,
)
from biometal_stream.models import runtime
from biometal_stream.models.card import Card
from biometal_stream.models.sessions.coreml import coreml_options
from biometal_stream.models.sessions.fit import (
    Signature,
    check_fit,
    check_metadata,
    check_output,
    outputs_of,
)
from biometal_stream.models.sessions.onnx import OnnxPredictor, metadata_of, open_session
from biometal_stream.models.sessions.proof import compare, proof_features, prove
from biometal_stream.models.sessions.providers import (
    PROVIDERS,
    Provider,
    available_providers,
    choose_provider,
)

if TYPE_CHECKING:
    from biometal_stream.models.library import Model
    from biometal_stream.models.predictor import Predictor

DEFAULT_ROWS = 1024
"""The rows of a call where neither the model nor the caller says. ``docs/sessions.md`` has the
measurement: fewer than 512 cost a small model more a row, and more than 2,048 too."""

_TRIAL_ROWS = 3
"""What a model of any number of rows is tried with: not 1, which a model made for 1 takes."""


def open_model(model: Model, provider: str, precision: str, rows: int | None) -> Predictor:
    """Opens a model; as `biometal_stream.models.sessions.open_predictor`."""
    if rows is not None and rows < 1:
        raise ConfigurationError(f"a model takes 1 row or more a call: {rows}")
    path = choose_file(model, precision)
    if path.suffix.lower() == ".mlpackage":
        return _open_mlpackage(model, path, provider, rows)
    chosen = choose_provider(provider, available_providers())
    reference, signature = _open_on_cpu(path, model.card, rows)
    if chosen.name == "cpu":
        return reference
    return _proven(
        model.card,
        chosen.name,
        lambda: _open_on(path, chosen, reference, signature),
        reference,
        asked=provider != "auto",
    )


def choose_file(model: Model, precision: str) -> Path:
    """Tells which of a model's files is meant.

    Args:
        model: The model.
        precision: ``auto`` or one that its card has. ``auto`` is ``fp32``; where the card has no
            such, its first ONNX file; where it has none, its first file.

    Raises:
        ModelChoiceError: The card has no such precision.
    """
    if precision == "auto":
        files = list(model.files.values())
        return model.files.get("fp32") or next(filter(_is_onnx, files), files[0])
    if precision not in model.files:
        there = ", ".join(model.files)
        raise ModelChoiceError(f"{model.card.name}: has no precision {precision}, only: {there}")
    return model.files[precision]


def _is_onnx(file: Path) -> bool:
    return file.suffix.lower() == ".onnx"


def _open_on_cpu(path: Path, card: Card, rows: int | None) -> tuple[OnnxPredictor, Signature]:
    """Opens a model on the CPU, and holds it against its card and a first batch."""
    source = str(path)
    session = open_session(path)
    told = Card.from_metadata(metadata_of(session, path), path.name, source)
    check_metadata(told, card, source)
    signature = check_fit(session.get_inputs(), session.get_outputs(), card, source)
    if rows is not None and signature.rows not in {None, rows}:
        raise ModelError(f"{source}: takes exactly {signature.rows} rows a call, not {rows}")
    predictor = OnnxPredictor(
        session,
        signature,
        source,
        provider=PROVIDERS["cpu"],
        rows=signature.rows or rows or DEFAULT_ROWS,
        fixed=signature.rows is not None,
        outputs=outputs_of(card),
    )
    _try_out(predictor, card, source)
    return predictor, signature


def _try_out(predictor: OnnxPredictor, card: Card, source: str) -> None:
    """Runs a model on a few rows, and again on the first of them among others.

    Where a model normalises over its batch, or was exported as it is in training, a read's
    prediction depends on the reads beside it, and so on the number of threads.
    """
    rows = predictor.rows if predictor.fixed else _TRIAL_ROWS
    features = proof_features(card, rows)
    try:
        result = predictor.run(features)
        features[1:] = features[:1]
        among_others = predictor.run(features)
    except PredictionError as error:
        raise ModelError(f"cannot be used: {error}") from error
    check_output(result.shape, rows, card, source)
    first, again = result[:1].reshape(1, -1), among_others[:1].reshape(1, -1)
    if np.isfinite(first).all() and compare(again, first) is not None:
        raise ModelError(
            f"{source}: gives {again[0, 0]:.6g} or {first[0, 0]:.6g} for the same row, by the rows"
            " beside it; export it for inference, each row by itself"
        )


def _open_mlpackage(model: Model, path: Path, provider: str, rows: int | None) -> Predictor:
    """Opens a Core ML package; on the CPU where an ONNX file of the model proves it wrong."""
    from biometal_stream.models.sessions.mlpackage import open_mlpackage

    package = open_mlpackage(path, model.card, provider, rows)
    onnx = {precision: file for precision, file in model.files.items() if _is_onnx(file)}
    if not onnx:
        return package
    file = onnx.get("fp32") or next(iter(onnx.values()))
    reference, signature = _open_on_cpu(file, model.card, None)
    if signature.rows not in {None, package.rows}:
        return package
    return _proven(model.card, package.provider, lambda: package, reference, asked=True)


def _proven(
    card: Card,
    name: str,
    open_candidate: Callable[[], Predictor],
    reference: OnnxPredictor,
    *,
    asked: bool,
) -> Predictor:
    """Opens a model on an accelerator; on the CPU where that does not give the same."""
    wrong: str | None
    try:
        candidate = open_candidate()
        wrong = prove(candidate, reference, proof_features(card, candidate.rows))
        if wrong is None and candidate.placement and name not in candidate.placement:
            if not asked:  # nobody asked for what takes none of the model
                return reference
            wrong = "takes none of its nodes"
    except ModelError as error:
        wrong = f"cannot run it: {error}"
    if wrong is None:
        reference.close()
        return candidate
    warnings.warn(f"{card.name}: runs on the CPU, since {name} {wrong}", ModelWarning, stacklevel=4)
    return reference


def _open_on(
    path: Path, provider: Provider, reference: OnnxPredictor, signature: Signature
) -> OnnxPredictor:
    sizes: dict[str, int] = {}
    options: dict[str, str] = {}
    if provider.static:
        if not signature.fixable:
            raise ModelError(
                "its batch axis has no name by which it could be fixed; export it with one"
            )
        sizes.update(signature.sizes)
        if signature.batch is not None:
            sizes[signature.batch] = reference.rows
    if provider.name == "coreml":
        version: Any = runtime.onnxruntime().__version__
        options = coreml_options(path, reference.rows, version)
    session = open_session(path, provider, options, sizes)
    if provider.runtime_name not in session.get_providers():
        raise ModelError("ONNX Runtime left it out, as it does where its libraries do not load")
    return OnnxPredictor(
        session,
        signature,
        str(path),
        provider=provider,
        rows=reference.rows,
        fixed=reference.fixed or provider.static,
        outputs=reference.outputs,
    )
