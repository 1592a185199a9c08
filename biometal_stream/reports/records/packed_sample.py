"""Samples as text, for JSON: whole, or as the difference to a sample that has much in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.reports.records.packed_texts import packed_texts, unpacked_texts
from biometal_stream.reports.records.packing import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Run = tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.uint8]]
    """Hashes in ascending order, the copies of each, and their texts."""


def packed_run(run: Run, like: Run | None = None) -> dict[str, Any]:
    """The hashes of a sample as plain objects.

    Args:
        run: The hashes.
        like: Those of another sample, in which equal hashes have equal texts. What both have is
            written as a bit for each hash of the other.
    """
    hashes, copies, texts = run
    plain: dict[str, Any] = {"copies": packed(copies)}
    if like is not None:
        plain["kept"] = packed(np.packbits(_is_in(like[0], hashes), bitorder="little"))
        new = ~_is_in(hashes, like[0])
        hashes, texts = hashes[new], texts[new]
    steps = packed(np.diff(hashes, prepend=np.uint64(0)))
    return plain | {"steps": steps, "texts": packed_texts(texts)}


def _is_in(some: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.bool_]:
    """Which hashes are among others; both are in ascending order."""
    places = np.searchsorted(others, some)
    found: NDArray[np.bool_] = places < len(others)
    found[found] = others[places[found]] == some[found]
    return found


def unpacked_run(plain: Mapping[str, Any], like: Run | None = None) -> Run:
    """The hashes of such objects.

    Args:
        plain: What `packed_run` returned.
        like: The same other sample, if there was one.

    Raises:
        ValueError: They were made with another sample.
    """
    hashes = np.cumsum(unpacked(plain["steps"]), dtype=np.uint64)
    copies, texts = unpacked(plain["copies"]), unpacked_texts(plain["texts"])
    if "kept" in plain:
        if like is None:
            raise ValueError("a sample is written as a difference to one that is missing")
        bits = np.unpackbits(unpacked(plain["kept"]), count=len(like[0]), bitorder="little")
        kept = bits.astype(np.bool_)
        hashes = np.concatenate([like[0][kept], hashes])
        order = np.argsort(hashes, kind="stable")
        hashes, texts = hashes[order], np.concatenate([like[2][kept], texts])[order]
    if not len(hashes) == len(copies) == len(texts):
        raise ValueError("a sample has different numbers of hashes, copies and texts")
    return hashes, copies, texts
