"""Training of the shipped models: an extra, and the only place that uses torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.models.training.fitting import Progress
    from biometal_stream.models.training.run import Trained, train
    from biometal_stream.models.training.settings import TrainingSettings
    from biometal_stream.models.training.synthetic import SyntheticReads, synthesize

__all__ = [
    "Progress",
    "SyntheticReads",
    "Trained",
    "TrainingSettings",
    "synthesize",
    "train",
]

_HOMES = {
    "Progress": "fitting",
    "SyntheticReads": "synthetic",
    "Trained": "run",
    "TrainingSettings": "settings",
    "synthesize": "synthetic",
    "train": "run",
}

__getattr__ = lazy_names(__name__, {name: f"{__name__}.{_HOMES[name]}" for name in __all__})


def __dir__() -> list[str]:
    return __all__
