"""Columns of text."""

import pyarrow as pa


def column(texts):
    """A column of bytes that need not be UTF-8."""
    return pa.array([each if isinstance(each, bytes) else each.encode() for each in texts]).view(
        pa.binary()
    )
