"""What a filter does to a pair if it keeps one mate only."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Pairs: TypeAlias = Literal["both", "either", "split"]
"""Which mates must pass a filter for a pair to stay.

``both``: each of them, or the pair is dropped. ``either``: one of them, and the pair stays whole.
``split``: each stands for itself, and one that passes alone becomes an orphan.
"""

PAIRS: tuple[Pairs, ...] = get_args(Pairs)
