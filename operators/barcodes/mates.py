"""Whether reads are pairs, which share their barcodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from biometal_stream.errors import DataError

if TYPE_CHECKING:
    from biometal_stream.view import BatchView


def mates_of(view: BatchView, owner: str) -> int:
    """The number of mates of each read: 2 for pairs, otherwise 1.

    Args:
        view: The reads.
        owner: The operator, for the message.

    Raises:
        DataError: Some reads have lost their mates.
    """
    try:
        return 2 if view.paired else 1
    except DataError:
        raise DataError(
            f"{owner}: reads have lost their mates, with which they share their barcodes; put it"
            " before the steps that break pairs (filters with --pairs split)"
        ) from None
