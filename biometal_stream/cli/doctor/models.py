"""What models run on, and whether the shipped ones work."""

from __future__ import annotations

from biometal_stream.cli.doctor.finding import Finding, words_of


def onnx_runtime() -> Finding:
    """The version of ONNX Runtime, and its providers."""
    from biometal_stream.models.runtime import onnxruntime, providers

    return Finding("ONNX Runtime", f"{onnxruntime().__version__}: {', '.join(providers())}")


def model_providers() -> Finding:
    """The providers that models can run on."""
    from biometal_stream.models.sessions.providers import PROVIDERS, available_providers

    there = [each.name for each in available_providers()]
    if not there:
        return Finding("providers", "none can run a model; reinstall onnxruntime", "broken")
    absent = [name for name in PROVIDERS if name not in there]
    more = f"; not in this ONNX Runtime: {', '.join(absent)}" if absent else ""
    return Finding("providers", f"models run on {', '.join(there)}{more}")


def shipped_models() -> list[Finding]:
    """Whether each shipped model predicts."""
    from biometal_stream.models.library import shipped

    findings = [_model(name) for name in shipped()]
    return findings or [
        Finding("models", "none is included; name a folder or an .onnx file", "note")
    ]


def _model(name: str) -> Finding:
    """Opens a shipped model and makes one prediction."""
    import warnings

    what = f"model {name}"
    try:
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            found = predict_once(name)
    except Exception as fault:  # noqa: BLE001 - any failure is a finding
        return Finding(what, words_of(fault), "broken")
    if seen:
        return Finding(what, "; ".join((found, *(str(each.message) for each in seen))), "note")
    return Finding(what, found)


def predict_once(name: str) -> str:
    """Opens a model, makes a prediction for made-up reads, and reports where it ran.

    Args:
        name: As for `biometal_stream.models.library.find_model`.

    Raises:
        BiometalError: The model cannot be found or opened, or fails.
        PredictionError: The model returned NaN or infinity.
    """
    import numpy as np

    from biometal_stream.errors import PredictionError
    from biometal_stream.models.library import find_model
    from biometal_stream.models.sessions import open_predictor
    from biometal_stream.models.sessions.proof import proof_features

    model = find_model(name)
    predictor = open_predictor(model)
    try:
        out = np.empty((predictor.rows, predictor.outputs), np.float32)
        predictor.predict(proof_features(model.card, predictor.rows), out)
        if not np.isfinite(out).all():
            raise PredictionError("returned NaN or infinity for made-up reads")
        nodes = ", ".join(f"{count} on {place}" for place, count in predictor.placement.items())
    finally:
        predictor.close()
    version = f"version {model.card.version}, " if model.card.version else ""
    placed = f", nodes: {nodes}" if nodes else ""
    return f"{version}predicts on {predictor.provider}{placed}"
