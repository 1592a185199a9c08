"""What a filter does to a pair if it keeps only one mate."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Pairs: TypeAlias = Literal["both", "either", "split"]
"""Which mates must pass a filter for a pair to be kept.

``both``: both mates, or the pair is dropped. ``either``: at least one, and the pair stays whole.
``split``: mates are filtered separately, and one that passes alone becomes an orphan.
"""

PAIRS: tuple[Pairs, ...] = get_args(Pairs)
