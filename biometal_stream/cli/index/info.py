"""``index info``: what indexes say of themselves."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from biometal_stream.cli import figures
from biometal_stream.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from biometal_stream.indexing.info import IndexInfo

_FORMATS = {
    "compact": "compact, version {version}",
    "deacon": "deacon's format {version}",
    "frozen": "deacon's frozen filter, version {version}",
}
_SHOWN = 20  # sources; there may be thousands
_CHECKED = {
    "compact": "intact: all checksums are right",
    "deacon": "intact: all are different (the format has no checksums)",
    "frozen": "not checked: the format has no checksums",
}


def print_info(found: Sequence[IndexInfo], *, as_json: bool, verify: bool) -> None:
    """Prints what indexes say of themselves, one after another.

    Args:
        found: The indexes.
        as_json: Whether to print JSON: an object for one index, a list of them for several.
        verify: Whether to say how far the k-mers were checked.
    """
    if as_json:
        documents = [info.to_dict() for info in found]
        sys.stdout.write(
            json.dumps(documents[0] if len(documents) == 1 else documents, indent=2) + "\n"
        )
        return
    for info in found:
        print_table(info.path, ("", ""), list(_rows(info, verify)), text=(0, 1))


def _rates(info: IndexInfo) -> str:
    """How often other k-mers, and reads, are taken for those of the index."""
    if not info.false_positive_rate:
        return "none"
    kmers, reads = 100 * info.false_positive_rate, 100 * info.false_positive_rate_of_reads
    return f"{kmers:.2g} % of k-mers, {reads:.2g} % of reads (150 bases, two hits)"


def _rows(info: IndexInfo, verify: bool) -> Iterator[tuple[str, str]]:
    yield "format", _FORMATS[info.format].format(version=info.version)
    yield "k, w", f"{info.scheme.k}, {info.scheme.w}"
    yield "minimizers", figures.count(info.count)
    bits = f" ({8 * info.nbytes / info.count:.1f} bits each)" if info.count else ""
    yield "size", f"{figures.size(info.nbytes)}{bits}"
    yield "false positives", _rates(info)
    if verify:
        yield "k-mers", _CHECKED[info.format]
    yield from _origin(info.about)


def _origin(about: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Of what an index was made; another program may have written that differently."""
    if "command" in about:
        yield "made by", f"index {about['command']}, {about.get('program', '')}"
    sources = about.get("sources")
    if isinstance(sources, list):
        more = f" and {figures.count(len(sources) - _SHOWN)} more" if sources[_SHOWN:] else ""
        yield "of", ", ".join(map(str, sources[:_SHOWN])) + more
    sequences, bases = about.get("sequences"), about.get("bases")
    if isinstance(sequences, int) and isinstance(bases, int):
        yield (
            "sequences",
            f"{figures.counted(sequences, 'sequences')}, {figures.counted(bases, 'bases')}",
        )
