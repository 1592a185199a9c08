"""What an index says of itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biometal_stream.indexes.opening import COMPACT, FROZEN_FILTER, format_of
from biometal_stream.indexes.shipped import find_index
from biometal_stream.indexing.progress import Watch
from biometal_stream.paths import path_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from biometal_stream.indexes.scheme import Scheme

_READ = 150
"""The bases of the reads whose false positives are told: those of most short reads."""

_HITS = 2
"""The hits that make a match, as `Deplete` counts by default."""


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
        verified: Whether all of its bytes were checked.
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
    verified: bool
    about: Mapping[str, Any]

    @property
    def false_positive_rate_of_reads(self) -> float:
        """The share of other reads of 150 bases that have two hits by chance.

        `biometal_stream.indexes.compact.rate` has the formula. A read has the minimizers of random
        bases: one in its first window, and ``2 / (w + 1)`` in each further one.
        """
        from biometal_stream.indexes.compact.rate import rate_of_reads

        further = _READ - self.scheme.window
        kmers = round(1 + 2 * further / (self.scheme.w + 1)) if further >= 0 else 0
        return rate_of_reads(self.false_positive_rate, kmers, _HITS)

    def to_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        known = dict(vars(self))
        scheme = known.pop("scheme")
        about = dict(known.pop("about"))
        reads = self.false_positive_rate_of_reads
        return {
            **known,
            "false_positive_rate_of_reads": reads,
            "k": scheme.k,
            "w": scheme.w,
            "about": about,
        }


def index_info(
    path: str | os.PathLike[str], *, verify: bool = False, watch: Watch | None = None
) -> IndexInfo:
    """Reads what an index says of itself, and checks its size.

    Args:
        path: The file, or the name of a shipped index, such as ``phix``.
        verify: Whether to read its k-mers, too. Those of a compact index are compared with its
            checksums. Those of deacon's format 3, which has none, must be different, and of k
            bases. Nothing in a frozen filter can be checked.
        watch: Is told how far it is, if it reads the k-mers.

    Raises:
        InputError: It cannot be opened, is not an index, has another version or k-mers that are not
            supported, is truncated, or found damaged.
        SinkError: There is no room for the temporary files that sort the k-mers.
    """
    name = path_text(find_index(path_text(path)))
    form = format_of(name)
    nbytes = os.path.getsize(name)  # noqa: PTH202 - as given
    if form == COMPACT:
        from biometal_stream.indexes.compact.header import VERSION as COMPACT_VERSION
        from biometal_stream.indexes.compact.opening import open_compact

        index = open_compact(name)
        rate, about = index.false_positive_rate, index.about
        if verify:
            index.verify()
        return IndexInfo(
            name, form, COMPACT_VERSION, index.scheme, index.count, nbytes, rate, verify, about
        )
    if form == FROZEN_FILTER:
        from biometal_stream.indexes.deacon.frozen import FrozenIndex
        from biometal_stream.indexes.deacon.header import FROZEN_VERSION

        frozen = FrozenIndex(name)
        rate = frozen.false_positive_rate
        return IndexInfo(
            name, form, FROZEN_VERSION, frozen.scheme, frozen.count, nbytes, rate, False, {}
        )
    from biometal_stream.indexes.deacon.header import VERSION
    from biometal_stream.indexes.deacon.values import header_of

    header = header_of(name)
    if verify:
        _list(name, watch)
    return IndexInfo(name, form, VERSION, header.scheme, header.count, nbytes, 0.0, verify, {})


def _list(name: str, watch: Watch | None) -> None:
    """Reads the k-mers of an index in deacon's format 3.

    Raises:
        InputError: It is damaged.
    """
    from biometal_stream.indexing.listed import listed
    from biometal_stream.run import LocalRun

    with LocalRun(None, None) as run:
        listed(name, run, run.memory // 2, watch or Watch())
