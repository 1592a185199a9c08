"""What errors say about damaged input."""

from __future__ import annotations

from biometal_stream.errors import CompressedInputError

AGAIN = "copy or download it again"
"""What to do about an input that is damaged."""


def truncated(name: str, what: str, offset: int) -> CompressedInputError:
    """The error for an input that ends inside something.

    Args:
        name: The input's name in messages.
        what: What it ends inside of, such as ``a gzip member``.
        offset: The input's length in bytes.
    """
    return CompressedInputError(
        f"{name}: the file ends inside {what}, at byte {offset}; it is truncated: {AGAIN}"
    )


def corrupt(name: str, fault: str) -> CompressedInputError:
    """The error for an input whose content is wrong.

    Args:
        name: The input's name in messages.
        fault: What is wrong, and where.
    """
    return CompressedInputError(f"{name}: {fault}; the file is corrupt: {AGAIN}")
