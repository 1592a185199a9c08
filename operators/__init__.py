"""The operators, one a file. Importing this imports none of them, and nothing heavy."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING, Any

from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.operators.decode_quality import DecodeQuality
    from biometal_stream.operators.drop_label import DropLabel
    from biometal_stream.operators.encode_reads import EncodeReads
    from biometal_stream.operators.head import Head
    from biometal_stream.operators.keep_label import KeepLabel
    from biometal_stream.operators.max_expected_errors import MaxExpectedErrors
    from biometal_stream.operators.max_length import MaxLength
    from biometal_stream.operators.max_low_quality_fraction import MaxLowQualityFraction
    from biometal_stream.operators.max_n import MaxN
    from biometal_stream.operators.measure import Measure
    from biometal_stream.operators.min_arithmetic_mean_quality import MinArithmeticMeanQuality
    from biometal_stream.operators.min_complexity import MinComplexity
    from biometal_stream.operators.min_length import MinLength
    from biometal_stream.operators.min_mean_quality import MinMeanQuality
    from biometal_stream.operators.predict import Predict
    from biometal_stream.operators.rename import Rename
    from biometal_stream.operators.reverse_complement import ReverseComplement
    from biometal_stream.operators.sample import Sample
    from biometal_stream.operators.select import Select
    from biometal_stream.operators.tag_description import TagDescription
    from biometal_stream.operators.where import Where

__all__ = [
    "DecodeQuality",
    "DropLabel",
    "EncodeReads",
    "Head",
    "KeepLabel",
    "MaxExpectedErrors",
    "MaxLength",
    "MaxLowQualityFraction",
    "MaxN",
    "Measure",
    "MinArithmeticMeanQuality",
    "MinComplexity",
    "MinLength",
    "MinMeanQuality",
    "Predict",
    "Rename",
    "ReverseComplement",
    "Sample",
    "Select",
    "TagDescription",
    "Where",
    "operator_classes",
]

_PARTS = frozenset({"base", "doubts", "expressions", "kernels", "labels", "measures", "repairs"})
"""The modules here that operators are made of; each other one is an operator."""


def operator_classes() -> dict[str, type]:
    """Finds the operators, by their names on the command line, in alphabetical order.

    An operator is on the command line because its file is here: ``min_length.py`` with its
    class ``MinLength`` is ``min-length``. Imports their modules, and nothing heavy.
    """
    return {
        module.name.replace("_", "-"): _class_of(module.name)
        for module in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name)
        if module.name not in _PARTS
    }


def _class_of(module: str) -> type[Any]:
    name = "".join(word.capitalize() for word in module.split("_"))
    found: type[Any] | None = getattr(import_module(f"{__name__}.{module}"), name, None)
    if found is None:
        raise ImportError(f"operators/{module}.py must have a class '{name}'")
    return found


def _module_of(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


__getattr__ = lazy_names(
    __name__,
    {name: f"{__name__}.{_module_of(name)}" for name in __all__ if name != "operator_classes"},
)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
