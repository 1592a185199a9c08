"""The models that the stream can run, and the runtime that runs them.

Importing this package imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.models.card import Card
    from biometal_stream.models.encodings import Encoding
    from biometal_stream.models.library import Model, find_model, shipped
    from biometal_stream.models.predictor import Predictor
    from biometal_stream.models.sessions import open_predictor

__all__ = ["Card", "Encoding", "Model", "Predictor", "find_model", "open_predictor", "shipped"]

__getattr__ = lazy_names(
    __name__,
    {
        "Card": f"{__name__}.card",
        "Encoding": f"{__name__}.encodings",
        "Model": f"{__name__}.library",
        "Predictor": f"{__name__}.predictor",
        "find_model": f"{__name__}.library",
        "open_predictor": f"{__name__}.sessions",
        "shipped": f"{__name__}.library",
    },
)


def __dir__() -> list[str]:
    return __all__
