"""How reads become the numbers that a model takes. Importing this package imports nothing heavy."""

from __future__ import annotations

from biometal_stream.models.encodings.encoding import Encoding
from biometal_stream.models.encodings.layouts import LAYOUTS
from biometal_stream.models.encodings.windows import RULES, Windows, cut_windows

__all__ = ["LAYOUTS", "RULES", "Encoding", "Windows", "cut_windows"]
