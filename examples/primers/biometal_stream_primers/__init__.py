"""Steps of biometal_stream for reads that begin with a primer."""

from biometal_stream_primers.count_starts import CountStarts
from biometal_stream_primers.has_primer import HasPrimer
from biometal_stream_primers.trim_primer import TrimPrimer

__all__ = ["CountStarts", "HasPrimer", "TrimPrimer"]
