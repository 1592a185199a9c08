"""What an index says of itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.indexes.opening import COMPACT, format_of
from biometal_stream.indexes.shipped import find_index
from biometal_stream.paths import path_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.indexes.scheme import Scheme


@dataclass(frozen=True)
class IndexInfo:
    """What an index says of itself.

    Attributes:
        path: Its file.
        format: ``compact``; ``deacon`` for deacon's format 3; ``frozen`` for its frozen filter.
        version: The version of the format.
        scheme: Which k-mers of a sequence it holds.
        count: The number of its k-mers.
        nbytes: The bytes of the file.
        false_positive_rate: The share of other k-mers that it takes for its own; 0 if it is exact.
        about: Of what it was made, if it says so: ``command``, ``program``, ``sources``, and for an
            index that was built, ``sequences`` and ``bases``.
    """

    path: str
    format: str
    version: int
    scheme: Scheme
    count: int
    nbytes: int
    false_positive_rate: float
    about: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        known = dict(vars(self))
        scheme = known.pop("scheme")
        about = dict(known.pop("about"))
        return {**known, "k": scheme.k, "w": scheme.w, "about": about}


def index_info(path: str | os.PathLike[str]) -> IndexInfo:
    """Reads what an index says of itself, and checks its size; its k-mers are not read.

    Args:
        path: The file, or the name of a shipped index, such as ``phix``.

    Raises:
        InputError: It cannot be opened, is not an index, has another version or k-mers that are not
            supported, or is truncated.
    """
    name = path_text(find_index(path_text(path)))
    form = format_of(name)
    nbytes = os.path.getsize(name)  # noqa: PTH202 - as given
    if form == COMPACT:
        from biometal_stream.indexes.compact.header import VERSION as COMPACT_VERSION
        from biometal_stream.indexes.compact.opening import open_compact

        index = open_compact(name)
        rate, about = index.false_positive_rate, index.about
        return IndexInfo(
            name, form, COMPACT_VERSION, index.scheme, index.count, nbytes, rate, about
        )
    if form == "frozen":
        from biometal_stream.indexes.deacon.frozen import FrozenIndex
        from biometal_stream.indexes.deacon.header import FROZEN_VERSION

        frozen = FrozenIndex(name)
        rate = frozen.false_positive_rate
        return IndexInfo(name, form, FROZEN_VERSION, frozen.scheme, frozen.count, nbytes, rate, {})
    from biometal_stream.indexes.deacon.header import VERSION
    from biometal_stream.indexes.deacon.values import header_of

    header = header_of(name)
    return IndexInfo(name, form, VERSION, header.scheme, header.count, nbytes, 0.0, {})
