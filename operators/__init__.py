"""The operators, one per file. Importing this package imports none of them, and nothing heavy.

A file in this folder holds an operator if it has the class named after it: ``min_length.py`` with
``MinLength``, which is ``min-length`` on the command line. Other files hold what operators are
built from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a line per operator, for editors and type checkers; Python needs none
    from biometal_stream.operators.check_names import CheckNames as CheckNames
    from biometal_stream.operators.convert_bases import ConvertBases as ConvertBases
    from biometal_stream.operators.correct_pairs import CorrectPairs as CorrectPairs
    from biometal_stream.operators.count_duplicates import CountDuplicates as CountDuplicates
    from biometal_stream.operators.decode_quality import DecodeQuality as DecodeQuality
    from biometal_stream.operators.demultiplex import Demultiplex as Demultiplex
    from biometal_stream.operators.deplete import Deplete as Deplete
    from biometal_stream.operators.drop_duplicates import DropDuplicates as DropDuplicates
    from biometal_stream.operators.drop_label import DropLabel as DropLabel
    from biometal_stream.operators.drop_names import DropNames as DropNames
    from biometal_stream.operators.encode_reads import EncodeReads as EncodeReads
    from biometal_stream.operators.extract import Extract as Extract
    from biometal_stream.operators.head import Head as Head
    from biometal_stream.operators.keep_label import KeepLabel as KeepLabel
    from biometal_stream.operators.keep_matching import KeepMatching as KeepMatching
    from biometal_stream.operators.keep_names import KeepNames as KeepNames
    from biometal_stream.operators.kmers import Kmers as Kmers
    from biometal_stream.operators.mask_quality import MaskQuality as MaskQuality
    from biometal_stream.operators.match_adapters import MatchAdapters as MatchAdapters
    from biometal_stream.operators.max_dust import MaxDust as MaxDust
    from biometal_stream.operators.max_expected_errors import MaxExpectedErrors as MaxExpectedErrors
    from biometal_stream.operators.max_length import MaxLength as MaxLength
    from biometal_stream.operators.max_low_quality_fraction import (
        MaxLowQualityFraction as MaxLowQualityFraction,
    )
    from biometal_stream.operators.max_n import MaxN as MaxN
    from biometal_stream.operators.measure import Measure as Measure
    from biometal_stream.operators.merge_pairs import MergePairs as MergePairs
    from biometal_stream.operators.min_arithmetic_mean_quality import (
        MinArithmeticMeanQuality as MinArithmeticMeanQuality,
    )
    from biometal_stream.operators.min_complexity import MinComplexity as MinComplexity
    from biometal_stream.operators.min_entropy import MinEntropy as MinEntropy
    from biometal_stream.operators.min_length import MinLength as MinLength
    from biometal_stream.operators.min_mean_quality import MinMeanQuality as MinMeanQuality
    from biometal_stream.operators.minimizers import Minimizers as Minimizers
    from biometal_stream.operators.predict import Predict as Predict
    from biometal_stream.operators.quality_control import QualityControl as QualityControl
    from biometal_stream.operators.rename import Rename as Rename
    from biometal_stream.operators.rename_reads import RenameReads as RenameReads
    from biometal_stream.operators.repair_pairs import RepairPairs as RepairPairs
    from biometal_stream.operators.reverse_complement import ReverseComplement as ReverseComplement
    from biometal_stream.operators.sample import Sample as Sample
    from biometal_stream.operators.screen import Screen as Screen
    from biometal_stream.operators.select import Select as Select
    from biometal_stream.operators.skip import Skip as Skip
    from biometal_stream.operators.split_adapters import SplitAdapters as SplitAdapters
    from biometal_stream.operators.split_quality import SplitQuality as SplitQuality
    from biometal_stream.operators.summarize import Summarize as Summarize
    from biometal_stream.operators.summarize_inserts import SummarizeInserts as SummarizeInserts
    from biometal_stream.operators.tag_description import TagDescription as TagDescription
    from biometal_stream.operators.trim_adapters import TrimAdapters as TrimAdapters
    from biometal_stream.operators.trim_fixed import TrimFixed as TrimFixed
    from biometal_stream.operators.trim_n import TrimN as TrimN
    from biometal_stream.operators.trim_overhangs import TrimOverhangs as TrimOverhangs
    from biometal_stream.operators.trim_poly_g import TrimPolyG as TrimPolyG
    from biometal_stream.operators.trim_poly_x import TrimPolyX as TrimPolyX
    from biometal_stream.operators.trim_quality import TrimQuality as TrimQuality
    from biometal_stream.operators.where import Where as Where
else:
    from biometal_stream.lazy import lazy_classes

    __getattr__ = lazy_classes(__name__, __path__)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__getattr__("__all__")})
