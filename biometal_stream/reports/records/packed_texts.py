"""Texts of few letters, such as bases, with two bits a letter, for JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.reports.records.packing import packed, unpacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LETTERS = 4
"""The letters that two bits can tell apart, and those that a byte holds."""

_SHIFTS = np.arange(0, 8, 2, dtype=np.uint8)
_OTHER = np.uint8(_LETTERS)
_AT_ONCE = 1 << 16


def packed_texts(texts: NDArray[np.uint8]) -> dict[str, Any]:
    """Texts as plain objects: the four most frequent letters, and where there are others.

    Args:
        texts: ``uint8``, (texts, bytes), filled up with zeros.
    """
    rows, width = texts.shape
    inside = np.logical_or.accumulate(texts[:, ::-1] != 0, axis=1)[:, ::-1]
    letters = _frequent(texts)
    code_of = np.full(256, _OTHER)
    code_of[letters] = np.arange(_LETTERS)
    coded = np.frombuffer(texts.tobytes().translate(code_of.tobytes()), np.uint8)
    codes = np.zeros((rows, width + -width % _LETTERS), np.uint8)
    np.copyto(codes[:, :width], coded.reshape(rows, width), where=inside)
    others = np.flatnonzero(codes[:, :width] == _OTHER)
    codes[codes == _OTHER] = 0
    fours = codes.reshape(rows, codes.shape[1] // _LETTERS, _LETTERS) << _SHIFTS
    return {
        "letters": packed(letters),
        "lengths": packed(inside.sum(1)),
        "codes": packed(np.bitwise_or.reduce(fours, axis=2)),
        "others": packed(np.diff(others, prepend=0)),
        "bytes": packed(texts.ravel()[others]),
        "width": width,
    }


def _frequent(texts: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The four letters that occur most, in ascending order."""
    counts = np.zeros(256, np.int64)
    flat = texts.ravel()
    for start in range(0, len(flat), _AT_ONCE):  # numpy counts in a copy of 8 bytes a letter
        counts += np.bincount(flat[start : start + _AT_ONCE], minlength=256)
    counts[0] = 0
    return np.sort(np.argsort(-counts, kind="stable")[:_LETTERS]).astype(np.uint8)


def unpacked_texts(plain: Mapping[str, Any]) -> NDArray[np.uint8]:
    """The texts of such objects: ``uint8``, (texts, bytes).

    Raises:
        ValueError: They are wider than their codes.
    """
    lengths, codes, width = unpacked(plain["lengths"]), unpacked(plain["codes"]), plain["width"]
    if not 0 <= width <= _LETTERS * codes.shape[1]:
        raise ValueError(f"texts are {width} bytes wide, which their codes are not")
    fours = codes[:, :, None] >> _SHIFTS & np.uint8(_LETTERS - 1)
    texts = unpacked(plain["letters"])[
        fours.reshape(len(codes), _LETTERS * codes.shape[1])[:, :width]
    ]
    texts = np.ascontiguousarray(np.where(np.arange(width) < lengths[:, None], texts, 0))
    texts.ravel()[np.cumsum(unpacked(plain["others"]))] = unpacked(plain["bytes"])
    return texts
