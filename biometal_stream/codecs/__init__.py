"""Inputs as decompressed bytes, whatever they are compressed with and wherever they come from."""

from __future__ import annotations

from biometal_stream.codecs.open import open_bytes
from biometal_stream.codecs.reader import ByteReader

__all__ = ["ByteReader", "open_bytes"]
