"""Opens a model: chooses its file and what runs it, checks both, and tests the choice."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import ConfigurationError, ModelChoiceError, ModelError, ModelWarning
from biometal_stream.models import runtime
from biometal_stream.models.card import Card
from biometal_stream.models.files import MIB
from biometal_stream.models.predictor import Calls
from biometal_stream.models.sessions.contents import contents_of
from biometal_stream.models.sessions.coreml import coreml_options
from biometal_stream.models.sessions.fit import Signature, check_fit, check_metadata, outputs_of
from biometal_stream.models.sessions.memory import DEFAULT_MEMORY
from biometal_stream.models.sessions.onnx import OnnxPredictor, open_session
from biometal_stream.models.sessions.proof import proof_features, prove
from biometal_stream.models.sessions.providers import (
    PROVIDERS,
    Provider,
    available_providers,
    choose_provider,
)
from biometal_stream.models.sessions.trial import try_out

if TYPE_CHECKING:
    from biometal_stream.models.library import Model
    from biometal_stream.models.predictor import Predictor

DEFAULT_ROWS = 1024
"""The rows of a call, if neither the model nor the caller sets them. ``docs/sessions.md`` has the
measurement: a row of a small model costs more with fewer than 512, and with more than 2,048."""

_FEATURES = 32 * MIB
"""The most bytes of features in a call, unless the model or the caller sets its rows."""


@dataclass(frozen=True)
class Ways:
    """How to open a model.

    Attributes:
        provider: See `biometal_stream.models.sessions.open_predictor`.
        precision: Likewise.
        rows: Likewise.
        memory: Likewise.
        calls: The group of the calls that opening it makes.
    """

    provider: str = "auto"
    precision: str = "auto"
    rows: int | None = None
    memory: int = DEFAULT_MEMORY
    calls: Calls = field(default_factory=Calls)


def open_model(model: Model, ways: Ways) -> Predictor:
    """Opens a model; see `biometal_stream.models.sessions.open_predictor`."""
    if ways.rows is not None and ways.rows < 1:
        raise ConfigurationError(f"a model takes 1 row or more a call: {ways.rows}")
    path = choose_file(model, ways.precision)
    if path.suffix.lower() == ".mlpackage":
        return _open_mlpackage(model, path, ways)
    chosen = choose_provider(ways.provider, available_providers())
    reference, signature = _open_on_cpu(path, model.card, ways)
    if chosen.name == "cpu":
        return reference
    return _proven(
        model.card,
        chosen.name,
        lambda: _open_on(path, chosen, reference, signature, ways),
        reference,
        ways,
    )


def choose_file(model: Model, precision: str) -> Path:
    """Returns the path of one of a model's files.

    Args:
        model: The model.
        precision: ``auto`` or one that its card has. ``auto`` is ``fp32``; without that, the
            card's first ONNX file; without one, its first file.

    Raises:
        ModelChoiceError: The card does not have the precision.
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


def _open_on_cpu(path: Path, card: Card, ways: Ways) -> tuple[OnnxPredictor, Signature]:
    """Opens a model on the CPU, and checks it against its card and a first batch."""
    source = str(path)
    told = Card.from_metadata(contents_of(path).metadata, path.name, source)
    check_metadata(told, card, source)
    session = open_session(path, memory=ways.memory, calls=ways.calls)
    signature = check_fit(session.get_inputs(), session.get_outputs(), card, source)
    predictor = OnnxPredictor(
        session,
        signature,
        source,
        provider=PROVIDERS["cpu"],
        rows=_rows(signature, card, source, ways),
        fixed=signature.rows is not None,
        outputs=outputs_of(card),
        memory=ways.memory,
    )
    try_out(predictor, card, source, ways.calls)
    return predictor, signature


def _rows(signature: Signature, card: Card, source: str, ways: Ways) -> int:
    """The rows of a call: the model's, the caller's, or as many as suit.

    Raises:
        ModelError: The model takes another number of rows than the caller set, or their features
            do not fit into the memory.
    """
    if ways.rows is not None and signature.rows not in {None, ways.rows}:
        raise ModelError(f"{source}: takes exactly {signature.rows} rows a call, not {ways.rows}")
    row = math.prod(card.encoding.shape) * np.dtype(card.encoding.dtype).itemsize
    rows = signature.rows or ways.rows or min(DEFAULT_ROWS, max(1, _FEATURES // row))
    if rows * row > ways.memory // 4:  # the trial holds them twice, and the model reads them
        fewer = "" if signature.rows else ", or fewer rows (--rows)"
        raise ModelError(
            f"{source}: takes {rows:,} rows a call, which are {rows * row / MIB:,.0f} MiB of"
            f" features; a quarter of {ways.memory // MIB:,} MiB is the most: give it more memory"
            f" (--max-memory){fewer}"
        )
    return rows


def _open_mlpackage(model: Model, path: Path, ways: Ways) -> Predictor:
    """Opens a Core ML package, or an ONNX file on the CPU if their results differ."""
    from biometal_stream.models.sessions.mlpackage import open_mlpackage

    package = open_mlpackage(path, model.card, ways.provider, ways.rows)
    onnx = {precision: file for precision, file in model.files.items() if _is_onnx(file)}
    if not onnx:
        return package
    file = onnx.get("fp32") or next(iter(onnx.values()))
    reference, signature = _open_on_cpu(file, model.card, replace(ways, rows=None))
    if signature.rows not in {None, package.rows}:
        return package
    return _proven(model.card, package.provider, lambda: package, reference, ways)


def _proven(
    card: Card,
    name: str,
    open_candidate: Callable[[], Predictor],
    reference: OnnxPredictor,
    ways: Ways,
) -> Predictor:
    """Opens a model on an accelerator, or on the CPU if the results differ."""
    wrong: str | None
    try:
        candidate = open_candidate()
        wrong = prove(candidate, reference, proof_features(card, candidate.rows), ways.calls)
        if wrong is None and candidate.placement and name not in candidate.placement:
            if ways.provider == "auto":  # the user did not ask for a provider that takes no nodes
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
    path: Path, provider: Provider, reference: OnnxPredictor, signature: Signature, ways: Ways
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
    session = open_session(path, provider, options, sizes, memory=ways.memory, calls=ways.calls)
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
        memory=ways.memory,
    )
