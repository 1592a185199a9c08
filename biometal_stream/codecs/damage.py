"""Error messages about damaged input."""

from __future__ import annotations

from biometal_stream.errors import CompressedInputError

AGAIN = "copy or download it again"
"""What to do about damaged input."""


def truncated(name: str, what: str, offset: int) -> CompressedInputError:
    """The error for an input that ends too early.

    Args:
        name: The input's name in messages.
        what: What the end cuts off, such as ``a gzip member``.
        offset: The input's length in bytes.
    """
    return CompressedInputError(
        f"{name}: the file ends inside {what}, at byte {offset}; it is truncated: {AGAIN}"
    )


def corrupt(name: str, fault: str) -> CompressedInputError:
    """The error for corrupt content.

    Args:
        name: The input's name in messages.
        fault: What is wrong, and where.
    """
    return CompressedInputError(f"{name}: {fault}; the file is corrupt: {AGAIN}")
