"""The stream and its operators in other engines; one module per engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.pipeline.failures import own_errors

__all__ = ["own_errors"]

__getattr__ = lazy_names(__name__, {"own_errors": "biometal_stream.pipeline.failures"})


def __dir__() -> list[str]:
    return __all__
