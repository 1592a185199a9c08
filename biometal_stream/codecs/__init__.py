"""Inputs as decompressed bytes, for every compression and every kind of input."""

from __future__ import annotations

from biometal_stream.codecs.open import open_bytes
from biometal_stream.codecs.reader import ByteReader

__all__ = ["ByteReader", "open_bytes"]
