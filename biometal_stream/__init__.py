"""A streaming dataflow processor for sequencing reads.

>>> import biometal_stream as bs
>>> reads = bs.read_fastq("reads.fq.gz") | bs.MinLength(50) | bs.MinMeanQuality(20)
>>> report = reads.write_parquet("reads.parquet")  # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.lazy import lazy_names

if TYPE_CHECKING:
    from biometal_stream.errors import (
        BiometalError,
        BiometalWarning,
        CompressedInputError,
        ConfigurationError,
        DataError,
        FastqError,
        InputError,
        InputWarning,
        MissingExtraError,
        ModelChoiceError,
        ModelError,
        ModelWarning,
        PairError,
        PredictionError,
        RecordTooLongError,
        SchemaError,
        SettingWarning,
        SinkError,
    )
    from biometal_stream.operators import (
        DecodeQuality,
        DropLabel,
        EncodeReads,
        Head,
        KeepLabel,
        MaxExpectedErrors,
        MaxLength,
        MaxLowQualityFraction,
        MaxN,
        Measure,
        MinArithmeticMeanQuality,
        MinComplexity,
        MinLength,
        MinMeanQuality,
        Predict,
        Rename,
        ReverseComplement,
        Sample,
        Select,
        TagDescription,
        Where,
    )
    from biometal_stream.pipeline import Pipeline, Report
    from biometal_stream.reading import read_fastq
    from biometal_stream.version import __version__

__all__ = [
    "BiometalError",
    "BiometalWarning",
    "CompressedInputError",
    "ConfigurationError",
    "DataError",
    "DecodeQuality",
    "DropLabel",
    "EncodeReads",
    "FastqError",
    "Head",
    "InputError",
    "InputWarning",
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
    "MissingExtraError",
    "ModelChoiceError",
    "ModelError",
    "ModelWarning",
    "PairError",
    "Pipeline",
    "Predict",
    "PredictionError",
    "RecordTooLongError",
    "Rename",
    "Report",
    "ReverseComplement",
    "Sample",
    "SchemaError",
    "Select",
    "SettingWarning",
    "SinkError",
    "TagDescription",
    "Where",
    "__version__",
    "read_fastq",
]

_HOMES = {
    "Pipeline": "biometal_stream.pipeline",
    "Report": "biometal_stream.pipeline",
    "__version__": "biometal_stream.version",
    "read_fastq": "biometal_stream.reading",
}


def _home(name: str) -> str:
    if name in _HOMES:
        return _HOMES[name]
    is_fault = name.endswith(("Error", "Warning"))
    return f"biometal_stream.{'errors' if is_fault else 'operators'}"


__getattr__ = lazy_names(__name__, {name: _home(name) for name in __all__})


def __dir__() -> list[str]:
    return __all__
